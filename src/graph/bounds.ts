/**
 * What is known of the evidence that a variable of a query can stand for. Every bound here errs on the side of too
 * much: it may let through what the query will not use, and never keeps back what it could.
 */
import { type EventKind, eventKinds } from '../model/index.js';
import { canHave, type Rule } from './mapping.js';

/** An RDF term as text: `<iri>`, or `"text` for a plain literal. Other literals have none. */
export type TermKey = string;

/** Bounds of a subject, *if* it is evidence at all. */
export interface Star {
  readonly kinds: ReadonlySet<EventKind>;
  readonly sample: boolean;
  readonly rollup: boolean;
  readonly series: boolean;
  /** Inclusive bounds of its time, in milliseconds. */
  readonly since: number;
  readonly until: number;
  /** By predicate: the only objects that it may have there. */
  readonly values: ReadonlyMap<string, ReadonlySet<TermKey>>;
  /** The only subjects that it may be. */
  readonly subjects: ReadonlySet<TermKey> | undefined;
}

/** What is known of a variable in the rows of a query that matter: bounds on its value, and on it as a subject. */
export interface Fact {
  /** Bounds for a value that is a time. */
  readonly since: number;
  readonly until: number;
  /** The only terms that it may be. */
  readonly terms: ReadonlySet<TermKey> | undefined;
  /** Whether a triple pattern binds it, so that it is a node of the graph. */
  readonly isNode: boolean;
  readonly star: Star;
}

const FOREVER = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** Any evidence. */
export const anyStar: Star = {
  ...FOREVER,
  kinds: new Set(eventKinds),
  sample: true,
  rollup: true,
  series: true,
  values: new Map(),
  subjects: undefined,
};

/** No evidence: a subject that only knowledge can be. */
export const noStar: Star = { ...anyStar, kinds: new Set(), sample: false, rollup: false, series: false };

/** Nothing known. */
export const anyFact: Fact = { ...FOREVER, terms: undefined, isNode: false, star: anyStar };

function intersection<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): ReadonlySet<T> {
  return new Set([...a].filter((element) => b.has(element)));
}

function meetSets<T>(
  a: ReadonlySet<T> | undefined,
  b: ReadonlySet<T> | undefined,
): ReadonlySet<T> | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : intersection(a, b);
}

function hullSets<T>(
  a: ReadonlySet<T> | undefined,
  b: ReadonlySet<T> | undefined,
): ReadonlySet<T> | undefined {
  return a === undefined || b === undefined ? undefined : new Set([...a, ...b]);
}

function meetValues(a: Star['values'], b: Star['values']): Star['values'] {
  const values = new Map(a);
  for (const [predicate, terms] of b) values.set(predicate, meetSets(values.get(predicate), terms) ?? terms);
  return values;
}

function hullValues(a: Star['values'], b: Star['values']): Star['values'] {
  const values = new Map<string, ReadonlySet<TermKey>>();
  for (const [predicate, terms] of a) {
    const others = b.get(predicate);
    if (others !== undefined) values.set(predicate, new Set([...terms, ...others]));
  }
  return values;
}

/** What both say. */
export function meetStars(a: Star, b: Star): Star {
  return {
    kinds: intersection(a.kinds, b.kinds),
    sample: a.sample && b.sample,
    rollup: a.rollup && b.rollup,
    series: a.series && b.series,
    since: Math.max(a.since, b.since),
    until: Math.min(a.until, b.until),
    values: meetValues(a.values, b.values),
    subjects: meetSets(a.subjects, b.subjects),
  };
}

/** What at least one of both says, or more. */
export function hullStars(a: Star, b: Star): Star {
  if (isNothing(a)) return b;
  if (isNothing(b)) return a;
  return {
    kinds: new Set([...a.kinds, ...b.kinds]),
    sample: a.sample || b.sample,
    rollup: a.rollup || b.rollup,
    series: a.series || b.series,
    since: Math.min(a.since, b.since),
    until: Math.max(a.until, b.until),
    values: hullValues(a.values, b.values),
    subjects: hullSets(a.subjects, b.subjects),
  };
}

/** Both facts hold. */
export function meetFacts(a: Fact, b: Fact): Fact {
  return {
    since: Math.max(a.since, b.since),
    until: Math.min(a.until, b.until),
    terms: meetSets(a.terms, b.terms),
    isNode: a.isNode || b.isNode,
    star: meetStars(a.star, b.star),
  };
}

/** At least one of the facts holds. */
export function hullFacts(a: Fact, b: Fact): Fact {
  return {
    since: Math.min(a.since, b.since),
    until: Math.max(a.until, b.until),
    terms: hullSets(a.terms, b.terms),
    isNode: a.isNode && b.isNode,
    star: hullStars(a.star, b.star),
  };
}

/** Whether no evidence can lie within the bounds. */
export function isNothing(star: Star): boolean {
  return (
    (star.kinds.size === 0 && !star.sample && !star.rollup && !star.series) ||
    star.since > star.until ||
    star.subjects?.size === 0 ||
    [...star.values.values()].some((terms) => terms.size === 0)
  );
}

/** The bounds of whatever one of these rules can write. */
export function starOfRules(rules: readonly Rule[]): Star {
  const events = rules.filter((rule) => rule.table === 'event');
  return {
    ...anyStar,
    kinds: new Set(events.flatMap((rule) => rule.kinds ?? eventKinds)),
    sample: rules.some((rule) => rule.table === 'sample'),
    rollup: rules.some((rule) => rule.table === 'rollup'),
    series: rules.some((rule) => rule.table === 'series'),
  };
}

/** The rules that can write this predicate and, for `rdf:type`, this class. */
export function rulesFor(rules: readonly Rule[], predicate: string, ofClass?: string): readonly Rule[] {
  return rules.filter(
    (rule) => canHave(rule, predicate) && (ofClass === undefined || rule.ofClass === ofClass),
  );
}

function isWithin<T>(inner: ReadonlySet<T> | undefined, outer: ReadonlySet<T> | undefined): boolean {
  if (outer === undefined) return true;
  return inner !== undefined && [...inner].every((element) => outer.has(element));
}

/** Whether everything within `inner` is within `outer` too. */
export function contains(outer: Star, inner: Star): boolean {
  return (
    isWithin(inner.kinds, outer.kinds) &&
    (outer.sample || !inner.sample) &&
    (outer.rollup || !inner.rollup) &&
    (outer.series || !inner.series) &&
    outer.since <= inner.since &&
    outer.until >= inner.until &&
    isWithin(inner.subjects, outer.subjects) &&
    [...outer.values].every(([predicate, terms]) => isWithin(inner.values.get(predicate), terms))
  );
}
