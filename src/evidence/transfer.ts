/** What the port offers to those who carry evidence out of a store and into another. */
import type { EventKind, EventReceipt, Instant, SampleBlock } from '../model/index.js';

/** The tables that are written to files of columns, one file each. */
export const evidenceTables = ['series', 'event', 'sample'] as const;

/** One of {@link evidenceTables}. */
export type EvidenceTable = (typeof evidenceTables)[number];

/** Which receipts to carry; absent parts do not bound, and times are inclusive. */
export interface TransferBounds {
  readonly kinds?: readonly EventKind[];
  readonly since?: Instant;
  readonly until?: Instant;
}

/** A span of time, both ends inclusive, with how many rows lie in it. */
export interface RowSpan {
  readonly since: Instant;
  readonly until: Instant;
  readonly rows: number;
}

/** A file of columns to write: which rows, where to, and the base IRI that it notes for whoever reads it. */
export interface ParquetFile {
  readonly table: EvidenceTable;
  readonly path: string;
  readonly bounds: TransferBounds;
  readonly baseIri: string;
}

/** A row of a file of columns by name, not yet checked; times are milliseconds since the epoch. */
export type ForeignRow = Readonly<Record<string, unknown>>;

/**
 * A place on disk where what an import brings waits until all of it is checked; nothing of it is evidence yet. The
 * numbers of series are the caller's own.
 */
export interface Staging {
  addEvents(events: readonly EventReceipt[]): Promise<void>;
  addSamples(block: SampleBlock): void;
  /** All events that wait, in the order of time, as batches. */
  events(): AsyncIterable<readonly EventReceipt[]>;
  /** All samples that wait, in the order of time, as blocks. */
  samples(): AsyncIterable<SampleBlock>;
  /** Throws all of it away. */
  close(): void;
}

/** The part of the evidence port for exports and imports. */
export interface EvidenceTransfer {
  /**
   * Spans that together hold all rows of a table within the bounds, in the order of time: at most `rows` rows each,
   * unless more than that share one millisecond.
   */
  spans(table: 'event' | 'sample', bounds: TransferBounds, rows: number): Promise<readonly RowSpan[]>;
  /**
   * Writes a table as Parquet, compressed with zstd: samples in the order of series and time, events in that of time.
   * A signal stops it; what is written by then is no Parquet file.
   */
  writeParquet(file: ParquetFile, signal?: AbortSignal): Promise<void>;
  /**
   * Reads the rows of a Parquet file, some thousand at a time, with only these columns where they are named and the
   * file has them; fails with `store-failed` where there is none.
   */
  readParquet(path: string, columns?: readonly string[]): AsyncIterable<readonly ForeignRow[]>;
  openStaging(): Promise<Staging>;
}
