/** What an experiment and an improvement must say to be one, beyond the types of their fields. */
import type { z } from 'zod';
import {
  efforts,
  improvementStates,
  LEAST_PLANNED_MINUTES,
  MOST_PLANNED_MINUTES,
  parseSelector,
} from '../model/index.js';

type Fields = Readonly<Record<string, unknown>>;

function expect(context: z.RefinementCtx, field: string, isMet: boolean, message: string): void {
  if (!isMet) context.addIssue({ code: 'custom', path: [field], message });
}

/** Adds an issue for each selector that cannot be read, a control without a canary, and a plan out of range. */
export function checkExperiment(fields: Fields, context: z.RefinementCtx): void {
  for (const field of ['treatedSelector', 'controlSelector']) {
    const { [field]: text } = fields;
    const isReadable = typeof text !== 'string' || parseSelector(text) !== undefined;
    expect(context, field, isReadable, 'expected label matchers in braces, such as {track="canary"}');
  }
  const { treatedSelector, controlSelector, plannedMinutes: planned, expectedChangePercent } = fields;
  const isPaired = controlSelector === undefined || treatedSelector !== undefined;
  expect(context, 'treatedSelector', isPaired, 'is required beside controlSelector');
  const isInRange =
    typeof planned !== 'number' || (planned >= LEAST_PLANNED_MINUTES && planned <= MOST_PLANNED_MINUTES);
  const range = `expected ${LEAST_PLANNED_MINUTES} to ${MOST_PLANNED_MINUTES} minutes`;
  expect(context, 'plannedMinutes', isInRange, range);
  expect(context, 'expectedChangePercent', expectedChangePercent !== 0, 'expected a change, not 0');
}

/** Adds an issue for a state or an effort that is none. */
export function checkImprovement({ state, effort }: Fields, context: z.RefinementCtx): void {
  const isOneOf = (names: readonly string[], value: unknown) => names.some((name) => name === value);
  expect(
    context,
    'state',
    isOneOf(improvementStates, state),
    `expected one of ${improvementStates.join(', ')}`,
  );
  const isKnown = effort === undefined || isOneOf(efforts, effort);
  expect(context, 'effort', isKnown, `expected one of ${efforts.join(', ')}`);
}
