import { type Identity, identityOf } from './ids.js';
import { HOUR_MS, MINUTE_MS } from './instant.js';
import { callOf, canonicalLabels, componentOf, type Labels, METRIC_LABEL, serviceOf } from './labels.js';

/** A small number that stands for a series inside one data folder; never leaves the process. */
export type SeriesRef = number & { readonly __brand: 'SeriesRef' };

/** One series of samples: its labels, and what is read from them. */
export interface Series {
  readonly ref: SeriesRef;
  /** The identity that its IRI carries. */
  readonly key: Identity;
  readonly metric: string;
  readonly service?: string;
  readonly component?: string;
  /** The service whose calls to `service` it measures, where it measures the calls between two. */
  readonly caller?: string;
  /** All labels but the metric's name. */
  readonly labels: Labels;
}

/**
 * Samples by column: sample `i` belongs to `series[i]`, was taken at `at[i]` (milliseconds since the epoch) and
 * has `value[i]`. The positions in `stale` are Prometheus' staleness markers: their value means nothing.
 */
export interface SampleBlock {
  readonly length: number;
  readonly series: Uint32Array;
  readonly at: Float64Array;
  readonly value: Float64Array;
  readonly stale: readonly number[];
}

/** The spans that samples are rolled up over, each with its length in milliseconds. */
export const rollupSpanMs = { minute: MINUTE_MS, hour: HOUR_MS } as const;

/** One of {@link rollupSpanMs}. */
export type RollupSpan = keyof typeof rollupSpanMs;

/** Every {@link RollupSpan}, the shortest first. */
export const rollupSpans: readonly RollupSpan[] = ['minute', 'hour'];

/** Finds or makes the number of the series with these labels, `__name__` among them; undefined for one too many. */
export type SeriesInterner = (labels: Labels) => SeriesRef | undefined;

/** Describes the series with these labels, `__name__` among them. */
export function describeSeries(ref: SeriesRef, all: Labels): Series {
  const { [METRIC_LABEL]: metric = '', ...labels } = all;
  const call = callOf(labels);
  const service = call?.callee ?? serviceOf(labels);
  // A call's other labels tell of the proxy or the collector that measured it, not of a part of the callee.
  const component = call === undefined ? componentOf(labels) : undefined;
  return {
    ref,
    key: identityOf('series', canonicalLabels(all)),
    metric,
    ...(service === undefined ? {} : { service }),
    ...(component === undefined ? {} : { component }),
    ...(call === undefined ? {} : { caller: call.caller }),
    labels,
  };
}
