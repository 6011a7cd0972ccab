/** What a recommendation is: something to do, what shows that it is worth doing, and how it ranks among others. */
import { type Effort, encodeSegment } from '../../model/index.js';

/**
 * Hours that an effort counts as where gains are held against it: the middle of one to two hours, half a day, and a day.
 */
export const effortHours: Readonly<Record<Effort, number>> = { small: 1.5, medium: 4, large: 8 };

/** What a recommendation comes from. */
export const recommendationSources = [
  'slo-burning',
  'slo-missed',
  'slo-unknown',
  'pillar',
  'trend',
  'reversal',
  'alert-unacknowledged',
  'alert-volume',
  'alert-storm',
  'alert-flapping',
  'alerts-of-one-cause',
  'alert-threshold',
  'metric-stalled',
  'metric-without-slo',
  'metric-duplicated',
  'label-sensitive',
] as const;

/** One of {@link recommendationSources}. */
export type RecommendationSource = (typeof recommendationSources)[number];

/** What shows a recommendation: a thing by its path below `/id/`, or a question of the query packs. */
export type RecommendationEvidence =
  | { readonly type: 'thing'; readonly path: string }
  | { readonly type: 'query'; readonly pack: string; readonly parameters: Readonly<Record<string, string>> };

/** Something to do about what was found, before it is ranked. */
export interface Proposal {
  readonly source: RecommendationSource;
  /** What it is about beside the service: the metric, the objective, the alert; it makes the id. */
  readonly subject: string;
  /** The whole system when absent. */
  readonly service?: string;
  readonly metric?: string;
  /** 1 now, 2 today, 3 this week, 4 when there is time. */
  readonly priority: 1 | 2 | 3 | 4;
  readonly title: string;
  readonly action: string;
  readonly evidence: readonly RecommendationEvidence[];
  readonly effort: Effort;
  /** By how much the figure that it is about should become better, in % of it, 0..100. */
  readonly expectedGainPercent: number;
  /** How that was estimated, as a sentence. */
  readonly gainBasis: string;
}

/** A proposal with its name and its rank. */
export interface Recommendation extends Proposal {
  /** Made of source, service and subject alone: next week the same one has the same id. */
  readonly id: string;
  /** The expected gain in % for each hour of effort. */
  readonly rank: number;
}

/** Parts of an id, encoded so that no two different lists of parts give the same one. */
function idOf({ source, service, subject }: Proposal): string {
  return [source, service ?? '', subject].map(encodeSegment).join('/');
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Gives a proposal its id and its rank; gains are held within 0..100 and rounded to a tenth. */
export function ranked(proposal: Proposal): Recommendation {
  const expectedGainPercent = round(Math.min(100, Math.max(0, proposal.expectedGainPercent)), 1);
  const rank = round(expectedGainPercent / effortHours[proposal.effort], 2);
  return { ...proposal, expectedGainPercent, id: idOf(proposal), rank };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The order in which recommendations are shown: the most urgent first, then by rank, then by id. */
export function byUrgency(a: Recommendation, b: Recommendation): number {
  return a.priority - b.priority || byRank(a, b);
}

/** The order in which improvements are chosen: by gain for effort, then by id. */
export function byRank(a: Recommendation, b: Recommendation): number {
  return b.rank - a.rank || byText(a.id, b.id);
}
