/** Makes the fields of an objective of what a document of OpenSLO says of one. */
import { SERVICE_LABELS } from '../../../model/index.js';
import { minutesOf } from '../duration.js';
import type { QuerySeries } from '../promql.js';
import { type Measured, measuredBy } from './indicator.js';
import type { References } from './references.js';
import type { OpenObjective, SloDocument } from './schema.js';
import { type Say, Untaken } from './untaken.js';

/** A share in percent, without the digits that a product in binary adds. */
const percent = (share: number): number => Number((share * 100).toPrecision(12));

function percentOf({ target, targetPercent }: OpenObjective, path: readonly PropertyKey[]): number {
  if (target !== undefined && targetPercent !== undefined) {
    throw new Untaken([...path, 'targetPercent'], 'expected either target or targetPercent');
  }
  if (targetPercent !== undefined) return targetPercent;
  if (target === undefined) throw new Untaken(path, 'expected target or targetPercent');
  return percent(target);
}

function windowOf({ spec }: SloDocument, say: Say): number {
  const [window] = spec.timeWindow;
  const path = ['spec', 'timeWindow', 0];
  const minutes = minutesOf(window?.duration ?? '');
  if (minutes === undefined) throw new Untaken([...path, 'duration'], 'expected a duration such as 30d');
  if (/[MQY]$/.test(window?.duration ?? '')) say([...path, 'duration'], `taken as ${minutes / 1_440} days`);
  if (window?.isRolling === false || window?.calendar !== undefined) {
    say(path, 'a window of the calendar is taken as a rolling one of the same length');
  }
  return minutes;
}

/** Slices of time, where the budget is of them. */
function timeSlices(
  { timeSliceWindow, timeSliceTarget }: OpenObjective,
  type: Measured['type'],
  path: readonly PropertyKey[],
  say: Say,
) {
  if (timeSliceWindow === undefined) say(path, 'no timeSliceWindow: slices of one minute are taken');
  const sliceMinutes = timeSliceWindow === undefined ? 1 : minutesOf(timeSliceWindow);
  if (sliceMinutes === undefined)
    throw new Untaken([...path, 'timeSliceWindow'], 'expected a duration such as 5m');
  if (type === 'level') {
    if (timeSliceTarget !== undefined)
      say([...path, 'timeSliceTarget'], 'left out: a slice is good when the mean of its samples is');
    return { sliceMinutes };
  }
  if (timeSliceTarget === undefined) throw new Untaken(path, 'expected timeSliceTarget beside Timeslices');
  return { sliceMinutes, sliceTargetPercent: percent(timeSliceTarget) };
}

/** What the budget is of: events, or slices of time. */
function budgetFields(
  { spec }: SloDocument,
  objective: OpenObjective,
  type: Measured['type'],
  path: readonly PropertyKey[],
  say: Say,
) {
  const method = ['spec', 'budgetingMethod'];
  switch (spec.budgetingMethod) {
    case 'RatioTimeslices':
      throw new Untaken(method, 'RatioTimeslices are not taken: expected Occurrences or Timeslices');
    case 'Timeslices':
      return timeSlices(objective, type, path, say);
    case undefined:
    case 'Occurrences':
      if (spec.budgetingMethod === undefined) say(method, 'not there: taken as Occurrences');
      if (type === 'level') say(method, 'each minute of a thresholdMetric counts as one occurrence');
      for (const field of ['timeSliceTarget', 'timeSliceWindow'] as const)
        if (objective[field] !== undefined) say([...path, field], 'left out: Occurrences have no slices');
      return {};
  }
}

/** The service whose evidence is selected: the one that the query names, else the one of the document. */
function serviceOf({ spec }: SloDocument, series: readonly QuerySeries[], say: Say): string {
  for (const label of SERVICE_LABELS) {
    const found = series
      .flatMap(({ matchers }) => matchers)
      .find((one) => one.label === label && one.operator === '=');
    if (found === undefined) continue;
    if (found.value !== spec.service)
      say(
        ['spec', 'service'],
        `the query selects ${label}="${found.value}": taken as the service ${found.value}`,
      );
    return found.value;
  }
  return spec.service;
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/**
 * The fields of one objective of a document, by its place; documents of several give each its own name. Fails with
 * {@link Untaken} where it cannot be taken.
 */
export function objectiveFields(
  slo: SloDocument,
  place: number,
  references: References,
  say: Say,
): Readonly<Record<string, unknown>> {
  const { metadata, spec } = slo;
  const objective = spec.objectives[place] ?? {};
  const path = ['spec', 'objectives', place];
  const { type, fields, series } = measuredBy(slo, place, references, say);
  const suffix = spec.objectives.length === 1 ? '' : `-${slug(objective.displayName ?? '') || place + 1}`;
  const title = [metadata.displayName, objective.displayName].filter((part) => part !== undefined).join(': ');
  const { owner, team } = metadata.labels;
  return {
    ...fields,
    ...budgetFields(slo, objective, type, path, say),
    slo: `${metadata.name}${suffix}`,
    title: title === '' ? undefined : title,
    service: serviceOf(slo, series, say),
    objectivePercent: percentOf(objective, path),
    windowMinutes: windowOf(slo, say),
    reason: spec.description,
    owner: owner ?? team,
  };
}
