/** How sorts of causes were judged in past incidents, and what that adds to a candidate or takes from it. */
import type { Candidate, Term } from './analysis.js';
import type { Experience, Standing } from './experience.js';
import { type Draft, scoreOf, term } from './terms.js';
import { groupOfMetric } from './vocabulary.js';
import { HALF_SURE_VERDICTS, VERDICT_WEIGHT } from './weights.js';

/** A candidate that people judged, as far as its sort goes: was it the cause? */
export interface JudgedSort {
  readonly sort: string;
  readonly right: boolean;
}

/** The sort of a cause: what kind it is of, for metrics with what they measure. */
export function sortOfCause({ causeKind, metric }: Pick<Candidate, 'causeKind' | 'metric'>): string {
  const kind = causeKind.replaceAll('_', ' ');
  return causeKind === 'metric' && metric !== undefined ? `${kind} of ${groupOfMetric(metric, {})}` : kind;
}

/** Counts how often candidates of each sort were the cause. */
export function standingsOfSorts(judged: readonly JudgedSort[]): ReadonlyMap<string, Standing> {
  const standings = new Map<string, Standing>();
  for (const { sort, right } of judged) {
    const { onCause, all } = standings.get(sort) ?? { onCause: 0, all: 0 };
    standings.set(sort, { onCause: onCause + Number(right), all: all + 1 });
  }
  return standings;
}

/**
 * How much oftener a sort was the cause than candidates are on the whole, -1..1: the difference of the shares, that of
 * the sort drawn to the whole as by {@link HALF_SURE_VERDICTS} more verdicts of the usual share.
 */
function liftOf({ onCause, all }: Standing, usual: number): number {
  return (onCause + HALF_SURE_VERDICTS * usual) / (all + HALF_SURE_VERDICTS) - usual;
}

function verdictTerm(draft: Draft, { sorts }: Experience): Term | undefined {
  const sort = sortOfCause(draft);
  const standing = sorts.get(sort);
  if (standing === undefined) return undefined;
  const right = [...sorts.values()].reduce((sum, { onCause }) => sum + onCause, 0);
  const all = [...sorts.values()].reduce((sum, one) => sum + one.all, 0);
  const lift = liftOf(standing, right / all);
  const weight = lift < 0 ? -VERDICT_WEIGHT : VERDICT_WEIGHT;
  const told = `In past incidents candidates of this sort (${sort}) were the cause ${standing.onCause} of ${standing.all} times`;
  return term(
    'verdicts',
    Math.abs(lift),
    weight,
    `${told}, where all sorts together were ${right} of ${all}.`,
  );
}

/** A candidate with what verdicts on candidates of its sort taught. */
export function withVerdicts(draft: Draft, experience: Experience | undefined): Draft {
  if (experience === undefined || draft.rejected !== undefined) return draft;
  const added = verdictTerm(draft, experience);
  if (added === undefined) return draft;
  const terms = [...draft.terms, added];
  return { ...draft, terms, score: scoreOf(terms) };
}
