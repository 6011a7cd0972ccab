/**
 * The Five Whys, walked as far as evidence goes: from the symptom down the causal links, each step a sentence with its
 * receipts and the query that finds them, branching where two explanations stand. The founding guide's "The 5 Whys
 * Technique", with its rule that no claim goes further than evidence.
 */
import type { EventKind, Identity, Instant, Window } from '../../model/index.js';

/** What finds the receipts behind a step; {@link sparqlOf} writes it as a query. */
export type WhyQuery =
  | { readonly type: 'samples'; readonly series: Identity; readonly window: Window }
  | {
      readonly type: 'events';
      readonly kinds: readonly [EventKind, ...EventKind[]];
      readonly service?: string;
      readonly component?: string;
      readonly window: Window;
    };

/** What kind of answer a step gives, from what is felt down to what was changed. */
export const whyKinds = [
  'felt',
  'waiting',
  'workers',
  'failing',
  'load',
  'resource',
  'change',
  'diff',
] as const;

/** One of {@link whyKinds}. */
export type WhyKind = (typeof whyKinds)[number];

/** Where a chain stops, since nothing recorded leads further. */
export interface WhyEnd {
  /** Why it stops, a sentence. */
  readonly reason: string;
  /** The evidence that would lead further, a sentence. */
  readonly needed: string;
}

/** A step of a why chain: the answer to "why?" asked of the step above it. */
export interface Why {
  /** Its place in the tree: `0` the problem, `1` the first answer to it, `1.2` the second answer to that one. */
  readonly place: string;
  readonly kind: WhyKind;
  readonly sentence: string;
  readonly service: string;
  readonly onsetAt: Instant | undefined;
  readonly cites: readonly string[];
  readonly query: WhyQuery | undefined;
  /** The answers to "why this?": several where several explanations stand, none where evidence stops. */
  readonly causes: readonly Why[];
  /** Present where there are no causes. */
  readonly end?: WhyEnd;
}

/** A step and all below it, from above to below. */
export function stepsOf<T extends { readonly causes: readonly T[] }>(why: T): readonly T[] {
  return [why, ...why.causes.flatMap((cause) => stepsOf(cause))];
}
