import type { DuckDBConnection } from '@duckdb/node-api';
import type { Clock } from '../../model/index.js';
import { EvidenceError } from '../errors.js';
import type { Compacted } from '../store.js';
import type { CommitTurns } from './commit-turns.js';
import { type CountedSpan, planCompaction, RECENT_MS, STRETCH_MS } from './compaction-plan.js';
import { endableStep, type Run } from './endable-step.js';
import { rowsOf } from './rows.js';

interface Part extends CountedSpan {
  readonly number: number;
}

/** A span as SQL; its ends are whole numbers of milliseconds. */
const within = ({ from, until }: CountedSpan): string => `"at" >= ${from} AND "at" < ${until}`;

async function readParts(connection: DuckDBConnection): Promise<readonly Part[]> {
  const rows = await rowsOf(connection, 'SELECT number, "from", until, samples FROM part ORDER BY "from"');
  return rows.map(([number = 0, from = 0, until = 0, samples = 0]) => ({ number, from, until, samples }));
}

async function countStretches(
  connection: DuckDBConnection,
  closedUntil: number,
): Promise<readonly CountedSpan[]> {
  const rows = await rowsOf(
    connection,
    `SELECT "at" // ${STRETCH_MS} AS stretch, count(*) FROM sample WHERE "at" < ${closedUntil}
     GROUP BY stretch ORDER BY stretch`,
  );
  return rows.map(([stretch = 0, samples = 0]) => ({
    from: stretch * STRETCH_MS,
    until: (stretch + 1) * STRETCH_MS,
    samples,
  }));
}

/** Notes a new part in the place of those that lie within it; one that goes on after it begins where it ends. */
async function notePart(
  connection: DuckDBConnection,
  parts: readonly Part[],
  made: Part,
  resorted: number,
  committedAt: number,
): Promise<void> {
  const { from, until } = made;
  await connection.run(`DELETE FROM part WHERE "from" >= ${from} AND until <= ${until}`);
  const inside = parts.filter((part) => part.from >= from && part.until <= until);
  const left = resorted - inside.reduce((sum, { samples }) => sum + samples, 0);
  await connection.run(
    `UPDATE part SET "from" = ${until}, samples = samples - ${left} WHERE "from" < ${until} AND until > ${until}`,
  );
  await connection.run(
    `INSERT INTO part VALUES (${made.number}, ${from}, ${until}, ${made.samples}, ${committedAt})`,
  );
}

/** Sorts the samples of a span into a part, inside the open transaction; what was sorted of it before goes along. */
async function sortSpan(
  connection: DuckDBConnection,
  run: Run,
  parts: readonly Part[],
  span: CountedSpan,
  committedAt: number,
): Promise<number> {
  // A table of its own in between: rows that this transaction inserts would fall under its own DELETE.
  await run(
    `CREATE OR REPLACE TEMP TABLE moving AS
     SELECT series, "at", value, batch FROM samples WHERE ${within(span)} ORDER BY series, "at"`,
  );
  const recent = await run(`DELETE FROM sample WHERE ${within(span)}`);
  const resorted = await run(`DELETE FROM sorted_sample WHERE ${within(span)}`);
  const samples = await run('INSERT INTO sorted_sample SELECT series, "at", value, batch FROM moving');
  await run('DROP TABLE moving');
  if (samples !== recent + resorted) {
    throw new EvidenceError('store-failed', 'A part did not hold what was moved into it: it was not made.');
  }
  const number = parts.reduce((last, part) => Math.max(last, part.number), 0) + 1;
  await notePart(connection, parts, { ...span, number, samples }, resorted, committedAt);
  return samples;
}

/**
 * Moves samples of closed time from the order in which they came into parts sorted by series and time, one part a step.
 * A step is one transaction: a reader sees the samples before it or after it, and so does a start after a crash. It
 * inserts and deletes only what was committed before it began, so appends go on beside it.
 */
export class Compaction {
  readonly #connection: DuckDBConnection;
  readonly #clock: Clock;
  readonly #commits: CommitTurns;

  constructor(connection: DuckDBConnection, clock: Clock, commits: CommitTurns) {
    this.#connection = connection;
    this.#clock = clock;
    this.#commits = commits;
  }

  /** Makes the next part that is due; undefined when none is, or when the signal ended the step, which undoes it. */
  async step(signal: AbortSignal): Promise<Compacted | undefined> {
    return await endableStep(
      this.#connection,
      signal,
      'Samples could not be sorted into a part; none was lost.',
      (run) => this.#make(run),
    );
  }

  async #make(run: Run): Promise<Compacted | undefined> {
    const connection = this.#connection;
    const now = this.#clock();
    const closedUntil = Math.floor((now - RECENT_MS) / STRETCH_MS) * STRETCH_MS;
    const parts = await readParts(connection);
    const span = planCompaction(await countStretches(connection, closedUntil), parts, closedUntil);
    if (span === undefined) return undefined;
    await run('BEGIN');
    const samples = await sortSpan(connection, run, parts, span, now);
    await this.#commits.take(() => run('COMMIT'));
    return { from: span.from, until: span.until, samples };
  }
}
