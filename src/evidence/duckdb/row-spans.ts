import type { DuckDBConnection } from '@duckdb/node-api';
import { type Instant, instantOf } from '../../model/index.js';
import type { RowSpan, TransferBounds } from '../transfer.js';

/** How many parts a span of time is counted in at once. */
const PARTS = 4_096;

type Table = 'event' | 'sample';

/** The rows of a table within bounds, as the end of a statement; times are bound, kinds are of a fixed table. */
export function rowsOf(table: Table, { kinds, since, until }: TransferBounds): string {
  const conditions = [
    ...(since === undefined ? [] : [`"at" >= ${Math.floor(since)}`]),
    ...(until === undefined ? [] : [`"at" <= ${Math.ceil(until)}`]),
    ...(kinds === undefined || table === 'sample'
      ? []
      : [kinds.length === 0 ? 'false' : `kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')})`]),
  ];
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `${table === 'sample' ? 'samples' : table}${where}`;
}

async function numbersOf(
  connection: DuckDBConnection,
  statement: string,
): Promise<readonly (readonly number[])[]> {
  const reader = await connection.runAndReadAll(statement);
  return reader.getRows().map((row) => row.map((value) => (value === null ? Number.NaN : Number(value))));
}

interface Counted {
  readonly since: number;
  readonly until: number;
  readonly rows: number;
}

/** Counts the rows of a span in equal parts; those without rows are left out. */
async function countParts(
  connection: DuckDBConnection,
  table: Table,
  bounds: TransferBounds,
  { since, until }: Counted,
): Promise<readonly Counted[]> {
  const step = Math.max(1, Math.ceil((until - since + 1) / PARTS));
  const within = { ...bounds, since: instantOf(since), until: instantOf(until) };
  const parts = await numbersOf(
    connection,
    `SELECT ("at" - ${since}) // ${step} AS part, count(*) FROM ${rowsOf(table, within)} GROUP BY part ORDER BY part`,
  );
  return parts.map(([part = 0, rows = 0]) => {
    const from = since + part * step;
    return { since: from, until: Math.min(from + step - 1, until), rows };
  });
}

/** See `EvidenceTransfer.spans`. */
export async function rowSpans(
  connection: DuckDBConnection,
  table: Table,
  bounds: TransferBounds,
  most: number,
): Promise<readonly RowSpan[]> {
  const [whole] = await numbersOf(
    connection,
    `SELECT min("at"), max("at"), count(*) FROM ${rowsOf(table, bounds)}`,
  );
  const [since = 0, until = 0, rows = 0] = whole ?? [];
  if (rows === 0) return [];
  const spans: Counted[] = [];
  const pending: Counted[] = [{ since, until, rows }];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    const last = spans.at(-1);
    if (part.rows > most && part.until > part.since) {
      pending.push(...[...(await countParts(connection, table, bounds, part))].reverse());
    } else if (last !== undefined && last.rows + part.rows <= most) {
      spans[spans.length - 1] = { since: last.since, until: part.until, rows: last.rows + part.rows };
    } else spans.push(part);
  }
  return spans.map((span) => ({
    since: span.since as Instant,
    until: span.until as Instant,
    rows: span.rows,
  }));
}
