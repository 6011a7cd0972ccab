import {
  BLOB,
  blobValue,
  type DuckDBAppender,
  type DuckDBConnection,
  INTEGER,
  LIST,
  listValue,
  STRUCT,
  structValue,
  UINTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { type Instant, instantOf } from '../../../model/index.js';
import type { LogBatch, LogPart } from '../../log/entry.js';

/** What the log keeps of a batch's parts; `day` is NULL for series. */
const PARTS = 'STRUCT(kind VARCHAR, "day" INTEGER, "count" UINTEGER, hash BLOB)[]';

/**
 * The parts stand in the row of their batch, and the view `log_part` has a row for each: a table of their own would cost
 * every commit another append, 0.3 ms where the whole commit takes one.
 */
export const logTable = `
  ALTER TABLE batch ADD COLUMN parts ${PARTS};
  CREATE VIEW log_part AS
    SELECT number AS batch, part.kind AS kind, part."day" AS "day", part."count" AS "count", part.hash AS hash
    FROM (SELECT number, unnest(parts) AS part FROM batch);
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

const PART_TYPE = STRUCT({ kind: VARCHAR, day: INTEGER, count: UINTEGER, hash: BLOB });
const PARTS_TYPE = LIST(PART_TYPE);

/** Appends the parts of a batch as the last column of its row. */
export function appendParts(appender: DuckDBAppender, parts: readonly LogPart[]): void {
  const rows = parts.map(({ kind, day, count, hash }) =>
    structValue({ kind, day: day ?? null, count, hash: blobValue(hash) }),
  );
  appender.appendList(listValue(rows), PARTS_TYPE);
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
    // Not from the view: the span narrows the rows before their lists are taken apart.
    `SELECT number, part.kind, part."day", part."count", hex(part.hash)
     FROM (SELECT number, unnest(parts) AS part FROM batch WHERE number BETWEEN ${first} AND ${last})`,
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
