/** What an improvement and an experiment may say of themselves. */

/** The states of an improvement: `verified` held when it was judged, `not_held` did not. */
export const improvementStates = [
  'proposed',
  'started',
  'done',
  'verified',
  'not_held',
  'abandoned',
] as const;

/** The state of an improvement. */
export type ImprovementState = (typeof improvementStates)[number];

/** How much work it is: an hour or two, half a day, a day or more. */
export const efforts = ['small', 'medium', 'large'] as const;

/** How much work something is. */
export type Effort = (typeof efforts)[number];

/** Fewer minutes tell nothing; more (a day and nine hours) are not compared pair by pair. */
export const LEAST_PLANNED_MINUTES = 10;
export const MOST_PLANNED_MINUTES = 2_000;
