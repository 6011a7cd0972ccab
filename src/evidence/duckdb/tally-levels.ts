/** Counts good and bad slices of levels inside DuckDB: what comes out is one row of a part and a band. */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { instantOf, type SeriesRef, type Window } from '../../model/index.js';
import type { LevelPart, LevelTally, LevelTallyQuery, TallyMark } from '../tally.js';
import { isLoneWorth, loneStatement } from './tally-lone.js';
import { isList, portionMsOf, portionsOf } from './tally-pieces.js';
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

type Placed = readonly (readonly [part: LevelPart, place: number])[];

/** The slices of parts that lie far out of what is usual for them. */
const OUTLYING = `
  middle AS (SELECT part, median(level) AS middle FROM judged GROUP BY part),
  spread AS (
    SELECT part, middle, 3 * 1.4826 * median(abs(level - middle)) AS most
    FROM judged JOIN middle USING (part) GROUP BY part, middle
  ),
  kept AS (
    SELECT judged.*, most > 0 AND abs(level - middle) > most AS outlying FROM judged JOIN spread USING (part)
  )`;

const NOTHING_OUTLYING = 'kept AS (SELECT *, false AS outlying FROM judged)';

/** The series of parts, and the parts. */
function tablesOf(parts: Placed): readonly Fragment[] {
  return [
    table(
      'member',
      { series: 'UINTEGER', part: 'UINTEGER' },
      parts.flatMap(([{ series }, part]) => series.map((ref) => ({ series: ref, part }))),
    ),
    table(
      'part',
      { part: 'UINTEGER', from: 'BIGINT', to: 'BIGINT', sign: 'DOUBLE', bound: 'DOUBLE' },
      parts.map(
        ([
          {
            within: { from, to },
            direction,
            bound,
          },
          part,
        ]) => ({
          ...{ part, from, to, bound },
          sign: direction === 'at_most' ? 1 : -1,
        }),
      ),
    ),
  ];
}

const BAD = 'NOT outlying AND sign * level > sign * bound';

/** One row a part and slice: where each part has one series, that series' own. */
function judgedOf(parts: Placed, marks: boolean): string {
  if (parts.every(([{ series }]) => series.length === 1)) return 'SELECT * FROM placed';
  const mark = marks ? ', arg_max(mark, sign * level) AS mark' : '';
  return `
    SELECT part, until, sign, bound, band, sign * max(sign * level) AS level${mark}
    FROM placed GROUP BY part, until, sign, bound, band`;
}

function statementOf(query: LevelTallyQuery, parts: Placed, portion: readonly Window[]): Fragment {
  const { bands, withoutOutliers = false, marks = false } = query;
  const sliceMs = parts[0]?.[0].sliceMs ?? 1;
  const { tables, samples, band, ends, values } = headOf(bands, portion, {
    ...{ sliceMs, tables: tablesOf(parts), reachMs: sliceMs },
    series: parts.flatMap(([part]) => part.series),
  });
  const told = marks
    ? `, arg_min(mark, until) FILTER (${BAD}) AS first_bad, arg_max(mark, until) FILTER (${BAD}) AS last_bad`
    : '';
  const sql = `
    WITH ${tables},
    slices AS (
      SELECT series, ${SLICE_END} AS until, avg(value) AS level
        ${marks ? ", {'series': series, 'at': max(moment)} AS mark" : ''}
      FROM (${samples}) GROUP BY series, until
    ),
    placed AS (
      SELECT part, until, sign, bound, ${band} AS band, level${marks ? ', mark' : ''}
      FROM slices JOIN member USING (series) JOIN part USING (part)
      WHERE until > "from" AND until <= "to" AND ${ends}
    ),
    judged AS (${judgedOf(parts, marks)}),
    ${withoutOutliers ? OUTLYING : NOTHING_OUTLYING},
    counted AS (
      SELECT part, band, count(*) FILTER (NOT outlying) AS known, count(*) FILTER (${BAD}) AS bad,
        arg_max(level, until) AS latest, count(*) FILTER (outlying) AS outliers${told}
      FROM kept WHERE band IS NOT NULL GROUP BY part, band
    )
    SELECT part, CAST(band AS DOUBLE), CAST(known AS DOUBLE), CAST(bad AS DOUBLE), latest,
      CAST(outliers AS DOUBLE)
      ${marks ? ', first_bad.series, CAST(first_bad.at AS DOUBLE), last_bad.series, CAST(last_bad.at AS DOUBLE)' : ''}
    FROM counted ORDER BY part, band`;
  return { sql, values };
}

