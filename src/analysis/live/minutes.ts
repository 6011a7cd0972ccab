/** Turns steps into the samples that are kept of them. */
import {
  type EvidenceStore,
  type SignalSeries,
  type StepColumns,
  type StepQuery,
  stepFigures,
  stepIncreases,
} from '../../evidence/index.js';
import { MINUTE_MS, type SampleBlock, type SeriesRef } from '../../model/index.js';
import { BUCKET_METRIC, bucketBounds, type OwnSeries } from './own-series.js';

/** The value of each counter at the end of the last minute, by series; it is carried on in place. */
export type Counters = Map<SeriesRef, number>;

/** Samples by column while they are gathered. */
export class SampleGatherer {
  readonly #series: SeriesRef[] = [];
  readonly #at: number[] = [];
  readonly #value: number[] = [];

  /** Adds a sample of a series at a time, in milliseconds since the epoch. */
  add(series: SeriesRef, at: number, value: number): void {
    this.#series.push(series);
    this.#at.push(at);
    this.#value.push(value);
  }

  /** What was gathered, as one block. */
  block(): SampleBlock {
    return {
      length: this.#series.length,
      series: Uint32Array.from(this.#series),
      at: Float64Array.from(this.#at),
      value: Float64Array.from(this.#value),
      stale: [],
    };
  }
}

/** Adds what a row grew by to its counters; a counter begins with what first counts. */
function carry(columns: StepColumns, row: number, own: OwnSeries, counters: Counters): void {
  const service = columns.service[row];
  const grow = (ref: SeriesRef, by: number): void => {
    counters.set(ref, (counters.get(ref) ?? 0) + by);
  };
  for (const metric of stepIncreases) {
    const by = columns.increases[metric][row] ?? Number.NaN;
    if (!Number.isNaN(by)) grow(own.of(metric, service), by);
  }
  const counts = [...columns.latencyBuckets, columns.increases.kanban_latency_histogram_count];
  counts.forEach((column, index) => {
    const by = column[row] ?? Number.NaN;
    if (!Number.isNaN(by)) grow(own.of(BUCKET_METRIC, service, bucketBounds[index]), by);
  });
}

/** Figures that services send under their own names, which are not kept once more; `metric\0service`. */
export type SentFigures = ReadonlySet<string>;

/** The figures that come by their own names among signals. */
export function sentFiguresOf(
  signals: readonly SignalSeries[],
  store: Pick<EvidenceStore, 'seriesOf'>,
): SentFigures {
  const sent = signals.flatMap((signal) => {
    if (signal.role !== 'figure' || store.seriesOf(signal.series).metric !== signal.figure) return [];
    return [`${signal.figure}\0${signal.service ?? ''}`];
  });
  return new Set(sent);
}

/**
 * The samples of each minute of a window, at its end: the figures that it has, and every counter as it stands then.
 * `counters` is carried on to the window's end.
 */
export function minuteSamples(
  columns: StepColumns,
  { from, to }: StepQuery['window'],
  own: OwnSeries,
  counters: Counters,
  sent: SentFigures = new Set(),
): SampleGatherer {
  const samples = new SampleGatherer();
  let row = 0;
  for (let at = from + MINUTE_MS; at <= to; at += MINUTE_MS) {
    for (; row < columns.length && columns.at[row] === at; row++) {
      for (const metric of stepFigures) {
        const value = columns.figures[metric][row] ?? Number.NaN;
        const service = columns.service[row];
        if (Number.isNaN(value) || sent.has(`${metric}\0${service ?? ''}`)) continue;
        samples.add(own.of(metric, service), at, value);
      }
      carry(columns, row, own, counters);
    }
    for (const [series, value] of counters) samples.add(series, at, value);
  }
  return samples;
}
