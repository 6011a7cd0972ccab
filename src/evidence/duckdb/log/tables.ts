import type { DuckDBConnection } from '@duckdb/node-api';
import { type Instant, instantOf } from '../../../model/index.js';
import type { LogBatch, LogPart } from '../../log/entry.js';

/** Parts of the batches of the log, a row each; `day` is NULL for series. */
export const logTable = `
  CREATE TABLE log_part (batch UINTEGER, kind VARCHAR, day INTEGER, count UINTEGER, hash BLOB);
`;

/** Samples of both tables with the batch that they came with; it is NULL of what was sorted before there was a log. */
export const samplesView = `
  CREATE OR REPLACE VIEW samples AS
    SELECT series, "at", value, batch FROM sample UNION ALL SELECT series, "at", value, batch FROM sorted_sample;
`;

/** Where `meta` keeps how many batches were committed before there was a log. */
const BEFORE_KEY = 'log-begins-after';

/** What brings a folder without a log to one with it: the log begins with the next batch. */
export const logMigration = `
  ALTER TABLE sorted_sample ADD COLUMN batch UINTEGER;
  ALTER TABLE series ADD COLUMN batch UINTEGER;
  ${samplesView}
  ${logTable}
  INSERT INTO meta SELECT '${BEFORE_KEY}', coalesce(max(number), 0)::VARCHAR FROM batch;
`;

/** How many batches were committed before there was a log. */
export async function batchesBefore(connection: DuckDBConnection): Promise<number> {
  const reader = await connection.runAndReadAll('SELECT value FROM meta WHERE key = $key', {
    key: BEFORE_KEY,
  });
  return Number(reader.getRows()[0]?.[0] ?? 0);
}

/** Writes the parts of a batch, inside its transaction. */
export async function writeParts(
  connection: DuckDBConnection,
  batch: number,
  parts: readonly LogPart[],
): Promise<void> {
  const appender = await connection.createAppender('log_part');
  for (const { kind, day, count, hash } of parts) {
    appender.appendUInteger(batch);
    appender.appendVarchar(kind);
    if (day === undefined) appender.appendNull();
    else appender.appendInteger(day);
    appender.appendUInteger(count);
    appender.appendBlob(hash);
    appender.endRow();
  }
  appender.closeSync();
}

/** The first and the last batch of a span, both inclusive. */
export interface BatchSpan {
  readonly first: number;
  readonly last: number;
}

async function readParts(
  connection: DuckDBConnection,
  { first, last }: BatchSpan,
): Promise<ReadonlyMap<number, LogPart[]>> {
  const reader = await connection.runAndReadAll(
    `SELECT batch, kind, day, count, hex(hash) FROM log_part WHERE batch BETWEEN ${first} AND ${last}`,
  );
  const parts = new Map<number, LogPart[]>();
  for (const [batch, kind, day, count, hash] of reader.getRows()) {
    const part: LogPart = {
      kind: String(kind),
      day: day === null ? undefined : Number(day),
      count: Number(count),
      hash: Buffer.from(String(hash), 'hex'),
    };
    const others = parts.get(Number(batch));
    if (others === undefined) parts.set(Number(batch), [part]);
    else others.push(part);
  }
  return parts;
}

/** The batches of a span as the log has them, in their order. */
export async function readBatches(
  connection: DuckDBConnection,
  span: BatchSpan,
  before: number,
): Promise<readonly LogBatch[]> {
  const parts = await readParts(connection, span);
  const reader = await connection.runAndReadAll(
    `SELECT number, "committedAt" FROM batch WHERE number BETWEEN ${span.first} AND ${span.last} ORDER BY number`,
  );
  return reader.getRows().map(
    ([number, committedAt]): LogBatch => ({
      number: Number(number),
      committedAt: instantOf(Number(committedAt)) satisfies Instant,
      before: before > 0 && Number(number) === before + 1 ? before : undefined,
      parts: parts.get(Number(number)) ?? [],
    }),
  );
}