function markOf(series: DuckDBValue | undefined, at: DuckDBValue | undefined): TallyMark | undefined {
  if (typeof series !== 'number' || typeof at !== 'number') return undefined;
  return { series: series as SeriesRef, at: instantOf(at) };
}

function tallyOf(row: readonly DuckDBValue[]): LevelTally {
  const [part, band, known, bad, latest, outliers, ...marks] = row;
  return {
    part: Number(part),
    band: Number(band),
    known: Number(known),
    total: Number(known),
    bad: Number(bad),
    latest: Number(latest),
    outliers: Number(outliers),
    firstBad: markOf(marks[0], marks[1]),
    lastBad: markOf(marks[2], marks[3]),
  };
}

function merged(earlier: LevelTally, later: LevelTally): LevelTally {
  return {
    ...later,
    known: earlier.known + later.known,
    total: earlier.total + later.total,
    bad: earlier.bad + later.bad,
    outliers: earlier.outliers + later.outliers,
    firstBad: earlier.firstBad ?? later.firstBad,
    lastBad: later.lastBad ?? earlier.lastBad,
  };
}

async function countSlices(
  connection: DuckDBConnection,
  query: LevelTallyQuery,
  parts: Placed,
): Promise<readonly LevelTally[]> {
  const found: LevelTally[] = [];
  const series = parts.reduce((sum, [part]) => sum + part.series.length, 0);
  // What lies far out is told from all of it.
  const mostMs = query.withoutOutliers === true ? Number.POSITIVE_INFINITY : portionMsOf(series);
  for (const portion of portionsOf(query.bands, mostMs)) {
    const { sql, values } = statementOf(query, parts, portion);
    found.push(...(await rowsOf(connection, sql, values)).map(tallyOf));
  }
  return found;
}

/** Counts parts of one series each by their samples, and those again of which a slice holds more than one. */
async function countSamples(
  connection: DuckDBConnection,
  query: LevelTallyQuery,
  parts: Placed,
  bands: readonly Window[],
): Promise<readonly LevelTally[]> {
  const { sql, values } = loneStatement(parts, bands, query.marks === true);
  const crowded = new Set<number>();
  const found = (await rowsOf(connection, sql, values)).map((row) => {
    const tally = tallyOf(row);
    if (Number(row.at(-1)) < tally.known) crowded.add(tally.part);
    return tally;
  });
  if (crowded.size === 0) return found;
  const again = parts.filter(([, place]) => crowded.has(place));
  return [
    ...found.filter(({ part }) => !crowded.has(part)),
    ...(await countSlices(connection, query, again)),
  ];
}

/** Good and bad slices of levels, by part and band; bands without data have no row. */
export async function tallyLevels(
  connection: DuckDBConnection,
  query: LevelTallyQuery,
): Promise<readonly LevelTally[]> {
  checkTally(query);
  const { bands, withoutOutliers = false } = query;
  const found: LevelTally[] = [];
  for (const parts of alike(query.parts, ({ series }) => String(Math.min(series.length, 2)))) {
    const [first] = parts[0] ?? [];
    if (first === undefined || first.series.length === 0) continue;
    const isLone = first.series.length === 1 && !withoutOutliers;
    const counted =
      isLone && isList(bands) && isLoneWorth(bands, first.sliceMs, parts.length)
        ? countSamples(connection, query, parts, bands)
        : countSlices(connection, query, parts);
    found.push(...(await counted));
  }
  return gather(found, merged, query.limit);
}
