import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { SeriesRef } from '../../model/index.js';
import type { Drawing, DrawingExtent, DrawingQuery } from '../drawing.js';
import { EvidenceError } from '../errors.js';

/** Columns of all series together; each is at most six points. */
const MOST_COLUMNS = 200_000;

/**
 * One row for each series and column. Of samples with the same value the earliest stands for them, so that the same
 * question has the same answer.
 */
const COLUMNS = `
  WITH placed AS (
    SELECT series, "at" AS moment, value, isfinite(value) AS is_finite,
      (("at" - CAST($from AS BIGINT)) * CAST($columns AS BIGINT)) // (CAST($to AS BIGINT) - CAST($from AS BIGINT)) AS pixel
    FROM samples
    WHERE "at" >= CAST($from AS BIGINT) AND "at" < CAST($to AS BIGINT)
      AND series BETWEEN CAST($lowest AS UINTEGER) AND CAST($highest AS UINTEGER)
      AND series IN (SELECT unnest(from_json($series, '["UINTEGER"]')))
  )
  SELECT series, CAST(count(*) FILTER (WHERE is_finite) AS DOUBLE),
    CAST(min(moment) FILTER (WHERE is_finite) AS DOUBLE), arg_min(value, moment) FILTER (WHERE is_finite),
    CAST(max(moment) FILTER (WHERE is_finite) AS DOUBLE), arg_max(value, moment) FILTER (WHERE is_finite),
    CAST(arg_min(moment, {'v': value, 'm': moment}) FILTER (WHERE is_finite) AS DOUBLE),
    min(value) FILTER (WHERE is_finite),
    CAST(arg_min(moment, {'v': -value, 'm': moment}) FILTER (WHERE is_finite) AS DOUBLE),
    max(value) FILTER (WHERE is_finite),
    CAST(max(moment) FILTER (WHERE NOT is_finite) AS DOUBLE), arg_max(value, moment) FILTER (WHERE NOT is_finite),
    CAST(max(moment) FILTER (WHERE value IS NULL) AS DOUBLE)
  FROM placed GROUP BY series, pixel ORDER BY series, pixel`;

/** A point of a column; one without a value is a staleness marker. */
type Point = readonly [at: number, value: number | undefined];

const numberOf = (value: DuckDBValue | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);

/** The points of a row of {@link COLUMNS}, each time once, in the order of time. */
function pointsOf([, , ...pairs]: readonly DuckDBValue[]): readonly Point[] {
  const points = new Map<number, number | undefined>();
  for (let place = 0; place < 10; place += 2) {
    const at = numberOf(pairs[place]);
    if (at !== undefined) points.set(at, numberOf(pairs[place + 1]));
  }
  const staleAt = numberOf(pairs[10]);
  if (staleAt !== undefined) points.set(staleAt, undefined);
  return [...points].sort(([one], [other]) => one - other);
}

/** What a row tells of its column as a whole; undefined without finite samples. */
function extentOf(row: readonly DuckDBValue[]): DrawingExtent | undefined {
  const [, samples, firstAt, , lastAt, , , least, , greatest] = row.map(numberOf);
  if (firstAt === undefined || lastAt === undefined || least === undefined || greatest === undefined) {
    return undefined;
  }
  return { samples: samples ?? 0, firstAt, lastAt, least, greatest };
}

function joined(one: DrawingExtent | undefined, other: DrawingExtent): DrawingExtent {
  if (one === undefined) return other;
  return {
    samples: one.samples + other.samples,
    firstAt: Math.min(one.firstAt, other.firstAt),
    lastAt: Math.max(one.lastAt, other.lastAt),
    least: Math.min(one.least, other.least),
    greatest: Math.max(one.greatest, other.greatest),
  };
}

function collected(rows: readonly (readonly DuckDBValue[])[]): Drawing {
  const series: SeriesRef[] = [];
  const points: Point[] = [];
  const extents = new Map<SeriesRef, DrawingExtent>();
  for (const row of rows) {
    const ref = Number(row[0]) as SeriesRef;
    const extent = extentOf(row);
    if (extent !== undefined) extents.set(ref, joined(extents.get(ref), extent));
    for (const point of pointsOf(row)) {
      series.push(ref);
      points.push(point);
    }
  }
  return {
    length: points.length,
    series,
    at: Float64Array.from(points, ([at]) => at),
    value: Float64Array.from(points, ([, value]) => value ?? Number.NaN),
    stale: new Set(points.flatMap(([, value], place) => (value === undefined ? [place] : []))),
    extents,
  };
}

/** Draws series within DuckDB: see {@link Drawing}. */
export async function drawing(
  connection: DuckDBConnection,
  { series, window, columns }: DrawingQuery,
): Promise<Drawing> {
  if (!(Number.isSafeInteger(columns) && columns >= 1 && series.length * columns <= MOST_COLUMNS)) {
    throw new EvidenceError('store-failed', `A drawing has 1..${MOST_COLUMNS} columns of all its series.`);
  }
  if (series.length === 0 || window.from >= window.to) return collected([]);
  const reader = await connection.runAndReadAll(COLUMNS, {
    series: JSON.stringify(series),
    lowest: series.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER),
    highest: series.reduce((a, b) => Math.max(a, b), 0),
    from: window.from,
    to: window.to,
    columns,
  });
  return collected(reader.getRows());
}
