/** Receipts that others cite, which stay in the store as long as those do. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ArchivedKind } from '../../retention.js';
import { fieldColumns, quoted } from '../schema.js';

/** Every path below `/id/` that a receipt in the store names in a field. */
function citedPaths(): string {
  return fieldColumns
    .flatMap(([name, type]) => {
      if (type === 'receipts') return [`SELECT unnest(${quoted(name)}) AS path FROM event`];
      return type === 'receipt'
        ? [`SELECT ${quoted(name)} FROM event WHERE ${quoted(name)} IS NOT NULL`]
        : [];
    })
    .join(' UNION ');
}

/** Looks up what is cited, as the temporary tables `cited_event` and `cited_sample` of a connection. */
export async function findCited(connection: DuckDBConnection): Promise<void> {
  await connection.run(`
    CREATE OR REPLACE TEMP TABLE cited AS
      SELECT part[1] AS kind, epoch_ms(try_strptime(part[2], '%Y%m%dT%H%M%S.%gZ')) AS "at", part[3] AS id
      FROM (SELECT string_split(path, '/') AS part FROM (${citedPaths()})) WHERE len(part) = 3;
    CREATE OR REPLACE TEMP TABLE cited_sample AS
      SELECT r.ref AS series, c."at" FROM cited c JOIN series r ON r.key = c.id WHERE c.kind = 'sample';
    CREATE OR REPLACE TEMP TABLE cited_event AS
      SELECT kind, "at", id FROM cited WHERE kind <> 'sample' AND "at" IS NOT NULL`);
}

/** What holds of rows (of `samples` or `event`) that nobody cites; {@link findCited} has looked. */
export function isUncited(kind: ArchivedKind, table: string): string {
  return kind === 'sample'
    ? `NOT EXISTS (SELECT 1 FROM cited_sample c WHERE c.series = ${table}.series AND c."at" = ${table}."at")`
    : `NOT EXISTS (SELECT 1 FROM cited_event c WHERE c.id = ${table}.id AND c."at" = ${table}."at" AND c.kind = ${table}.kind)`;
}
