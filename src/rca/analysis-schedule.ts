import { DAY_MS, type Instant } from '../model/index.js';
import { type AnalysisParts, analyseCase, seenAtOf } from './analyses.js';
import type { Announcer } from './announcer.js';
import type { Incident } from './incident.js';
import type { IncidentLogger } from './incident-options.js';
import type { Case } from './lifecycle.js';
import { processTimers, Reanalysis, type Schedule } from './reanalysis.js';
import type { SerialQueue } from './serial-queue.js';
import type { CaseShelf } from './shelf.js';

/** Analyses that were due longer ago than this when a process starts are not made up for. */
const RESUME_MS = DAY_MS;

/** What incidents are analysed with. */
export interface AnalysisScheduleParts extends AnalysisParts {
  readonly shelf: CaseShelf;
  readonly queue: SerialQueue;
  readonly announcer: Announcer;
  readonly logger: IncidentLogger;
  readonly reanalyseMs: readonly number[];
  /** Timers of the process when absent. */
  readonly schedule?: Schedule | undefined;
}

/** When incidents are analysed: at once, and again as evidence comes late; each is in the queue at most once. */
export class AnalysisSchedule {
  readonly #parts: AnalysisScheduleParts;
  readonly #reanalysis: Reanalysis;
  /** Incidents whose analysis is in the queue already, with how long after their alerts it looks at evidence. */
  readonly #due = new Map<string, number>();
  #closed = false;

  constructor(parts: AnalysisScheduleParts) {
    this.#parts = parts;
    this.#reanalysis = new Reanalysis(parts.reanalyseMs, parts.schedule ?? processTimers, (id, delayMs) =>
      this.#analyseSoon(id, delayMs),
    );
  }

  /** Analyses an incident from its latest alert on. */
  follow(id: string): void {
    this.#reanalysis.follow(id);
  }

  /** Goes on with an incident that is open where an earlier process stopped. */
  resume(one: Case, now: Instant): void {
    const { id, analysis, evidenceUntil } = one.incident;
    if (analysis === 0) this.#parts.announcer.holdBack(id);
    const seenAt = seenAtOf(one, this.#parts.topology());
    if (analysis === 0 || seenAt > now - RESUME_MS) this.#reanalysis.resume(id, seenAt, evidenceUntil, now);
  }

  /** Ends what is scheduled; what is in the queue is passed over. */
  stop(): void {
    this.#closed = true;
    this.#reanalysis.stop();
  }

  #analyseSoon(id: string, afterMs: number): void {
    if (this.#closed) return;
    const due = this.#due.get(id);
    this.#due.set(id, Math.max(afterMs, due ?? 0));
    if (due !== undefined) return;
    this.#parts.queue.add(async () => {
      const delayMs = this.#due.get(id) ?? 0;
      this.#due.delete(id);
      if (!this.#closed) await this.#analyse(id, delayMs);
    });
  }

  async #analyse(id: string, delayMs: number): Promise<void> {
    const { shelf, announcer } = this.#parts;
    const one = shelf.live(id);
    if (one === undefined) return;
    try {
      const next = await analyseCase(one, delayMs, this.#parts);
      if (next === undefined) return;
      shelf.put(next);
      this.#log(next.incident);
      if (!announcer.isHeldBack(id)) announcer.tell('changed', next);
    } finally {
      // Whoever is on call is told even where the analysis fails.
      announcer.tellOpened(id);
    }
  }

  #log({ id, analysis, candidates }: Incident): void {
    const [first] = candidates;
    this.#parts.logger.info(
      { incident: id, analysis, candidates: candidates.length, first: first?.title, score: first?.score },
      'analysed an incident',
    );
  }
}
