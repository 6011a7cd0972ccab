/** What of the knowledge a query can see, so that years of incidents need not be given to every query. */
import type { Algebra } from '@traqula/algebra-transformations-1-1';
import type { TermKey } from './bounds.js';
import type { Facts } from './filters.js';
import { EVERY_PREDICATE, nameOf } from './stars.js';

/** Subjects that a query can look at, and by which predicates; errs on the side of too much. */
export interface Need {
  /** Undefined for any. */
  readonly subjects: ReadonlySet<TermKey> | undefined;
  /** IRIs, or {@link EVERY_PREDICATE} for all. */
  readonly predicates: ReadonlySet<string>;
}

/** What one pattern after another can see, given the facts about their terms. */
export function needsOfPatterns(patterns: readonly Algebra.Pattern[], facts: Facts): readonly Need[] {
  return patterns.map(({ subject, predicate }) => ({
    subjects: facts.get(nameOf(subject) ?? '')?.terms,
    predicates: predicatesOf(predicate, facts),
  }));
}

function predicatesOf(predicate: Algebra.Pattern['predicate'], facts: Facts): ReadonlySet<string> {
  if (predicate.termType === 'NamedNode') return new Set([predicate.value]);
  const some = facts.get(nameOf(predicate) ?? '')?.terms;
  return new Set(some === undefined ? [EVERY_PREDICATE] : [...some].map((key) => key.slice(1, -1)));
}
