import { assess, type Health, type HealthSettings, MOST_EVENTS, type Scope } from '../../analysis/index.js';
import type { EvidenceStore } from '../../evidence/index.js';
import type { Budget } from './budget.js';

/**
 * Measures the health that one request asks for: each scope once, one after the other, and all of them together
 * from no more events than one may have.
 */
export class HealthReader {
  readonly #store: EvidenceStore;
  readonly #budget: Budget;
  readonly #settings: HealthSettings;
  readonly #asked = new Map<string, Promise<Health>>();
  #turn: Promise<unknown> = Promise.resolve();
  #eventsLeft = MOST_EVENTS;

  constructor(store: EvidenceStore, budget: Budget, settings: HealthSettings) {
    this.#store = store;
    this.#budget = budget;
    this.#settings = settings;
  }

  /** The health of a scope; fails as `assess` does, and with `query-too-complex` after too many. */
  read(scope: Scope): Promise<Health> {
    const key = JSON.stringify([scope.service, scope.window.from, scope.window.to]);
    const asked = this.#asked.get(key);
    if (asked !== undefined) return asked;
    this.#budget.spend('assessments');
    const reading = this.#turn.then(() => this.#assess(scope));
    // A scope that cannot be measured fails for itself, not for those that wait for their turn.
    this.#turn = reading.catch(() => undefined);
    this.#asked.set(key, reading);
    return reading;
  }

  async #assess(scope: Scope): Promise<Health> {
    const health = await assess(this.#store, scope, this.#settings, this.#eventsLeft);
    this.#eventsLeft -= health.receipts;
    return health;
  }
}
