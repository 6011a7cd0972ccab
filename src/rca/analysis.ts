/** What the analysis is asked and what it answers. Paths are those below `/id/`, see `model/iri.ts`. */
import type { CauseKind, Instant, Window } from '../model/index.js';
import type { Why } from './whys/why.js';

/** Asks for the causes of what is seen on a service. */
export interface Question {
  readonly service: string;
  /** The metric on which it is seen; the worst one of the service when absent. */
  readonly metric?: string;
  /** When it was seen. */
  readonly at: Instant;
  /** How far back to look for onsets and changes, in milliseconds. */
  readonly windowMs: number;
  /**
   * What metrics are compared with, when hindsight has better than the time just before: a quiet day, or the whole day
   * round the incident, of which the window itself is left out.
   */
  readonly comparedWith?: Window;
}

/** A sentence with the receipts it rests on. */
export interface Argument {
  readonly sentence: string;
  readonly cites: readonly string[];
}

/** A named part of a score: `contribution` = `weight` x `value`. */
export interface Term {
  readonly name: string;
  /** What it means and how it was computed, for people. */
  readonly meaning: string;
  /** 0..1 */
  readonly value: number;
  readonly weight: number;
  readonly contribution: number;
}

/** What is usually done first about a cause. */
export const remedies = [
  'rollback',
  'roll-forward',
  'restore-value',
  'turn-off',
  'fail-over',
  'escalate',
  'renew-certificate',
  'renew-credential',
  'quarantine-data',
  'scale-out',
  'replace-node',
  'free-space',
] as const;

/** One of {@link remedies}. */
export type Remedy = (typeof remedies)[number];

/** A possible cause. */
export interface Candidate {
  /** From 1; rejected candidates come after the others. */
  readonly rank: number;
  /** The sum of the contributions, 0..1. Not a probability. */
  readonly score: number;
  readonly causeKind: CauseKind;
  readonly title: string;
  readonly service: string;
  readonly component?: string;
  readonly metric?: string;
  /** The commit that is blamed, where the change names one. */
  readonly commit?: string;
  /** Services beside its own on which it acts, as a change of a caller does on what it asks more of. */
  readonly actsOn?: readonly string[];
  /** What is usually done first about such a cause. */
  readonly remedy?: Remedy;
  /** The change of the metric in percent of its baseline. */
  readonly metricChangePercent?: number;
  readonly onsetAt?: Instant;
  /** The receipt of the change or failure that is blamed. */
  readonly cause?: string;
  readonly terms: readonly Term[];
  readonly supporting: readonly Argument[];
  readonly opposing: readonly Argument[];
  /** What ruled it out; absent for those that stand. */
  readonly rejected?: string;
}

/** How far a service is degraded, and how much of that is its own. */
export interface Degradation {
  readonly service: string;
  /** 0..1: what is left when the part that its callees explain is taken off. */
  readonly own: number;
  /** 0..1: the part of what its callers feel that its callees explain. */
  readonly explained: number;
  /** The callee that explains most of it. */
  readonly explainedBy: string | undefined;
  readonly onsetAt: Instant | undefined;
  /** Whether any series or failure of it is recorded: without, nothing is known of it. */
  readonly measured: boolean;
}

/** Whose degradation is its own, among the services within reach. */
export interface Localisation {
  /** The services within reach: the symptom's own and everything it calls, directly or not. */
  readonly reach: readonly string[];
  /** How far each service within reach is degraded, those that began it first. */
  readonly degradations: readonly Degradation[];
}

/** The answer of an analysis; the same question over the same evidence has the same answer. */
export interface Analysis extends Localisation {
  readonly question: Question;
  readonly baseline: Window;
  readonly recent: Window;
  /** When the symptom began; undefined when no lasting change of it was found. */
  readonly onsetAt: Instant | undefined;
  /** The metric on which the symptom was found. */
  readonly symptomMetric: string | undefined;
  /** The service where failing begins, as far as callers feel it; the one asked about when nothing tells. */
  readonly firstFailing: string;
  /** Other services that are degraded too. */
  readonly affected: readonly string[];
  readonly seriesScanned: number;
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly Candidate[];
  /** The Five Whys from the symptom down, as far as evidence goes. */
  readonly why: Why;
  /** What evidence would be needed, when there is not enough; empty otherwise. */
  readonly missing: readonly string[];
  /** The verdicts on past incidents that moved the scores; undefined where none did. */
  readonly learnedFrom: LearnedFrom | undefined;
}

/** The verdicts that an analysis learned from: the same ones teach the same. */
export interface LearnedFrom {
  /** Incidents with a confirmed cause. */
  readonly incidents: number;
  readonly latestVerdictAt: Instant;
}
