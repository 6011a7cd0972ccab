import type { DuckDBConnection } from '@duckdb/node-api';
import type { SeriesRef } from '../../model/index.js';
import type { Drawing, DrawingExtent, DrawingQuery, DrawnLine } from '../drawing.js';
import { EvidenceError } from '../errors.js';
import { rangeOf } from './buckets.js';
import { floatColumns } from './float-columns.js';

/** Columns of all series together. */
const MOST_COLUMNS = 200_000;
/** Points of a column: four, a NaN or an infinity, a staleness marker. */
const MOST_POINTS = 6;

/** A figure of the samples of a column for which something holds; NaN where it holds for none. */
const where = (condition: string, figure: string): string =>
  `coalesce(CAST(${figure} FILTER (WHERE ${condition}) AS DOUBLE), CAST('nan' AS DOUBLE))`;

/** One row for each series and column. Of samples that are all least or greatest, one stands for them. */
const COLUMNS = `
  WITH placed AS (
    SELECT series, "at" AS moment, value, isfinite(value) AS is_finite,
      (("at" - CAST($from AS BIGINT)) * CAST($columns AS BIGINT)) // (CAST($to AS BIGINT) - CAST($from AS BIGINT)) AS pixel
    FROM samples
    WHERE "at" >= CAST($from AS BIGINT) AND "at" < CAST($to AS BIGINT)
      AND series BETWEEN CAST($lowest AS UINTEGER) AND CAST($highest AS UINTEGER)
      AND series IN (SELECT unnest(from_json($series, '["UINTEGER"]')))
  )
  SELECT CAST(series AS DOUBLE), CAST(count(*) FILTER (WHERE is_finite) AS DOUBLE),
    ${where('is_finite', 'min(moment)')}, ${where('is_finite', 'arg_min(value, moment)')},
    ${where('is_finite', 'max(moment)')}, ${where('is_finite', 'arg_max(value, moment)')},
    ${where('is_finite', 'arg_min(moment, value)')}, ${where('is_finite', 'min(value)')},
    ${where('is_finite', 'arg_max(moment, value)')}, ${where('is_finite', 'max(value)')},
    ${where('NOT is_finite', 'max(moment)')}, ${where('NOT is_finite', 'arg_max(value, moment)')},
    ${where('value IS NULL', 'max(moment)')}
  FROM placed GROUP BY series, pixel ORDER BY series, pixel`;

/** A line that grows by points, each put where its time belongs, and each time once. */
class GrowingLine {
  readonly #at: Float64Array;
  readonly #value: Float64Array;
  readonly #stale = new Set<number>();
  #length = 0;
  #extent: DrawingExtent | undefined;

  constructor(mostPoints: number) {
    this.#at = new Float64Array(mostPoints);
    this.#value = new Float64Array(mostPoints);
  }

  /** Takes a column: the figures of a row of {@link COLUMNS} after the first, which come in the order of time. */
  take(row: readonly number[]): void {
    const [samples = 0, firstAt = 0, first = 0, lastAt = 0, last = 0, ...others] = row;
    const [leastAt = 0, least = 0, greatestAt = 0, greatest = 0, brokenAt = 0, broken = 0, staleAt = 0] =
      others;
    this.#put(firstAt, first);
    this.#put(lastAt, last);
    // An end that is as far out stands for it: a level that stands still is two points.
    if (least !== first && least !== last) this.#put(leastAt, least);
    if (greatest !== first && greatest !== last) this.#put(greatestAt, greatest);
    this.#put(brokenAt, broken);
    this.#put(staleAt, Number.NaN);
    if (!Number.isNaN(staleAt)) this.#stale.add(staleAt);
    if (samples > 0) this.#extend({ samples, firstAt, lastAt, least, greatest });
  }

  #put(at: number, value: number): void {
    if (Number.isNaN(at)) return;
    let place = this.#length;
    while (place > 0 && (this.#at[place - 1] ?? 0) > at) place--;
    if (place > 0 && this.#at[place - 1] === at) return;
    if (place < this.#length) {
      this.#at.copyWithin(place + 1, place, this.#length);
      this.#value.copyWithin(place + 1, place, this.#length);
    }
    this.#at[place] = at;
    this.#value[place] = value;
    this.#length++;
  }

  #extend(column: DrawingExtent): void {
    const { samples, firstAt, least, greatest } = this.#extent ?? { ...column, samples: 0 };
    this.#extent = {
      samples: samples + column.samples,
      firstAt,
      lastAt: column.lastAt,
      least: Math.min(least, column.least),
      greatest: Math.max(greatest, column.greatest),
    };
  }

  drawn(): DrawnLine {
    const at = this.#at.slice(0, this.#length);
    const stale =
      this.#stale.size === 0 ? [] : [...at.keys()].filter((place) => this.#stale.has(at[place] ?? 0));
    return {
      at,
      value: this.#value.slice(0, this.#length),
      stale: new Set(stale),
      extent: this.#extent,
    };
  }
}

function collected([series = new Float64Array(), ...figures]: readonly Float64Array[]): Drawing {
  const lines = new Map<SeriesRef, DrawnLine>();
  for (let from = 0; from < series.length; ) {
    const ref = series[from];
    let to = from;
    while (series[to] === ref) to++;
    const line = new GrowingLine((to - from) * MOST_POINTS);
    for (let row = from; row < to; row++) line.take(figures.map((figure) => figure[row] ?? Number.NaN));
    lines.set(ref as SeriesRef, line.drawn());
    from = to;
  }
  return lines;
}

/** Draws series within DuckDB: see {@link Drawing}. */
export async function drawing(
  connection: DuckDBConnection,
  { series, window, columns }: DrawingQuery,
): Promise<Drawing> {
  if (!(Number.isSafeInteger(columns) && columns >= 1 && series.length * columns <= MOST_COLUMNS)) {
    throw new EvidenceError('store-failed', `A drawing has 1..${MOST_COLUMNS} columns of all its series.`);
  }
  if (series.length === 0 || window.from >= window.to) return new Map();
  const result = await connection.run(COLUMNS, {
    series: JSON.stringify(series),
    ...rangeOf(series),
    from: window.from,
    to: window.to,
    columns,
  });
  return collected(await floatColumns(result));
}
