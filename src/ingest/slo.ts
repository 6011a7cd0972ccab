/** What a service level objective must say to be one, beyond the types of its fields. */
import type { z } from 'zod';

type Fields = Readonly<Record<string, unknown>>;
type Finding = readonly [field: string, message: string];

const isGiven = (fields: Fields, name: string): boolean => fields[name] !== undefined;

/** A metric against a target, or good (or bad) events of all: exactly one of the two, and whole. */
function indicatorFindings(fields: Fields): readonly Finding[] {
  const ratio = ['goodMetric', 'badMetric', 'totalMetric'].filter((name) => isGiven(fields, name));
  if (isGiven(fields, 'metric')) {
    const missing = ['target', 'direction'].filter((name) => !isGiven(fields, name));
    return [
      ...ratio.map((name): Finding => [name, 'not beside metric: an objective has a metric or a ratio']),
      ...missing.map((name): Finding => [name, 'is required beside metric']),
    ];
  }
  if (ratio.length === 0) return [['metric', 'is required, or totalMetric with goodMetric or badMetric']];
  if (!ratio.includes('totalMetric')) return [['totalMetric', 'is required beside goodMetric or badMetric']];
  return ratio.length === 2
    ? []
    : [['goodMetric', 'expected either goodMetric or badMetric beside totalMetric']];
}

function within(
  fields: Fields,
  name: string,
  isGood: (value: number) => boolean,
  expected: string,
): readonly Finding[] {
  const value = fields[name];
  return typeof value === 'number' && !isGood(value) ? [[name, `expected ${expected}`]] : [];
}

function findings(fields: Fields): readonly Finding[] {
  if (fields.retired === true) return [];
  const { direction, windowMinutes } = fields;
  const known = direction === undefined || direction === 'at_most' || direction === 'at_least';
  return [
    ...indicatorFindings(fields),
    ...(known ? [] : [['direction', 'expected at_most or at_least'] as const]),
    ...(windowMinutes === undefined
      ? [['windowMinutes', 'is required: over how long it is kept'] as const]
      : []),
    ...within(fields, 'windowMinutes', (minutes) => minutes >= 1, 'a number of 1 or more'),
    ...within(fields, 'objectivePercent', (percent) => percent > 0 && percent <= 100, 'a share in (0, 100]'),
  ];
}

/** Adds an issue for each field of an objective that is missing, too much, or out of range. */
export function checkSlo(fields: Fields, context: z.RefinementCtx): void {
  for (const [field, message] of findings(fields)) {
    context.addIssue({ code: 'custom', path: [field], message });
  }
}
