import { type CauseKind, parsePath } from '../model/index.js';
import type { Argument, Candidate } from './analysis.js';
import { span } from './explain.js';
import { type Draft, decayed, scoreOf, term } from './terms.js';
import {
  DOES_SUCH_A_THING,
  EFFECT_OF_ANY_CHANGE,
  EFFECT_OF_CHANGE_WEIGHT,
  EFFECT_OF_OUTSIDE_WEIGHT,
  LAG_HALF_LIFE_MS,
  MOST_CANDIDATES,
  MOST_REJECTED,
} from './weights.js';

/** Candidates with their places. */
export interface Ranking {
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly Candidate[];
}

const CHANGES: readonly CauseKind[] = ['deployment', 'config_change', 'flag_change', 'experiment'];

function isChange({ causeKind }: Draft): boolean {
  return CHANGES.includes(causeKind);
}

function causeTime({ cause }: Draft): number | undefined {
  const named = cause === undefined ? undefined : parsePath(cause);
  return named?.type === 'event' ? named.at : undefined;
}

/** The change of the same service that best explains a metric or a failure which began after it. */
function changeBehind(draft: Draft, changes: readonly Draft[]): Draft | undefined {
  const { service, onsetAt } = draft;
  if (onsetAt === undefined) return undefined;
  return changes
    .filter(
      (change) =>
        (change.service === service || change.actsOn?.includes(service) === true) &&
        (causeTime(change) ?? Number.POSITIVE_INFINITY) <= onsetAt,
    )
    .sort(byScore)[0];
}

function termOf(draft: Draft, name: string): number {
  return draft.terms.find((one) => one.name === name)?.value ?? 0;
}

function doesSuchAThing(change: Draft): boolean {
  return Math.max(termOf(change, 'named'), termOf(change, 'mechanism')) >= DOES_SUCH_A_THING;
}

/** How far something stands by itself: a cause from outside that is named clearly and borne out is no change's effect. */
function standing(draft: Draft): number {
  return draft.causeKind === 'outside' ? termOf(draft, 'clearness') * termOf(draft, 'corroboration') : 0;
}

/** Puts what a change on the same service explains behind it: it is the change's evidence, not its rival. */
function lessEffects(draft: Draft, changes: readonly Draft[]): Draft {
  // What comes from outside follows from a change only when that does just such a thing.
  const rivals = draft.causeKind === 'outside' ? changes.filter(doesSuchAThing) : changes;
  const change = isChange(draft) ? undefined : changeBehind(draft, rivals);
  const at = change === undefined ? undefined : causeTime(change);
  if (change === undefined || at === undefined || draft.onsetAt === undefined) return draft;
  const lagMs = draft.onsetAt - at;
  // A change that has nothing in common with what went wrong explains half as well, and better what names no cause.
  const meets = Math.max(...['words', 'named', 'mechanism'].map((name) => termOf(change, name)));
  const least = EFFECT_OF_ANY_CHANGE + EFFECT_OF_ANY_CHANGE * (1 - termOf(draft, 'specificity'));
  const value = decayed(lagMs, LAG_HALF_LIFE_MS) * (least + (1 - least) * meets) * (1 - standing(draft));
  const terms = [
    ...draft.terms,
    term(
      'effect of a change',
      value,
      EFFECT_OF_CHANGE_WEIGHT,
      `It began ${span(lagMs)} after ${change.title}, which may explain it.`,
    ),
  ];
  const against: Argument = {
    sentence: `It began ${span(lagMs)} after ${change.title}, and so may be its effect.`,
    cites: change.cause === undefined ? [] : [change.cause],
  };
  return { ...draft, terms, score: scoreOf(terms), opposing: [against, ...draft.opposing] };
}

/** Puts what a cause from outside accounts for behind it, as far as that cause is clear. */
function lessOutside(draft: Draft, outside: Draft | undefined): Draft {
  if (outside === undefined || draft === outside || isChange(draft) || draft.causeKind === 'outside')
    return draft;
  const value = Math.min(termOf(outside, 'clearness'), termOf(outside, 'share'));
  const terms = [
    ...draft.terms,
    term('effect from outside', value, EFFECT_OF_OUTSIDE_WEIGHT, `${outside.title} may explain it.`),
  ];
  return { ...draft, terms, score: scoreOf(terms) };
}

function byScore(a: Draft, b: Draft): number {
  return (
    b.score - a.score ||
    (a.onsetAt ?? Number.POSITIVE_INFINITY) - (b.onsetAt ?? Number.POSITIVE_INFINITY) ||
    compareTexts(a.service, b.service) ||
    compareTexts(a.title, b.title) ||
    compareTexts(a.cause ?? '', b.cause ?? '')
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts drafts into those that stand, the best first, and those that were ruled out; ties have a fixed order. */
export function rank(drafts: readonly Draft[]): Ranking {
  const standing = drafts.filter(({ rejected }) => rejected === undefined);
  const changes = standing.filter(isChange);
  const outside = standing.filter(({ causeKind }) => causeKind === 'outside').toSorted(byScore)[0];
  const weighed = standing.map((draft) => lessOutside(lessEffects(draft, changes), outside)).sort(byScore);
  // Parts are few, and say where: many failures of one moment must not crowd them out.
  const parts = weighed.filter(({ causeKind }) => causeKind === 'part');
  const others = weighed.filter(({ causeKind }) => causeKind !== 'part');
  const kept = [...parts, ...others.slice(0, MOST_CANDIDATES - parts.length)].sort(byScore);
  // Changes are what people ask about first: "was it the deployment?"
  const ruledOut = drafts
    .filter(({ rejected }) => rejected !== undefined)
    .sort((a, b) => Number(isChange(b)) - Number(isChange(a)) || byScore(a, b))
    .slice(0, MOST_REJECTED);
  return {
    candidates: kept.map((draft, place) => ({ rank: place + 1, ...draft })),
    rejected: ruledOut.map((draft, place) => ({ rank: kept.length + place + 1, ...draft })),
  };
}
