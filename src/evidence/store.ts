/**
 * The port of the evidence room: what every other room may ask of the store, whichever engine is behind it.
 * Batches go in; bounded scans and aggregates come out, by column where there are many; time is always explicit.
 */
import type { EventKind, Instant } from '../model/index.js';
import type { Arrivals } from './arrivals.js';
import type { EvidenceBackup } from './backup.js';
import type { Appended, Batch } from './batch.js';
import type { EventReads } from './events.js';
import type { FigureReads } from './figures.js';
import type { LineTemplate, RowBounds } from './lines.js';
import type { EvidenceLog } from './log.js';
import type { EvidenceRetention, RemovableKind, Removal } from './retention.js';
import type { RowPlan, Selected } from './rows.js';
import type { SampleReads, SeriesRegistry } from './samples.js';
import type { EvidenceTransfer } from './transfer.js';

/** A question whether an expression of RE2 matches the whole of a text. */
export interface TextMatch {
  readonly pattern: string;
  readonly text: string;
}

/** How much is recorded. */
export interface Totals {
  readonly commits: number;
  readonly samples: number;
  readonly series: number;
  readonly events: Readonly<Partial<Record<EventKind, number>>>;
  readonly firstAt: Instant | undefined;
  readonly lastAt: Instant | undefined;
}

/** A part that samples were sorted into. */
export interface Compacted {
  /** The span of the part, `from <= at < until`, in milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly samples: number;
}

/** Reads of rows, which {@link EvidenceStore.snapshot} does all over one state. */
export interface RowReads {
  totals(): Promise<Totals>;

  /** How many rows lie within these bounds, counting no further than `limit` + 1. */
  countRows(bounds: RowBounds, limit: number, signal?: AbortSignal): Promise<number>;
  /** Writes lines for the rows within the bounds, as UTF-8 chunks that end at line ends. */
  render(
    bounds: RowBounds,
    lines: readonly LineTemplate[],
    signal?: AbortSignal,
  ): Promise<readonly Uint8Array[]>;
  /** Joins, filters and aggregates rows in the store; a signal stops the work. */
  select(plan: RowPlan, signal?: AbortSignal): Promise<Selected>;
}

/** The store of all evidence. Every method but the registry's may fail with an `EvidenceError`. */
export interface EvidenceStore extends SeriesRegistry, EventReads, SampleReads, FigureReads, RowReads {
  /** Records a batch; resolves after its commit is on disk. */
  append(batch: Batch): Promise<Appended>;
  /**
   * Grows with each commit, before anybody is told of it: what was read while it stayed the same is what would be read
   * now.
   */
  readonly revision: number;

  /** The latest removal that took what is of this kind and time, the archive included; undefined when none did. */
  removalOf(kind: RemovableKind, at: Instant): Promise<Removal | undefined>;
  /** What came in, and by which way. */
  arrivals(): Promise<Arrivals>;
  /** Names of the services that any series or event speaks of, sorted. */
  services(): Promise<readonly string[]>;
  /** Names of the alerts that any event speaks of, sorted. */
  alertNames(): Promise<readonly string[]>;
  /** Whether expressions of RE2 match whole texts, in the order asked; what is no expression matches nothing. */
  matchTexts(asked: readonly TextMatch[]): Promise<readonly boolean[]>;
  /**
   * Does some work whose reads all see the same committed state, whatever is appended meanwhile; it holds one of few
   * connections until it ends, so it should only read.
   */
  snapshot<T>(work: (reads: RowReads) => Promise<T>): Promise<T>;

  /** For exports and imports. */
  readonly transfer: EvidenceTransfer;
  /** For how long what is kept, and the archive. */
  readonly retention: EvidenceRetention;
  /** The Merkle tree over all commits, and proofs. */
  readonly log: EvidenceLog;
  /** Copies of all of it. */
  readonly backup: EvidenceBackup;
  /**
   * Sorts some old samples into a part, for queries over long spans; a bounded piece of work that readers do not notice.
   * Undefined when nothing is due, or when the signal ended it.
   */
  compact(signal?: AbortSignal): Promise<Compacted | undefined>;

  /** Fails with `data-folder-gone` or `store-read-only` while nothing can be recorded. */
  checkDisk(): Promise<void>;
  /** Resolves with the reason when the engine can record nothing any more until the folder is opened again. */
  readonly broken: Promise<Error>;
  /** Flushes, writes a checkpoint and closes; later calls fail with `store-closed`. */
  close(): Promise<void>;
}
