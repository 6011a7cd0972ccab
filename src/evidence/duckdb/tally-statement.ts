/** What the statements of all tallies are made of. */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { SeriesRef, Window } from '../../model/index.js';
import { EvidenceError } from '../errors.js';
import type { TallyBands, TallyQuery } from '../tally.js';
import { isList, stretchesOf } from './tally-pieces.js';

/** Values bound to a statement, by name. */
export type Values = Readonly<Record<string, DuckDBValue>>;

/** A piece of a statement with the values that it binds. */
export interface Fragment {
  readonly sql: string;
  readonly values: Values;
}

/** More bands than this make a statement that is slower than two. */
const MOST_LISTED_BANDS = 200;

/** Fails with `store-failed` on what cannot be asked. */
export function checkTally({ bands, limit }: TallyQuery<unknown>): void {
  const isUsable = isList(bands) ? bands.length <= MOST_LISTED_BANDS : bands.stepMs > 0;
  if (isUsable && limit >= 1) return;
  throw new EvidenceError(
    'store-failed',
    `A tally needs steps, or at most ${MOST_LISTED_BANDS} bands, and a limit from 1.`,
  );
}

/** Names and values of windows. */
function bounds(name: string, windows: readonly Window[]): Values {
  return Object.fromEntries(
    windows.flatMap(({ from, to }, place): [string, DuckDBValue][] => [
      [`${name}From${place}`, from],
      [`${name}To${place}`, to],
    ]),
  );
}

const inside = (column: string, name: string, place: number): string =>
  `(${column} > CAST($${name}From${place} AS BIGINT) AND ${column} <= CAST($${name}To${place} AS BIGINT))`;

/** Which band a slice belongs to by its end, `until`; null outside of all. */
function bandOf(bands: TallyBands): Fragment {
  if (isList(bands)) {
    const whens = bands.map((_, band) => `WHEN ${inside('until', 'band', band)} THEN ${band}`);
    return { sql: `CASE ${whens.join(' ')} END`, values: bounds('band', bands) };
  }
  const place = '(until - CAST($bandFrom0 AS BIGINT) - 1) // CAST($bandStep AS BIGINT)';
  return {
    sql: `CASE WHEN ${inside('until', 'band', 0)} THEN ${place} END`,
    values: { ...bounds('band', [bands.window]), bandStep: bands.stepMs },
  };
}

/** Whether a slice ends in a portion. */
function within(portion: readonly Window[]): Fragment {
  const sql = portion.map((_, place) => inside('until', 'portion', place)).join(' OR ');
  return { sql: `(${sql})`, values: bounds('portion', portion) };
}

/** The finite samples of the series of `member`; a statement for each stretch, so that each reads no more than its own. */
function samplesOf(series: readonly SeriesRef[], portion: readonly Window[], earlierMs: number): Fragment {
  const stretches = stretchesOf(portion, earlierMs);
  const statements = stretches.map(
    (_, place) => `
      SELECT series, "at" AS moment, value FROM samples
      WHERE ${inside('"at"', 'read', place)}
        AND series BETWEEN CAST($lowest AS UINTEGER) AND CAST($highest AS UINTEGER)
        AND series IN (SELECT series FROM member) AND isfinite(value)`,
  );
  return {
    sql: statements.join(' UNION ALL '),
    values: {
      lowest: series.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
      highest: series.reduce((a, b) => Math.max(a, b), 0),
      ...bounds('read', stretches),
    },
  };
}

/** When the slice ends in which a sample lies: a sample at its end is its last one. */
export const SLICE_END =
  'moment + (CAST($slice AS BIGINT) - moment % CAST($slice AS BIGINT)) % CAST($slice AS BIGINT)';

/** A table of the statement, from rows that are bound as one text. */
export function table(
  name: string,
  columns: Readonly<Record<string, string>>,
  rows: readonly object[],
): Fragment {
  const picked = Object.keys(columns).map((column) => `row."${column}" AS "${column}"`);
  return {
    sql: `${name} AS MATERIALIZED (
      SELECT ${picked.join(', ')}
      FROM (SELECT unnest(from_json($${name}, '${JSON.stringify([columns])}')) AS row)
    )`,
    values: { [name]: JSON.stringify(rows) },
  };
}

/** What a statement of slices reads. */
interface Read {
  readonly sliceMs: number;
  readonly series: readonly SeriesRef[];
  /** How long before a slice's end samples still count. */
  readonly reachMs: number;
  /** Tables of the parts, `member` among them. */
  readonly tables: readonly Fragment[];
}

/** What every statement of slices is made of, and all the values that it binds. */
export interface Head {
  /** The tables, as the first of `WITH`. */
  readonly tables: string;
  readonly samples: string;
  /** The band of a slice, null outside of all; and whether it ends in the portion. */
  readonly band: string;
  readonly ends: string;
  readonly values: Values;
}

/** The head of a statement that counts slices of a portion in bands. */
export function headOf(bands: TallyBands, portion: readonly Window[], read: Read): Head {
  const { sliceMs, series, reachMs, tables } = read;
  const samples = samplesOf(series, portion, reachMs);
  const [band, ends] = [bandOf(bands), within(portion)];
  return {
    tables: tables.map((each) => each.sql).join(', '),
    ...{ samples: samples.sql, band: band.sql, ends: ends.sql },
    values: Object.assign(
      { slice: sliceMs },
      ...[...tables, samples, band, ends].map(({ values }) => values),
    ),
  };
}

/** The rows that a statement of these fragments answers. */
export async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
  values: Values,
): Promise<readonly (readonly DuckDBValue[])[]> {
  const reader = await connection.runAndReadAll(sql, values);
  return reader.getRows();
}

/**
 * Puts what portions found together, by part and band, in their order; fails with `store-failed` when there is more of
 * it than `limit`.
 */
export function gather<T extends { readonly part: number; readonly band: number }>(
  found: Iterable<T>,
  merge: (earlier: T, later: T) => T,
  limit: number,
): readonly T[] {
  const all = new Map<string, T>();
  for (const each of found) {
    const key = `${each.part} ${each.band}`;
    const earlier = all.get(key);
    all.set(key, earlier === undefined ? each : merge(earlier, each));
    if (all.size > limit) {
      throw new EvidenceError(
        'store-failed',
        `The window holds more than ${limit} tallies: take longer steps.`,
      );
    }
  }
  return [...all.values()].sort((a, b) => a.part - b.part || a.band - b.band);
}

/** Parts with their positions in the query, in groups that one statement can count: the same slice, and what else tells them apart. */
export function alike<P extends { readonly sliceMs: number }>(
  parts: readonly P[],
  kindOf: (part: P) => string,
): readonly (readonly (readonly [part: P, place: number])[])[] {
  const groups = new Map<string, (readonly [P, number])[]>();
  parts.forEach((part, place) => {
    const key = `${part.sliceMs} ${kindOf(part)}`;
    const group = groups.get(key) ?? [];
    group.push([part, place]);
    groups.set(key, group);
  });
  return [...groups.values()];
}
