/** Counts good and bad events by the increases of counters inside DuckDB: one row of a part and a band. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Window } from '../../model/index.js';
import { CARRIED_MS } from '../buckets.js';
import type { EventPart, Tally, TallyQuery } from '../tally.js';
import { portionMsOf, portionsOf } from './tally-pieces.js';
import {
  alike,
  checkTally,
  type Fragment,
  gather,
  headOf,
  rowsOf,
  SLICE_END,
  table,
} from './tally-statement.js';

type Placed = readonly (readonly [part: EventPart, place: number])[];

/** The series of parts by their role, and the parts. */
function tablesOf(parts: Placed): readonly Fragment[] {
  return [
    table(
      'member',
      { series: 'UINTEGER', part: 'UINTEGER', whole: 'BOOLEAN' },
      parts.flatMap(([{ total, counted }, part]) => [
        ...total.map((series) => ({ series, part, whole: true })),
        ...counted.map((series) => ({ series, part, whole: false })),
      ]),
    ),
    table(
      'part',
      { part: 'UINTEGER', from: 'BIGINT', to: 'BIGINT', good: 'BOOLEAN', share: 'DOUBLE' },
      parts.map(
        ([
          {
            within: { from, to },
            counts,
            sliceTarget,
          },
          part,
        ]) => ({
          ...{ part, from, to },
          good: counts === 'good',
          share: sliceTarget ?? null,
        }),
      ),
    ),
  ];
}

/** What counters grew by since the sample before, if that is not too long ago; a fall is a restart from zero. */
const increasesIn = (samples: string): string => `
  SELECT series, moment, CASE WHEN value >= earlier THEN value - earlier ELSE value END AS value
  FROM (
    SELECT *, lag(value) OVER mine AS earlier, lag(moment) OVER mine AS earlier_moment
    FROM (${samples}) WINDOW mine AS (PARTITION BY series ORDER BY moment)
  )
  WHERE moment - earlier_moment <= ${CARRIED_MS}`;

/** Bad ones of a slice, whose counters need not have been read at the same instant. */
const BAD_OF_SLICE = 'greatest(0, least(whole, CASE WHEN good THEN whole - counted ELSE counted END))';

function statementOf({ bands }: TallyQuery<EventPart>, parts: Placed, portion: readonly Window[]): Fragment {
  const sliceMs = parts[0]?.[0].sliceMs ?? 1;
  const { tables, samples, band, ends, values } = headOf(bands, portion, {
    ...{ sliceMs, tables: tablesOf(parts), reachMs: sliceMs + CARRIED_MS },
    series: parts.flatMap(([{ total, counted }]) => [...total, ...counted]),
  });
  const sql = `
    WITH ${tables},
    by_series AS (
      SELECT series, ${SLICE_END} AS until, sum(value) AS value
      FROM (${increasesIn(samples)}) GROUP BY series, until
    ),
    slices AS (
      SELECT part, until, count(*) FILTER (whole) AS present,
        coalesce(sum(value) FILTER (whole), 0) AS whole,
        coalesce(sum(value) FILTER (NOT whole), 0) AS counted
      FROM by_series JOIN member USING (series) WHERE ${ends} GROUP BY part, until
    ),
    placed AS (
      SELECT part, share, good, whole, counted, ${band} AS band
      FROM slices JOIN part USING (part)
      WHERE present > 0 AND until > "from" AND until <= "to" AND (share IS NULL OR whole > 0)
    )
    SELECT part, CAST(band AS DOUBLE), CAST(count(*) AS DOUBLE),
      CASE WHEN share IS NULL THEN sum(whole) ELSE CAST(count(*) AS DOUBLE) END,
      CASE WHEN share IS NOT NULL THEN
        CAST(count(*) FILTER (${BAD_OF_SLICE} > (1 - share) * whole * (1 + 1e-9)) AS DOUBLE)
      WHEN good THEN sum(whole) - sum(counted) ELSE sum(counted) END
    FROM placed WHERE band IS NOT NULL GROUP BY part, band, share, good ORDER BY part, band`;
  return { sql, values };
}

const merged = (earlier: Tally, later: Tally): Tally => ({
  ...later,
  known: earlier.known + later.known,
  total: earlier.total + later.total,
  bad: earlier.bad + later.bad,
});

/** Good and bad events (or slices of them), by part and band; bands without a reading of the total have no row. */
export async function tallyEvents(
  connection: DuckDBConnection,
  query: TallyQuery<EventPart>,
): Promise<readonly Tally[]> {
  checkTally(query);
  const found: Tally[] = [];
  for (const parts of alike(query.parts, ({ total }) => String(total.length === 0))) {
    if (parts[0]?.[0].total.length === 0) continue;
    const series = parts.reduce((sum, [{ total, counted }]) => sum + total.length + counted.length, 0);
    for (const portion of portionsOf(query.bands, portionMsOf(series))) {
      const { sql, values } = statementOf(query, parts, portion);
      for (const [part, band, known, total, bad] of await rowsOf(connection, sql, values)) {
        const counts = { known: Number(known), total: Number(total), bad: Number(bad) };
        found.push({ part: Number(part), band: Number(band), ...counts });
      }
    }
  }
  return gather(found, merged, query.limit);
}
