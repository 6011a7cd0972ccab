import type { ServiceEvidence } from './localise-evidence.js';
import type { Reading } from './onset.js';
import { isWorse } from './vocabulary.js';
import { EXPLAINED_WHEN_LATER, ORDER_SLACK_MS } from './weights.js';

/** The share of the services that must have a metric of load for it to tell how often they are asked. */
const COMMON_TO = 0.9;

/** Whether two readings measure the same thing in the same way, and both have a past. */
export function alike(a: Reading, b: Reading): boolean {
  return (
    a.series.metric === b.series.metric &&
    a.shift.figure === b.shift.figure &&
    a.series.labels.quantile === b.series.labels.quantile &&
    a.shift.baselineCount > 0
  );
}

/**
 * By how much the mean since is worse than usual; what lies within one spread is chance, and what began after the
 * symptom is hardly a part of it.
 */
function worsening(reading: Reading, symptom: Reading): number {
  const { shift, group } = reading;
  const change = shift.recentMean - shift.baselineMedian;
  if (!isWorse(group, Math.sign(change))) return 0;
  const late = isLate(reading, symptom) ? EXPLAINED_WHEN_LATER : 1;
  return Math.max(0, Math.abs(change) - shift.baselineSpread) * late;
}

function isLate(reading: Reading, symptom: Reading): boolean {
  const [begun, felt] = [reading.shift.begunAt, symptom.shift.begunAt];
  return begun !== undefined && felt !== undefined && begun > felt + ORDER_SLACK_MS;
}

/**
 * What a service adds to the symptom, callees included: latency or failure shares beyond the usual times how often it is
 * asked, in all and in each part of the recent window of which it has samples.
 */
export interface Amount {
  readonly total: number;
  readonly course: readonly (number | undefined)[];
}

/** What one reading adds, so many times; nothing, in no part, of one that is not worse on the whole. */
function amountIn(reading: Reading, symptom: Reading, times: number): Amount {
  const { shift, group } = reading;
  const worse = worsening(reading, symptom);
  const direction = isWorse(group, 1) ? 1 : -1;
  const scale = worse === 0 ? 0 : times * (isLate(reading, symptom) ? EXPLAINED_WHEN_LATER : 1);
  const course = shift.course.map((mean) =>
    mean === undefined
      ? undefined
      : scale * (direction * (mean - shift.baselineMedian) - shift.baselineSpread),
  );
  return { total: times * worse, course };
}

/** Several readings of one service; where one has no sample it is taken to add what it adds on the whole. */
function together(amounts: readonly Amount[]): Amount {
  const total = sumOf(amounts.map((one) => one.total));
  const course = (amounts[0]?.course ?? []).map((_, slot) =>
    amounts.every((one) => one.course[slot] === undefined)
      ? undefined
      : sumOf(amounts.map((one) => one.course[slot] ?? one.total)),
  );
  return { total, course };
}

/**
 * Which part of a caller's excess a callee has, 0 or more. Where either lacks samples that the other has, only the parts
 * of the window are compared of which both have some: else a lost sample would look like a difference between them.
 */
export function partOf(caller: Amount, callee: Amount): number {
  if (caller.total === 0) return 0;
  const slots = [...caller.course.keys()];
  const both = slots.filter((slot) => caller.course[slot] !== undefined && callee.course[slot] !== undefined);
  const alike = slots.every(
    (slot) => (caller.course[slot] === undefined) === (callee.course[slot] === undefined),
  );
  const felt = sumOf(both.map((slot) => caller.course[slot] ?? 0));
  if (alike || felt <= 0) return callee.total / caller.total;
  return Math.max(0, sumOf(both.map((slot) => callee.course[slot] ?? 0))) / felt;
}

/** The sum of some numbers. */
export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The metric of load that most of these services have in common; undefined when fewer than all but a few have one. */
function commonLoad(services: readonly ServiceEvidence[]): string | undefined {
  const having = new Map<string, number>();
  for (const { readings } of services) {
    const metrics = new Set(
      readings.filter(({ role }) => role === 'load').map(({ series }) => series.metric),
    );
    for (const metric of metrics) having.set(metric, (having.get(metric) ?? 0) + 1);
  }
  const [best] = [...having].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  return best !== undefined && best[1] >= COMMON_TO * services.length ? best[0] : undefined;
}

/** How often a service is asked, in whatever unit its metric of load has; undefined when it has none. */
function loadOf({ readings }: ServiceEvidence, metric: string): number | undefined {
  const loads = readings.filter(({ series }) => series.metric === metric);
  return loads.length === 0 ? undefined : sumOf(loads.map(({ shift }) => shift.recentMean));
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Without what callers report of the calls, where the service behind reports the same: a mesh measures both ends. */
function eachOnce(readings: readonly Reading[]): readonly Reading[] {
  const byServer = readings.some(({ series }) => series.labels.reporter === 'destination');
  return byServer ? readings.filter(({ series }) => series.labels.reporter !== 'source') : readings;
}

/** What the readings of one service add up to: rates are totals already, means go by what they were divided by. */
function amountOf(evidence: ServiceEvidence, symptom: Reading, asked: number): Amount {
  const own = eachOnce(evidence.readings.filter((reading) => alike(reading, symptom)));
  switch (symptom.shift.figure) {
    case 'rate':
      return together(own.map((reading) => amountIn(reading, symptom, 1)));
    case 'mean':
      return together(
        own.map((reading) => {
          const counts = evidence.readings.find(({ series }) => series.ref === reading.divisor?.ref);
          return amountIn(reading, symptom, counts?.shift.recentMean ?? 1);
        }),
      );
    case 'value':
    case 'p50':
    case 'p95':
    case 'p99':
      return together(own.map((reading) => amountIn(reading, symptom, asked / own.length)));
  }
}

/** How often each service is asked, relative to the others; by 1 where no metric tells it of most. */
export function loadsOf(services: readonly ServiceEvidence[]): ReadonlyMap<string, number> {
  const load = commonLoad(services);
  const loads = services.map((one) => [one.service, load === undefined ? 1 : loadOf(one, load)] as const);
  // The few that do not tell how often they are asked are taken to be asked as often as others.
  const usual = medianOf(loads.flatMap(([, one]) => one ?? []));
  return new Map(loads.map(([service, one]) => [service, one ?? usual]));
}

/** What each service that has the symptom's metric adds to the symptom, in one unit for all. */
export function amountsOf(
  evidence: ReadonlyMap<string, ServiceEvidence>,
  symptom: Reading,
): ReadonlyMap<string, Amount> {
  const having = [...evidence.values()].filter(({ readings }) => readings.some((one) => alike(one, symptom)));
  const loads = loadsOf(having);
  return new Map(having.map((one) => [one.service, amountOf(one, symptom, loads.get(one.service) ?? 1)]));
}
