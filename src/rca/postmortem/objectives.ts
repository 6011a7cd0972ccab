/** What an incident did to service level objectives: the share of bad minutes, or of bad events, while it went on. */
import type { EvidenceStore, SampleColumns } from '../../evidence/index.js';
import {
  type EventReceipt,
  MINUTE_MS,
  pathOf,
  pathOfEvent,
  type Series,
  type SeriesRef,
  shift,
  type Window,
} from '../../model/index.js';
import { claim, duration } from './claim.js';
import type { Claim } from './postmortem.js';

type Slo = EventReceipt<'slo'>;

/** More samples than this are not read for one objective. */
const MOST_SAMPLES = 50_000;
const USUAL_OBJECTIVE_PERCENT = 99;

function seriesOf(store: EvidenceStore, { service, component }: Slo, metric: string): readonly Series[] {
  const found = store.findSeries({
    metrics: [metric],
    ...(service === undefined ? {} : { services: [service] }),
  });
  return found.filter((series) => component === undefined || series.component === component);
}

/** The samples of some series in a window; undefined when there are none, or too many to be read. */
async function samplesOf(
  store: EvidenceStore,
  series: readonly Series[],
  window: Window,
): Promise<SampleColumns | undefined> {
  if (series.length === 0) return undefined;
  const bounds = {
    from: 'sample',
    since: window.from,
    until: shift(window.to, -1),
    values: { seriesKey: series.map(({ key }) => key) },
  } as const;
  const count = await store.countRows(bounds, MOST_SAMPLES);
  if (count === 0 || count > MOST_SAMPLES) return undefined;
  return await store.samples(
    series.map(({ ref }) => ref),
    window,
    MOST_SAMPLES,
  );
}

/** A minute of one series: the mean of its samples, and the first of them. */
interface Minute {
  readonly series: SeriesRef;
  readonly at: SampleColumns['at'][number];
  readonly sum: number;
  readonly count: number;
}

/** The minutes of each series that have samples with a value. */
function minutesOf({ series, at, value }: SampleColumns): readonly Minute[] {
  const minutes = new Map<string, Minute>();
  at.forEach((time, row) => {
    const [ref, measured] = [series[row], value[row]];
    if (ref === undefined || measured === undefined || Number.isNaN(measured)) return;
    const key = `${ref}/${Math.floor(time / MINUTE_MS)}`;
    const known = minutes.get(key) ?? { series: ref, at: time, sum: 0, count: 0 };
    minutes.set(key, { ...known, sum: known.sum + measured, count: known.count + 1 });
  });
  return [...minutes.values()];
}

const titleOf = ({ slo, title }: Slo): string => (title === undefined ? slo : `${title} (${slo})`);

function unknown(slo: Slo, why: string): Claim {
  const path = pathOfEvent(slo);
  return claim(`The objective ${titleOf(slo)} cannot be told: ${why}.`, [path], path);
}

/** How much of the error budget of its whole window bad minutes use. */
function budgetUsed({ objectivePercent = USUAL_OBJECTIVE_PERCENT, windowMinutes }: Slo, bad: number): string {
  const budget = ((100 - objectivePercent) / 100) * (windowMinutes ?? 0);
  if (budget <= 0) return '';
  const percent = (bad / budget) * 100;
  const shown = percent >= 10 ? percent.toFixed(0) : percent.toPrecision(2);
  return `, ${shown} % of its error budget of ${duration(budget * MINUTE_MS)} in ${duration((windowMinutes ?? 0) * MINUTE_MS)}`;
}

/**
 * A metric against a target: a minute is bad when the mean of one of its series lies on the wrong side. Minutes without
 * samples are no good ones; they are left out and said.
 */
