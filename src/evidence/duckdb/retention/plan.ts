import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS, type Instant, instantOf, type RollupSpan, rollupSpans } from '../../../model/index.js';
import type { ArchivedKind, DueRows, RetentionPlan, RetentionRules } from '../../retention.js';
import { rowsOf } from '../rows.js';
import type { Archive } from './archive.js';
import { findCited } from './cited.js';
import { outside, type Rule, rowsOfKind, rulesAt } from './due.js';
import { rollupTableOf } from './rollups.js';

const BLOCK_BYTES = 262_144;

/** Bytes a row of some tables, by the blocks that they take up; what is not written out yet counts as the rest does. */
async function bytesPerRow(connection: DuckDBConnection, tables: readonly string[]): Promise<number> {
  const [row = []] = await rowsOf(
    connection,
    `SELECT ${tables.map((table) => `(SELECT count(DISTINCT block_id) FROM pragma_storage_info('${table}') WHERE persistent)`).join(' + ')},
       ${tables.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ')}`,
  );
  const [blocks = 0, rows = 0] = row;
  return rows === 0 ? 0 : (blocks * BLOCK_BYTES) / rows;
}

const isRollup = (what: Rule['what']): what is RollupSpan => rollupSpans.some((span) => span === what);

function tablesOf(what: Rule['what']): readonly string[] {
  if (isRollup(what)) return [rollupTableOf(what)];
  return what === 'sample' ? ['sample', 'sorted_sample'] : ['event'];
}

async function dueOf(
  connection: DuckDBConnection,
  { what, before, rule }: Rule,
  free: string,
): Promise<readonly DueRows[]> {
  const { table, condition } = isRollup(what)
    ? { table: rollupTableOf(what), condition: 'true' }
    : rowsOfKind(what);
  const days = await rowsOf(
    connection,
    `SELECT "at" // ${DAY_MS} AS day, count(*) FROM ${table} WHERE "at" < ${before} AND ${free} AND ${condition}
     GROUP BY day ORDER BY day`,
  );
  if (days.length === 0) return [];
  const bytes = await bytesPerRow(connection, tablesOf(what));
  return days.map(([day = 0, rows = 0]) => ({
    what,
    action: isRollup(what) ? 'remove' : 'archive',
    window: { from: instantOf(day * DAY_MS), to: instantOf((day + 1) * DAY_MS) },
    rows,
    bytes: Math.round(rows * bytes),
    rule,
  }));
}

async function citedOf(connection: DuckDBConnection, { what, before }: Rule): Promise<number> {
  if (isRollup(what)) return 0;
  const { table, condition } = rowsOfKind(what);
  const kind = what === 'sample' ? 'true' : `kind = '${what}'`;
  const [row = []] = await rowsOf(
    connection,
    `SELECT count(*) FILTER (NOT (${condition})) FROM ${table} WHERE "at" < ${before} AND ${kind}`,
  );
  return row[0] ?? 0;
}

/** What retention would do at a time: see `EvidenceRetention.plan`. */
export async function planRetention(
  connection: DuckDBConnection,
  archive: Archive,
  rules: RetentionRules,
  at: Instant,
): Promise<RetentionPlan> {
  await findCited(connection);
  const sealed = archive.files.filter(({ kind }) => kind === 'sample');
  const due: DueRows[] = [];
  const cited: Partial<Record<ArchivedKind, number>> = {};
  for (const rule of rulesAt(rules, at)) {
    const { what } = rule;
    due.push(...(await dueOf(connection, rule, what === 'sample' ? outside(sealed) : 'true')));
    const kept = await citedOf(connection, rule);
    if (!isRollup(what) && kept > 0) cited[what] = kept;
  }
  const there = await Promise.all(archive.files.map((file) => archive.isThere(file)));
  return {
    at,
    due,
    cited,
    archive: {
      files: archive.files.length,
      missing: there.filter((isThere) => !isThere).length,
      rows: archive.files.reduce((sum, { receipts }) => sum + receipts, 0),
      bytes: archive.files.reduce((sum, { bytes }) => sum + bytes, 0),
    },
  };
}
