import type { Readiness } from './serve/index.js';

/** What a server can do now: where its start or its end is, and what is wrong meanwhile. */
export class Condition {
  /** Where the start or the end is. */
  stage: Exclude<Readiness, { readonly state: 'unrecordable' | 'log-differs' }> = {
    state: 'starting',
    waitingFor: 'opening the data folder',
  };
  /** Why the log is not signed any more. */
  logFault: string | undefined;
  /** Why nothing can be recorded. */
  diskFault: string | undefined;

  /** What whoever probes is told. */
  get readiness(): Readiness {
    if (this.stage.state !== 'ready') return this.stage;
    if (this.diskFault !== undefined) return { state: 'unrecordable', why: this.diskFault };
    return this.logFault === undefined ? this.stage : { state: 'log-differs', why: this.logFault };
  }
}
