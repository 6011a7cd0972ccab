import type { DuckDBInstance } from '@duckdb/node-api';
import type { EvidenceLog, LogProgress, LogVerdict } from '../../log.js';
import { interruptible } from '../interrupt.js';
import { failureOf } from '../readers.js';
import type { Archive } from '../retention/archive.js';
import type { SeriesTable } from '../series-table.js';
import type { BatchLog } from './batch-log.js';
import { recompute } from './recompute.js';

/** What the log of the embedded store works on. */
export interface LogParts {
  readonly instance: DuckDBInstance;
  readonly log: BatchLog;
  readonly archive: Archive;
  readonly series: SeriesTable;
}

/** The log of the embedded store: see {@link EvidenceLog}. */
export class DuckDbLog implements EvidenceLog {
  readonly #parts: LogParts;

  constructor(parts: LogParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#parts.log.levels.size;
  }

  async verify(options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: LogProgress) => void;
  }): Promise<LogVerdict> {
    const { signal, onProgress = () => undefined } = options;
    const { instance, log, archive, series } = this.#parts;
    const connection = await instance.connect();
    try {
      return await interruptible(connection, signal, () =>
        recompute(connection, { log, archive, series, signed: [], signal, onProgress }),
      );
    } catch (cause) {
      signal?.throwIfAborted();
      throw failureOf(cause);
    } finally {
      connection.closeSync();
    }
  }
}
