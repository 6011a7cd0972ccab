import { tooComplex } from './errors.js';

/** How often one request may have work done that reads the store. */
export const budgets = {
  /** Root-cause analyses. */
  analyses: 4,
  /** Health scores of a service or of the system. */
  assessments: 100,
  /** Incidents that runbooks are matched to or drafted for. */
  matchings: 20,
  /** Incidents that similar ones are looked for. */
  comparisons: 5,
  /** Post-mortems drafted, written or published. */
  postmortems: 4,
  /** Looks at everything for recommendations, data quality or alert hygiene. */
  recommendations: 4,
  /** Reviews of weeks. */
  reviews: 2,
  /** Judgements of objectives, many of them together. */
  judgements: 10,
  /** Objectives whose error budget is followed over time. */
  budgets: 10,
  /** Missed objectives that a way is proposed to. */
  proposals: 20,
  /** Metrics of a service whose trends are judged. */
  trends: 60,
  /** Experiments whose verdict is measured. */
  experiments: 25,
  /** Charts drawn of a metric. */
  charts: 20,
  /** Improvements that are measured whether they hold. */
  improvements: 50,
  /** Services and dependencies walked to from others. */
  relatives: 50_000,
  /** Receipts read for citations, a few statements for all of a request. */
  receipts: 10_000,
} as const;

/** A kind of work that is counted. */
export type Work = keyof typeof budgets;

/** Counts the work of one request, so that a small query cannot ask for an endless amount of it. */
export class Budget {
  readonly #spent = new Map<Work, number>();

  /** Takes note of work; fails with `query-too-complex` when the request has had its share. */
  spend(work: Work, pieces = 1): void {
    const spent = (this.#spent.get(work) ?? 0) + pieces;
    if (spent > budgets[work]) {
      throw tooComplex(`one request may ask for at most ${budgets[work]} ${work}; ask for fewer at a time`);
    }
    this.#spent.set(work, spent);
  }
}
