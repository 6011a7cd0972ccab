/** What a service level objective must say to be one, beyond the types of its fields. */
import type { z } from 'zod';
import { parseMatchers } from '../../model/index.js';

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

/** How long a slice may be: parts of an hour, so that hours and days end with one. */
const SLICE_MINUTES = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60];

/** The longest window: a year. */
const MOST_WINDOW_MINUTES = 527_040;

/** Slices are parts of an hour, and windows whole slices. */
function sliceFindings({ sliceMinutes = 1, windowMinutes, ...rest }: Fields): readonly Finding[] {
  if (!SLICE_MINUTES.some((minutes) => minutes === sliceMinutes)) {
    return [['sliceMinutes', `expected one of ${SLICE_MINUTES.join(', ')}`]];
  }
  const isWhole = Number(windowMinutes ?? 0) % Number(sliceMinutes) === 0;
  return [
    ...(isWhole ? [] : [['windowMinutes', `expected a multiple of sliceMinutes, ${sliceMinutes}`] as const]),
    ...(isGiven(rest, 'sliceTargetPercent') && isGiven(rest, 'metric')
      ? [
          [
            'sliceTargetPercent',
            'not beside metric: a slice is good when the metric keeps its target',
          ] as const,
        ]
      : []),
  ];
}

/** The selectors, with the metrics that each is of. */
const SELECTORS: Readonly<Record<string, readonly string[]>> = {
  selector: ['metric', 'totalMetric'],
  goodSelector: ['goodMetric'],
  badSelector: ['badMetric'],
  totalSelector: ['totalMetric'],
};

function selectorFindings(fields: Fields): readonly Finding[] {
  return Object.entries(SELECTORS).flatMap(([name, metrics]): readonly Finding[] => {
    const text = fields[name];
    if (typeof text !== 'string') return [];
    if (!metrics.some((metric) => isGiven(fields, metric))) {
      return [[name, `not without ${metrics.join(' or ')}`]];
    }
    const matchers = parseMatchers(text);
    return typeof matchers === 'string' ? [[name, matchers]] : [];
  });
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

const isShare = (percent: number): boolean => percent > 0 && percent <= 100;

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
    ...within(
      fields,
      'windowMinutes',
      (minutes) => minutes <= MOST_WINDOW_MINUTES,
      `at most ${MOST_WINDOW_MINUTES} minutes, a year`,
    ),
    ...within(fields, 'objectivePercent', isShare, 'a share in (0, 100]'),
    ...within(fields, 'sliceTargetPercent', isShare, 'a share in (0, 100]'),
    ...sliceFindings(fields),
    ...selectorFindings(fields),
  ];
}

/** Adds an issue for each field of an objective that is missing, too much, or out of range. */
export function checkSlo(fields: Fields, context: z.RefinementCtx): void {
  for (const [field, message] of findings(fields)) {
    context.addIssue({ code: 'custom', path: [field], message });
  }
}
