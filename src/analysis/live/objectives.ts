/** The objectives in the live loop: judged again by what is new, with the alerts of their burn rules. */
import type { EvidenceStore, Recorded, Recorder } from '../../evidence/index.js';
import type { Instant } from '../../model/index.js';
import { sloHistories } from '../recommend/read.js';
import { SloAlerts } from '../slo/alerts.js';
import { SloJudge } from '../slo/live.js';
import type { SloStatus } from '../slo/status.js';

/** Judges all objectives in force, again and again. */
export class LiveObjectives {
  readonly #store: EvidenceStore;
  readonly #judge: SloJudge;
  readonly #alerts: SloAlerts;

  constructor(store: EvidenceStore, recorder: Recorder) {
    this.#store = store;
    this.#judge = new SloJudge(store);
    this.#alerts = new SloAlerts(store, recorder);
  }

  /** Takes note of what was just recorded; every commit must be told. */
  hear(recorded: Recorded): void {
    this.#judge.hear(recorded);
  }

  /** The status of each objective in force, after its alerts were fired or cleared. Fails as the store does. */
  async judge(at: Instant): Promise<readonly SloStatus[]> {
    const statuses = await this.#judge.judge(await sloHistories(this.#store, at), at);
    await this.#alerts.evaluate(statuses, at);
    return statuses;
  }
}
