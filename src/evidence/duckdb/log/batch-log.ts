import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Instant } from '../../../model/index.js';
import { hashOfBatch, type LogPart } from '../../log/entry.js';
import { LOG_FOLDER } from '../../log/key-files.js';
import { LevelFiles, SYNC_LEAVES, TILE_WIDTH } from '../../log/level-files.js';
import { batchesBefore, readBatches } from './tables.js';

/** So many batches are read at once when their leaves are made again. */
const BATCHES_AT_ONCE = 8_192;

/** Makes leaves of the batches from one on, up to the last; each once it is read, so that memory stays bounded. */
async function addLeaves(
  connection: DuckDBConnection,
  levels: LevelFiles,
  before: number,
  last: number,
): Promise<void> {
  for (let first = before + levels.size + 1; first <= last; first += BATCHES_AT_ONCE) {
    const span = { first, last: Math.min(last, first + BATCHES_AT_ONCE - 1) };
    for (const batch of await readBatches(connection, span, before)) levels.add(hashOfBatch(batch));
    await levels.flush();
  }
}

/** The log of the committed batches: leaf `n` is batch `before + 1 + n`. */
export class BatchLog {
  /** How many batches were committed before there was a log. */
  readonly before: number;
  readonly levels: LevelFiles;

  private constructor(before: number, levels: LevelFiles) {
    this.before = before;
    this.levels = levels;
  }

  /**
   * Opens the log of a data folder whose last batch is `last`. Its newest leaves are made from the table of parts again:
   * a crash may have kept them from the files, or left them there in pieces.
   */
  static async load(connection: DuckDBConnection, folder: string, last: number): Promise<BatchLog> {
    const before = await batchesBefore(connection);
    const levels = await LevelFiles.open(join(folder, LOG_FOLDER));
    const sure = Math.max(0, Math.min(levels.size, last - before) - 2 * SYNC_LEAVES);
    await levels.truncate(Math.floor(sure / TILE_WIDTH) * TILE_WIDTH);
    await addLeaves(connection, levels, before, last);
    return new BatchLog(before, levels);
  }

  /** Makes all leaves again from the table of parts. */
  async rebuild(connection: DuckDBConnection): Promise<void> {
    const { size } = this.levels;
    await this.levels.truncate(0);
    await addLeaves(connection, this.levels, this.before, this.before + size);
  }

  /** The leaf of a batch; add it to the others once the batch is committed. */
  leafOf(number: number, committedAt: Instant, parts: readonly LogPart[]): Uint8Array {
    const isFirst = this.before > 0 && number === this.before + 1;
    return hashOfBatch({ number, committedAt, before: isFirst ? this.before : undefined, parts });
  }
}
