/** What the last evaluation found, kept in memory for those who ask often: the exporter, GraphQL and the pages. */
import type { Instant } from '../model/index.js';
import type { Health } from './health.js';
import type { Recommendation } from './recommend/recommendation.js';
import type { SloStatus } from './slo/status.js';
import type { SubjectTrend } from './trend/subjects.js';

/** What one evaluation found. */
export interface Standing {
  /** The time that it speaks of. */
  readonly at: Instant;
  /** The health of the whole system first (`service` is undefined), then of each service by name. */
  readonly scopes: readonly Health[];
  /** Every objective in force. */
  readonly slos: readonly SloStatus[];
  /** Trends of services, each over one of the windows. */
  readonly trends: readonly SubjectTrend[];
  /** The most urgent first. */
  readonly recommendations: readonly Recommendation[];
}

/** Hears of each standing as it is posted, with the one before; must not throw and must not block. */
export type StandingListener = (now: Standing, before: Standing | undefined) => void;

/** Holds the latest standing and tells who listens of each new one. */
export class StandingBoard {
  #current: Standing | undefined;
  #posted = 0;
  readonly #listeners = new Set<StandingListener>();

  /** The latest standing; undefined before the first evaluation has ended. */
  current(): Standing | undefined {
    return this.#current;
  }

  /** How often something was put up. */
  get posted(): number {
    return this.#posted;
  }

  /** Puts up what an evaluation found. */
  post(next: Standing): void {
    const before = this.#current;
    this.#current = next;
    this.#posted += 1;
    for (const listener of this.#listeners) listener(next, before);
  }

  /** Adds a listener; answers the function that takes it away. */
  subscribe(listener: StandingListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
