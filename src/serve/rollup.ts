/** Reads a roll-up by its name. */
import type { EvidenceStore, RowCell } from '../evidence/index.js';
import {
  type Instant,
  instantOf,
  type Named,
  type RollupSpan,
  rollupSpanMs,
  type Series,
} from '../model/index.js';

/** What the samples of a series add up to over a minute or an hour, in the unit of the series. */
export interface RollupReceipt {
  readonly series: Series;
  readonly span: RollupSpan;
  readonly at: Instant;
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly last: number;
  /** What a counter grew by; undefined of others. */
  readonly increase: number | undefined;
}

const COLUMNS = ['sampleCount', 'sampleSum', 'sampleMin', 'sampleMax', 'sampleLast', 'increase'] as const;

const numberOf = (cell: RowCell): number => Number(cell ?? Number.NaN);

/** The roll-up of a name; undefined when there is none. */
export async function readRollup(
  store: EvidenceStore,
  { at, series: key, span }: Extract<Named, { type: 'rollup' }>,
): Promise<RollupReceipt | undefined> {
  const [series] = store.findSeries({ keys: [key] });
  if (series === undefined) return undefined;
  const bounds = {
    ...({ from: 'rollup', since: at, until: at } as const),
    values: { seriesKey: [key], spanMs: [rollupSpanMs[span]] },
  };
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, [{ type: 'column', name } as const]]));
  const { rows } = await store.select({
    sources: [{ type: 'scan', name: 'r', scans: [{ bounds, columns }], present: [] }],
    conditions: [],
    values: COLUMNS.map((name) => ({ type: 'column', column: { source: 'r', name } })),
    limit: 1,
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const [count, sum, min, max, last, increase] = row;
  return {
    ...{
      series,
      span,
      at,
      count: numberOf(count),
      sum: numberOf(sum),
      min: numberOf(min),
      max: numberOf(max),
    },
    last: numberOf(last),
    increase: increase === undefined ? undefined : Number(increase),
  };
}

/** The name of the roll-up that holds a sample of a series and a time: that of the minute while it is kept, else of the hour. */
export async function rollupHolding(
  store: EvidenceStore,
  { at, series }: Extract<Named, { type: 'sample' }>,
): Promise<Extract<Named, { type: 'rollup' }> | undefined> {
  for (const span of ['minute', 'hour'] as const) {
    const begin = instantOf(at - (at % rollupSpanMs[span]));
    const named = { type: 'rollup', span, at: begin, series } as const;
    if ((await readRollup(store, named)) !== undefined) return named;
  }
  return undefined;
}
