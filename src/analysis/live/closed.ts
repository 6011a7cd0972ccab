/** What is known of the minutes that were closed before. */
import type { EvidenceStore } from '../../evidence/index.js';
import { DAY_MS, EARLIEST, type Instant, instantOf, shift, type Window } from '../../model/index.js';
import type { Counters } from './minutes.js';
import type { OwnSeries } from './own-series.js';

/** More days than evidence can span. */
const MOST_DAYS = 100_000;

/** The end of the last minute that was closed; undefined when none was. */
export async function lastClosed(
  store: EvidenceStore,
  own: OwnSeries,
  now: Instant,
): Promise<Instant | undefined> {
  const series = own.closings();
  const window: Window = { from: EARLIEST, to: shift(now, DAY_MS) };
  const days = await store.buckets({
    groups: [[series]],
    window,
    stepMs: DAY_MS,
    figure: 'value',
    limit: MOST_DAYS,
  });
  const day = days.at.at(-1);
  if (day === undefined) return undefined;
  const closings = await store.samples(
    [series],
    { from: instantOf(day), to: instantOf(day + DAY_MS) },
    DAY_MS / 1_000,
  );
  return closings.at.at(-1);
}

/** The counters as they stood at the end of a minute that was closed; all begin at nothing before the first. */
export async function countersAt(
  store: EvidenceStore,
  own: OwnSeries,
  at: Instant | undefined,
): Promise<Counters> {
  const refs = own.counters().map(({ ref }) => ref);
  if (at === undefined || refs.length === 0) return new Map();
  const { series, value } = await store.samples(refs, { from: at, to: shift(at, 1) }, refs.length);
  return new Map(series.map((ref, row) => [ref, value[row] ?? 0]));
}
