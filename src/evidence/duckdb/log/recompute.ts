import type { DuckDBConnection } from '@duckdb/node-api';
import { isEventKind } from '../../../model/index.js';
import { EvidenceError } from '../../errors.js';
import type { TreeHead } from '../../log/tree.js';
import type { LogProgress, LogVerdict } from '../../log.js';
import { type Archive, EVER } from '../retention/archive.js';
import { withArchive } from '../retention/archive-reads.js';
import type { ArchiveFile } from '../retention/archive-table.js';
import { rowsOf } from '../rows.js';
import type { SeriesTable } from '../series-table.js';
import type { BatchLog } from './batch-log.js';
import { checkBatches } from './check-batches.js';
import { checkEvents, checkSeries } from './found-events.js';
import { checkSamples, FoundSamples } from './found-samples.js';
import { type BatchPart, PartCheck, type Tally } from './part-check.js';
import { expectedIn, rowsIn, type Stretch, stretchesOf } from './stretches.js';

/** What a check of the log looks at. */
export interface Recomputing {
  readonly log: BatchLog;
  readonly archive: Archive;
  readonly series: SeriesTable;
  /** Trees that were signed. */
  readonly signed: readonly TreeHead[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (progress: LogProgress) => void;
}

/** Everything, in the store and in the archive. */
const ALL = { isOneState: true, samples: EVER, events: EVER } as const;

/** Kinds that the log or the evidence has. */
async function kindsOf(connection: DuckDBConnection): Promise<readonly string[]> {
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT kind FROM (SELECT DISTINCT kind FROM log_part UNION SELECT DISTINCT kind FROM event)
     WHERE kind NOT IN ('sample', 'series') ORDER BY kind`,
  );
  return ['sample', ...reader.getRows().map(([kind]) => String(kind))];
}

async function expectedSeries(connection: DuckDBConnection): Promise<readonly BatchPart[]> {
  const reader = await connection.runAndReadAll(
    `SELECT batch, count, hex(hash) FROM log_part WHERE kind = 'series' ORDER BY batch`,
  );
  return reader.getRows().map(([batch, count, hash]) => ({
    ...{ batch: Number(batch), kind: 'series', day: undefined, count: Number(count) },
    hash: Buffer.from(String(hash), 'hex'),
  }));
}

async function checkStretch(
  connection: DuckDBConnection,
  kind: string,
  stretch: Stretch,
  { log, series }: Recomputing,
  missing: readonly ArchiveFile[],
  tally: Tally,
): Promise<boolean> {
  const check = new PartCheck(await expectedIn(connection, kind, stretch), missing, tally);
  const condition = rowsIn(stretch, log.before);
  if (kind === 'sample') {
    const found = new FoundSamples(series, check);
    return (await checkSamples(connection, condition, found)) && check.end();
  }
  // A kind that is none any more has no receipts to compute anything of.
  return (!isEventKind(kind) || (await checkEvents(connection, kind, condition, check))) && check.end();
}

/** Checks the evidence of all kinds, stretch by stretch, until something differs. */
async function checkEvidence(
  connection: DuckDBConnection,
  parts: Recomputing,
  missing: readonly ArchiveFile[],
  tally: Tally,
): Promise<void> {
  if (!(await checkSeries(connection, await expectedSeries(connection), parts.log.before, tally))) return;
  const [[total = 0] = []] = await rowsOf(connection, 'SELECT coalesce(sum(count), 0) FROM log_part');
  for (const kind of await kindsOf(connection)) {
    for (const stretch of await stretchesOf(connection, kind)) {
      parts.signal?.throwIfAborted();
      if (!(await checkStretch(connection, kind, stretch, parts, missing, tally))) return;
      parts.onProgress({ what: 'evidence', done: tally.receipts, total, bytes: tally.bytes });
    }
  }
}

/** Receipts that came before there was a log, as far as they are still there. */
async function countBefore(connection: DuckDBConnection, before: number): Promise<number> {
  const unlogged = `batch IS NULL OR batch <= ${before}`;
  const [[count = 0] = []] = await rowsOf(
    connection,
    `SELECT (SELECT count(*) FROM samples WHERE ${unlogged}) + (SELECT count(*) FROM event WHERE ${unlogged})`,
  );
  return count;
}

async function missingFiles(archive: Archive): Promise<readonly ArchiveFile[]> {
  const files: ArchiveFile[] = [];
  for (const file of archive.files) if (!(await archive.isThere(file))) files.push(file);
  return files;
}

/** See `EvidenceLog.verify`; the connection is used by nobody else meanwhile. */
export async function recompute(connection: DuckDBConnection, parts: Recomputing): Promise<LogVerdict> {
  const { log, archive, signal, signed, onProgress } = parts;
  const tally: Tally = { parts: 0, receipts: 0, bytes: 0, removed: new Map(), difference: undefined };
  const { head, difference } = await checkBatches(connection, log, signed, (done) => {
    signal?.throwIfAborted();
    onProgress({ what: 'batches', done, total: log.levels.size });
  });
  tally.difference = difference;
  let receiptsBefore = 0;
  const work = async (): Promise<void> => {
    receiptsBefore = await countBefore(connection, log.before);
    await checkEvidence(connection, parts, await missingFiles(archive), tally);
    if (tally.difference === undefined && log.before === 0 && receiptsBefore > 0) {
      tally.difference = { what: `${receiptsBefore} receipts came with no batch of the log` };
    }
  };
  try {
    if (difference === undefined) {
      await withArchive(archive, { connection, isInTransaction: false, signal }, ALL, work);
    }
  } catch (error) {
    // A file of the archive that is not what was written is a difference like any other.
    if (!(error instanceof EvidenceError && error.code === 'archive-damaged')) throw error;
    tally.difference = { what: error.message };
  }
  return {
    before: { batches: log.before, receipts: receiptsBefore },
    size: head.size,
    root: Buffer.from(head.root).toString('hex'),
    ...{ parts: tally.parts, receipts: tally.receipts, bytes: tally.bytes, difference: tally.difference },
    removed: [...tally.removed.values()],
  };
}
