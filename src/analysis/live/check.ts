/** Computes closed minutes again from the log and holds them against what was kept of them. */
import { type EvidenceStore, type SignalSeries, stepFigures } from '../../evidence/index.js';
import { type Instant, instantOf, MINUTE_MS, type SeriesRef, shift, type Window } from '../../model/index.js';
import { countersAt } from './closed.js';
import { type Counters, minuteSamples, type SentFigures, sentFiguresOf } from './minutes.js';
import { OwnSeries } from './own-series.js';

/** Minutes that are computed at once. */
const MINUTES_AT_ONCE = 60;
const MOST_ROWS = 10_000_000;

/** A sample that is not what it should be: `kept` or `computed` is undefined where there is none. */
export interface Difference {
  readonly metric: string;
  readonly service: string | undefined;
  readonly at: Instant;
  readonly kept: number | undefined;
  readonly computed: number | undefined;
}

/** What a check came to. */
export interface Checked {
  /** Minutes that were closed, and so could be compared. */
  readonly minutes: number;
  readonly samples: number;
  readonly differences: number;
  /** The earliest difference. */
  readonly first: Difference | undefined;
}

/** What to check, and who hears how far it is. */
export interface CheckRequest {
  readonly store: EvidenceStore;
  /** Minutes that end within `from < t <= to`. */
  readonly window: Window;
  /** Only this service. */
  readonly service?: string;
  readonly signals: readonly SignalSeries[];
  readonly onProgress?: (until: Instant, samples: number) => void;
  /** Hears of every difference. */
  readonly onDifference?: (difference: Difference) => void;
}

type Values = Map<SeriesRef, Map<number, number>>;

function put(values: Values, series: SeriesRef, at: number, value: number): void {
  const times = values.get(series) ?? new Map<number, number>();
  times.set(at, value);
  values.set(series, times);
}

/** The ends of the minutes of a window that were closed. */
async function closedMinutes(
  store: EvidenceStore,
  own: OwnSeries,
  { from, to }: Window,
): Promise<Set<number>> {
  const window = { from: shift(from, 1), to: shift(to, 1) };
  const limit = (to - from) / MINUTE_MS + 1;
  const { at } = await store.samples([own.closings()], window, limit);
  return new Set(at);
}

/** What the log gives for a window; counters are carried on to its end. */
async function compute(
  { store, service, signals }: CheckRequest,
  window: Window,
  own: OwnSeries,
  counters: Counters,
): Promise<Values> {
  const services = service === undefined ? {} : { services: [service] };
  const query = { window, stepMs: MINUTE_MS, closings: own.closings(), signals, ...services };
  const columns = await store.steps({ ...query, limit: MOST_ROWS });
  const { series, at, value, length } = minuteSamples(columns, window, own, counters).block();
  const values: Values = new Map();
  for (let row = 0; row < length; row++) {
    put(values, (series[row] ?? 0) as SeriesRef, at[row] ?? 0, value[row] ?? 0);
  }
  return values;
}

async function keptOf(
  { store, service }: CheckRequest,
  { from, to }: Window,
  own: OwnSeries,
): Promise<Values> {
  const series = own.all(stepFigures, service === undefined ? undefined : [service]);
  const window = { from: shift(from, 1), to: shift(to, 1) };
  const kept = await store.samples(
    series.map(({ ref }) => ref),
    window,
    MOST_ROWS,
  );
  const values: Values = new Map();
  kept.series.forEach((ref, row) => {
    put(values, ref, kept.at[row] ?? 0, kept.value[row] ?? 0);
  });
  return values;
}

function differencesOf(
  store: EvidenceStore,
  { kept, computed }: { readonly kept: Values; readonly computed: Values },
  closed: ReadonlySet<number>,
  sent: SentFigures,
) {
  const differences: Difference[] = [];
  let samples = 0;
  for (const ref of new Set([...kept.keys(), ...computed.keys()])) {
    const [mine, theirs] = [kept.get(ref), computed.get(ref)];
    for (const at of new Set([...(mine?.keys() ?? []), ...(theirs?.keys() ?? [])])) {
      if (!closed.has(at)) continue;
      samples++;
      if (mine?.get(at) === theirs?.get(at)) continue;
      const { metric, service } = store.seriesOf(ref);
      // A service that sends a figure by its name now may have begun to after the minute was closed, or before.
      if (mine?.get(at) === undefined && sent.has(`${metric}\0${service ?? ''}`)) continue;
      differences.push({
        metric,
        service,
        at: instantOf(at),
        kept: mine?.get(at),
        computed: theirs?.get(at),
      });
    }
  }
  return { samples, differences: differences.sort((a, b) => a.at - b.at) };
}

/**
 * Computes the closed minutes of a window again, each from the receipts that counted when it was closed, and compares.
 * Counters are carried on from what was kept at the window's begin. Stops with the reason of the signal.
 */
export async function checkMinutes(request: CheckRequest, signal?: AbortSignal): Promise<Checked> {
  const { store, window, service, onProgress, onDifference } = request;
  const own = new OwnSeries(store);
  const counters = await countersAt(store, own, window.from);
  for (const ref of counters.keys()) {
    if (service !== undefined && store.seriesOf(ref).service !== service) counters.delete(ref);
  }
  const sent = sentFiguresOf(request.signals, store);
  let [minutes, samples, differences] = [0, 0, 0];
  let first: Difference | undefined;
  for (let from = window.from; from < window.to; from = shift(from, MINUTES_AT_ONCE * MINUTE_MS)) {
    signal?.throwIfAborted();
    const part = { from, to: instantOf(Math.min(window.to, from + MINUTES_AT_ONCE * MINUTE_MS)) };
    const closed = await closedMinutes(store, own, part);
    const computed = await compute(request, part, own, counters);
    const both = { kept: await keptOf(request, part, own), computed };
    const found = differencesOf(store, both, closed, sent);
    minutes += closed.size;
    samples += found.samples;
    differences += found.differences.length;
    first ??= found.differences[0];
    for (const difference of found.differences) onDifference?.(difference);
    onProgress?.(part.to, samples);
  }
  return { minutes, samples, differences, first };
}
