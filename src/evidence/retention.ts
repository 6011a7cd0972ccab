/** For how long evidence is kept and where it goes: what is asked of the store, and what it answers. */
import {
  type EventKind,
  eventKinds,
  type Instant,
  type KindSpec,
  kinds,
  type RollupSpan,
  type Window,
} from '../model/index.js';

/** For how long what is kept, in whole days of its own time; 0 is for good. */
export interface RetentionRules {
  /** Samples as they came, before they go to the archive. */
  readonly sampleDays: number;
  /** Roll-ups by the minute and by the hour, which stay behind when samples go to the archive. */
  readonly minuteDays: number;
  readonly hourDays: number;
  /** Events that only measure, see {@link readingKinds}; and all others that may go. */
  readonly readingDays: number;
  readonly eventDays: number;
}

/** Events that come as often as samples and say no more than one: they are kept as readings. */
export const readingKinds: readonly EventKind[] = ['queue_depth', 'task_completed', 'log_volume'];

/**
 * Told kinds that are kept for good, as all of Genchi's own are: what is known (who calls whom, what was promised) is
 * read back from their latest receipts, and the Kaizen log tells of every experiment and improvement.
 */
const standingKinds: ReadonlySet<EventKind> = new Set([
  'dependency',
  'slo',
  'experiment_started',
  'experiment_ended',
  'improvement',
]);

/** The kinds that retention may take, in the order of their table. */
export const passingKinds: readonly EventKind[] = eventKinds.filter((kind) => {
  const spec: KindSpec = kinds[kind];
  return spec.internal !== true && !standingKinds.has(kind);
});

/** What goes to the archive: samples, or events of a kind. */
export type ArchivedKind = EventKind | 'sample';

/** Rows that are due: older than their rule keeps them. */
export interface DueRows {
  readonly what: ArchivedKind | RollupSpan;
  /** Samples and events are archived, roll-ups are removed. */
  readonly action: 'archive' | 'remove';
  readonly window: Window;
  readonly rows: number;
  /** What they take up in the store, estimated from all rows of their table. */
  readonly bytes: number;
  /** The rule, as the rest of a sentence. */
  readonly rule: string;
}

/** What retention would do now. */
export interface RetentionPlan {
  readonly at: Instant;
  /** One entry for each thing that is due, the oldest first within a kind. */
  readonly due: readonly DueRows[];
  /** By kind: receipts older than their rule keeps them that stay, because others cite them. */
  readonly cited: Readonly<Partial<Record<ArchivedKind, number>>>;
  /** What lies in the archive. */
  readonly archive: {
    readonly files: number;
    readonly missing: number;
    readonly rows: number;
    readonly bytes: number;
  };
}

/** One piece of work that retention did. */
export interface RetentionStep {
  readonly what: ArchivedKind | RollupSpan;
  readonly action: 'archive' | 'remove';
  readonly window: Window;
  readonly rows: number;
  /** Of an archive: its file below the data folder, and its size in bytes. */
  readonly file?: string;
  readonly bytes?: number;
}

/** What became of a file of the archive: as it was written, changed since, or deleted by its owner. */
export interface ArchiveCheck {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  readonly bytes: number;
  readonly state: 'sound' | 'damaged' | 'missing';
  /** Of a damaged one: what its hash is now. */
  readonly found?: string;
}

/** A span of time whose receipts of a kind are not known any more, because files of the archive were deleted. */
export interface LostSpan {
  readonly kind: ArchivedKind;
  /** Days that lie side by side as one, as far as they lie within what was asked. */
  readonly window: Window;
}

/** The part of the evidence port that keeps the store small. */
export interface EvidenceRetention {
  /** What {@link step} would do now, counted and not done. */
  plan(rules: RetentionRules): Promise<RetentionPlan>;
  /**
   * Does the next piece that is due: one transaction that readers see before or after. Samples and events go to a file
   * of the archive, where reads of the port find them, and samples leave roll-ups behind; roll-ups that are too old are
   * removed. What another receipt cites stays. Undefined when nothing is due, or when the signal ended it.
   */
  step(rules: RetentionRules, signal?: AbortSignal): Promise<RetentionStep | undefined>;
  /** Reads every file of the archive and compares its hash with the one that was recorded. */
  verify(signal?: AbortSignal): AsyncIterable<ArchiveCheck>;
  /**
   * What of a window its owner deleted from the archive, of these kinds, or of all: reads that count what there is pass
   * over it. In the order of kinds and time; nearly free where nothing of the window is in the archive.
   */
  lost(window: Window, kinds?: readonly ArchivedKind[]): Promise<readonly LostSpan[]>;
}

/** What retention can take out of the store: a kind of events, samples, or their roll-ups. */
export type RemovableKind = EventKind | 'sample' | `rollup-${RollupSpan}`;

/** Evidence that a rule of retention took out of the store: all of some kinds within a window. */
export interface Removal {
  readonly kinds: readonly RemovableKind[];
  readonly window: Window;
  /** The rule, as the rest of a sentence: `samples are kept for 30 days`. */
  readonly rule: string;
  readonly removedAt: Instant;
}
