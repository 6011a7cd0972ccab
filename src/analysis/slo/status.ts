/** What a service level objective is found to be at one moment. */
import type { EventReceipt, Instant, SeriesRef, Window } from '../../model/index.js';
import type { BurnRule } from './burn-rules.js';

/** A revision of an objective: its receipt. */
export type SloRevision = EventReceipt<'slo'>;

/** Every revision of one objective, the oldest first, those that retire it among them. */
export type SloHistory = readonly SloRevision[];

/** `met` and `missed` of the objective; `unknown` where less than half of the window has data. */
export type SloState = 'met' | 'missed' | 'unknown';

/** What is counted: minutes (or longer slices of time) that are good or bad, or events. */
export type SloUnit = 'minutes' | 'events';

/** How fast the error budget burns over one of the two windows of a rule. */
export interface BurnWindow {
  /** Its length in milliseconds. */
  readonly lengthMs: number;
  /** The share of what was bad, 0..1; undefined where less than half of it has data. */
  readonly badShare: number | undefined;
  /** That share as a multiple of the one allowed; undefined where it is not known, or nothing is allowed. */
  readonly rate: number | undefined;
}

/** A rule on the burn rate, with what was found. */
export interface BurnStatus {
  readonly rule: BurnRule;
  readonly long: BurnWindow;
  readonly short: BurnWindow;
  /** Whether both windows burn faster than the rule's factor; undefined where one of them is not known. */
  readonly firing: boolean | undefined;
}

/** The error budget of the window, in the unit of the status. */
export interface ErrorBudget {
  /** How much may be bad of what was counted. */
  readonly allowed: number;
  readonly spent: number;
  /** 100 is untouched, below 0 is overspent; undefined where nothing may be bad. */
  readonly leftPercent: number | undefined;
}

/** What one revision judged of the window. */
export interface SloPart {
  readonly revision: SloRevision;
  /** The minutes that end within `from < t <= to`. */
  readonly window: Window;
  /** Good ones in percent of those with data; undefined without data. */
  readonly attainmentPercent: number | undefined;
  /** Minutes with data as a share of all, 0..1. */
  readonly coverage: number;
}

/** A sample that shows something: it names its receipt. */
export interface SampleMark {
  readonly series: SeriesRef;
  readonly at: Instant;
}

/** An objective judged at a moment. */
export interface SloStatus {
  /** The revision in force. */
  readonly slo: SloRevision;
  /** The moment asked for. */
  readonly at: Instant;
  /** What was judged: the minutes that end within `from < t <= to`, up to the last one that was over. */
  readonly window: Window;
  readonly state: SloState;
  readonly unit: SloUnit;
  /** The share that must be good, in percent; where revisions ask for different ones, each by its part. */
  readonly objectivePercent: number;
  /** The share that was good, in percent of what has data; undefined without data. */
  readonly attainmentPercent: number | undefined;
  /** Minutes with data as a share of all minutes of the window, 0..1. */
  readonly coverage: number;
  /** Good ones, and all with data, in the unit. */
  readonly good: number;
  readonly total: number;
  readonly budget: ErrorBudget;
  readonly burns: readonly BurnStatus[];
  /**
   * The latest level of the metric, the worst of its series, or the good share in percent of recent events; undefined
   * when the last five minutes (or slices) have no data.
   */
  readonly current: number | undefined;
  /** How far the metric is from its target, in percent of the target: below 0 is past it. Only of a metric. */
  readonly headroomPercent: number | undefined;
  /** The revisions that judged the window, the oldest first; one, unless it was changed within the window. */
  readonly parts: readonly SloPart[];
  /** Sentences on why it is not known, or known only in part. */
  readonly missing: readonly string[];
  /** How many outlying minutes were left out, where that was asked for. */
  readonly outliersLeftOut: number | undefined;
}
