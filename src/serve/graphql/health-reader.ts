import { assessAll, type Health, type HealthSettings, type Scope, unmeasured } from '../../analysis/index.js';
import type { EvidenceStore, SignalSeries } from '../../evidence/index.js';
import type { Budget } from './budget.js';

/**
 * Measures the health that one request asks for: each window once, for all services together, and one window after the
 * other.
 */
export class HealthReader {
  readonly #store: EvidenceStore;
  readonly #budget: Budget;
  readonly #settings: HealthSettings;
  readonly #asked = new Map<string, Promise<Health>>();
  readonly #windows = new Map<string, Promise<readonly Health[]>>();
  readonly #signals: () => readonly SignalSeries[];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    store: EvidenceStore,
    budget: Budget,
    settings: HealthSettings,
    signals: () => readonly SignalSeries[] = () => [],
  ) {
    this.#store = store;
    this.#budget = budget;
    this.#settings = settings;
    this.#signals = signals;
  }

  /** The health of a scope; fails as `assessAll` does, and with `query-too-complex` after too many. */
  read(scope: Scope): Promise<Health> {
    const key = JSON.stringify([scope.service, scope.window.from, scope.window.to]);
    const asked = this.#asked.get(key);
    if (asked !== undefined) return asked;
    this.#budget.spend('assessments');
    const reading = this.#pick(scope);
    this.#asked.set(key, reading);
    return reading;
  }

  /** The health of the whole system and of every service over a window; fails as `read` does. */
  all(window: Scope['window']): Promise<readonly Health[]> {
    this.#budget.spend('assessments');
    return this.#all(window);
  }

  async #pick({ service, window }: Scope): Promise<Health> {
    const all = await this.#all(window);
    return all.find((health) => health.service === service) ?? unmeasured(service, window);
  }

  #all(window: Scope['window']): Promise<readonly Health[]> {
    const key = JSON.stringify([window.from, window.to]);
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const reading = this.#turn.then(() =>
      assessAll(this.#store, window, this.#settings, { signals: this.#signals() }),
    );
    // A window that cannot be measured fails for itself, not for those that wait for their turn.
    this.#turn = reading.catch(() => undefined);
    this.#windows.set(key, reading);
    return reading;
  }
}
