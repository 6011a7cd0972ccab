import type { DuckDBConnection } from '@duckdb/node-api';
import { instantOf } from '../../../model/index.js';
import { type LogBatch, type LogPart, linesOf, parseLine } from '../../log/entry.js';

/**
 * The parts of a batch stand in its row, as the lines of its entry; the view `log_part` has a row for each, whose `day` is
 * NULL for series. A table of their own would cost every commit another append, 0.3 ms where the whole commit takes one;
 * a list of structures half of that, a text nothing that can be measured.
 */
export const logTable = `
  ALTER TABLE batch ADD COLUMN parts VARCHAR;
  CREATE VIEW log_part AS
    SELECT number AS batch, word[1] AS kind, try_cast(word[2] AS DATE) - DATE '1970-01-01' AS "day",
      try_cast(word[3] AS UINTEGER) AS "count", if(regexp_full_match(word[4], '[0-9a-f]{64}'), unhex(word[4]), NULL) AS hash
    FROM (
      SELECT number, string_split(line, ' ') AS word
      FROM (SELECT number, unnest(string_split(parts, chr(10))) AS line FROM batch)
    );
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

/** The parts of a batch as its row has them. */
export const partsText = (parts: readonly LogPart[]): string => linesOf(parts).join('\n');

/** The first and the last batch of a span, both inclusive. */
export interface BatchSpan {
  readonly first: number;
  readonly last: number;
}

/** The batches of a span as the log has them, in their order; lines that are none of a part are left out. */
export async function readBatches(
  connection: DuckDBConnection,
  { first, last }: BatchSpan,
  before: number,
): Promise<readonly LogBatch[]> {
  const reader = await connection.runAndReadAll(
    `SELECT number, "committedAt", parts FROM batch WHERE number BETWEEN ${first} AND ${last} ORDER BY number`,
  );
  return reader.getRows().map(([number, committedAt, parts]) => ({
    number: Number(number),
    committedAt: instantOf(Number(committedAt)),
    before: before > 0 && Number(number) === before + 1 ? before : undefined,
    parts: String(parts)
      .split('\n')
      .flatMap((line) => parseLine(line) ?? []),
  }));
}