async function ofThreshold(
  store: EvidenceStore,
  slo: Slo & { readonly metric: string; readonly target: number },
  window: Window,
): Promise<Claim> {
  const series = seriesOf(store, slo, slo.metric);
  const samples = await samplesOf(store, series, window);
  if (samples === undefined) {
    return unknown(slo, `there is not enough data of ${slo.metric} while the incident went on`);
  }
  const sign = slo.direction === 'at_least' ? -1 : 1;
  const minutes = minutesOf(samples);
  const isBad = ({ sum, count }: Minute): boolean => sign * (sum / count) > sign * slo.target;
  const minuteOf = ({ at }: Minute): number => Math.floor(at / MINUTE_MS);
  const known = new Set(minutes.map(minuteOf)).size;
  const badOnes = minutes.filter(isBad).toSorted((a, b) => a.at - b.at);
  const bad = new Set(badOnes.map(minuteOf)).size;
  const cites = [badOnes[0] ?? minutes[0], badOnes.at(-1)].flatMap((minute) =>
    minute === undefined
      ? []
      : pathOf({ type: 'sample', series: store.seriesOf(minute.series).key, at: minute.at }),
  );
  const held = `${slo.metric} ${slo.direction === 'at_least' ? 'at least' : 'at most'} ${slo.target}`;
  const share = known === 0 ? 0 : (bad / known) * 100;
  return claim(
    `The objective ${titleOf(slo)}, ${held}, was missed in ${bad} of the ${known} minutes that have samples (${share.toFixed(0)} %)${bad === 0 ? '' : budgetUsed(slo, bad)}.`,
    [pathOfEvent(slo), ...cites],
    pathOfEvent(slo),
  );
}

interface Counted {
  readonly total: number;
  readonly cites: readonly string[];
}

/** What counters went up by; one that falls was restarted, and counts from 0. Undefined without two samples of any. */
async function increaseOf(
  store: EvidenceStore,
  slo: Slo,
  metric: string,
  window: Window,
): Promise<Counted | undefined> {
  const columns = await samplesOf(store, seriesOf(store, slo, metric), window);
  if (columns === undefined) return undefined;
  const before = new Map<SeriesRef, number>();
  let total = 0;
  let steps = 0;
  let last: string | undefined;
  columns.at.forEach((at, row) => {
    const [ref, value] = [columns.series[row], columns.value[row]];
    if (ref === undefined || value === undefined || Number.isNaN(value)) return;
    const earlier = before.get(ref);
    before.set(ref, value);
    if (earlier === undefined) return;
    steps += 1;
    total += value >= earlier ? value - earlier : value;
    last = pathOf({ type: 'sample', series: store.seriesOf(ref).key, at });
  });
  return steps === 0 ? undefined : { total, cites: last === undefined ? [] : [last] };
}

async function ofRatio(store: EvidenceStore, slo: Slo, window: Window): Promise<Claim> {
  const { totalMetric, goodMetric, badMetric } = slo;
  const part = goodMetric ?? badMetric;
  if (totalMetric === undefined || part === undefined) return unknown(slo, 'it names no metrics');
  const [all, some] = await Promise.all([
    increaseOf(store, slo, totalMetric, window),
    increaseOf(store, slo, part, window),
  ]);
  if (all === undefined || some === undefined || all.total <= 0) {
    return unknown(slo, `there is not enough data of ${totalMetric} and ${part} while the incident went on`);
  }
  const bad = Math.min(
    all.total,
    Math.max(0, goodMetric === undefined ? some.total : all.total - some.total),
  );
  const percent = (bad / all.total) * 100;
  const allowed = 100 - (slo.objectivePercent ?? USUAL_OBJECTIVE_PERCENT);
  return claim(
    `Of ${Math.round(all.total)} events of the objective ${titleOf(slo)}, ${Math.round(bad)} were bad (${percent.toPrecision(3)} %, where ${Number(allowed.toPrecision(3))} % are allowed).`,
    [pathOfEvent(slo), ...all.cites, ...some.cites],
    pathOfEvent(slo),
  );
}

/** What the incident did to one objective, a sentence; "cannot be told" is an answer. Fails as the store does. */
export async function objectiveClaim(store: EvidenceStore, slo: Slo, window: Window): Promise<Claim> {
  const { metric, target } = slo;
  return metric !== undefined && target !== undefined
    ? await ofThreshold(store, { ...slo, metric, target }, window)
    : await ofRatio(store, slo, window);
}
