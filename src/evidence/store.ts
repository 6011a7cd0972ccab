/**
 * The port of the evidence room: what every other room may ask of the store, whichever engine is behind it.
 * Batches go in; bounded scans and aggregates come out, by column where there are many; time is always explicit.
 */
import type {
  EventKind,
  EventReceipt,
  FieldType,
  Identity,
  Instant,
  Labels,
  RollupSpan,
  SampleBlock,
  Series,
  SeriesRef,
  Window,
} from '../model/index.js';
import type { Arrivals } from './arrivals.js';
import type { EvidenceBackup } from './backup.js';
import type {
  ActivityQuery,
  BucketColumns,
  BucketQuery,
  GroupSilence,
  GroupSilenceQuery,
  SeriesActivity,
  Silence,
  SilenceQuery,
} from './buckets.js';
import type { Drawing, DrawingQuery } from './drawing.js';
import type { EvidenceLog } from './log.js';
import type { EvidenceRetention } from './retention.js';
import type { RowPlan, Selected } from './rows.js';
import type { EventShift, EventShiftQuery, SeriesShift, ShiftQuery } from './shifts.js';
import type { StepColumns, StepQuery } from './steps.js';
import type { EventPart, LevelTally, LevelTallyQuery, Tally, TallyQuery } from './tally.js';
import type { EvidenceTransfer } from './transfer.js';

/** What one request brings: events, samples or both. Either is recorded whole with the other, or not at all. */
export interface Batch {
  readonly events: readonly EventReceipt[];
  readonly samples?: SampleBlock;
}

/** An event that had been recorded before: its position in the batch, and the time its receipt carries. */
export interface RepeatedEvent {
  readonly item: number;
  readonly at: Instant;
}

/** A sample that was not recorded: its position in the block, and why. */
export interface RefusedSample {
  readonly item: number;
  /**
   * `conflict`: another value stands at that time; `too-old`: over an hour before the series' newest sample, or of a day
   * that went to the archive.
   */
  readonly why: 'conflict' | 'too-old';
}

/** What became of a batch, told after its commit. */
export interface Appended {
  /** The commit it went in with; undefined when nothing of it was new. */
  readonly commit: number | undefined;
  readonly events: number;
  readonly samples: number;
  readonly repeatedEvents: readonly RepeatedEvent[];
  readonly repeatedSamples: number;
  readonly refusedSamples: readonly RefusedSample[];
}

/** Which events; absent parts do not bound. */
export interface EventQuery {
  /** Only events with these identities; give the window that they lie in, if it is known. */
  readonly ids?: readonly Identity[];
  readonly kinds?: readonly EventKind[];
  readonly services?: readonly string[];
  readonly window?: Window;
  /**
   * Fields that must equal one of these texts, by field name; integers as their digits; lists of receipts must hold one.
   * Not for other types of fields.
   */
  readonly where?: Readonly<Record<string, readonly string[]>>;
  /** Text fields that must hold this text somewhere, whatever its case, by field name. */
  readonly containing?: Readonly<Record<string, string>>;
  readonly order: 'oldest-first' | 'newest-first';
  /** At most this many, 1..10,000. */
  readonly limit: number;
  /** Continue after this event of the same order. */
  readonly after?: { readonly at: Instant; readonly id: Identity };
}

/** What an event is found by, as its IRI says it. */
export interface EventName {
  readonly kind: EventKind;
  readonly at: Instant;
  readonly id: Identity;
}

/** What a sample is found by. */
export interface SampleName {
  readonly series: SeriesRef;
  readonly at: Instant;
}

/** Which of the alerts that fire at a time; absent parts do not bound. */
export interface FiringQuery {
  readonly at: Instant;
  readonly services?: readonly string[];
  readonly severities?: readonly string[];
}

/** The newest of the events that speak of one thing, and how many do. */
export interface LatestEvent {
  readonly event: EventReceipt;
  readonly count: number;
}

/** A question whether an expression of RE2 matches the whole of a text. */
export interface TextMatch {
  readonly pattern: string;
  readonly text: string;
}

/** Which series; absent parts do not bound. */
export interface SeriesQuery {
  readonly services?: readonly string[];
  readonly metrics?: readonly string[];
  readonly keys?: readonly Identity[];
}

/** Samples by column in the order of series and time; a stale marker has the value NaN and its position in `stale`. */
export interface SampleColumns {
  readonly series: readonly SeriesRef[];
  readonly at: readonly Instant[];
  readonly value: readonly number[];
  readonly stale: readonly number[];
}

/**
 * Bounds of a set of rows for {@link EvidenceStore.render} and {@link EvidenceStore.countRows}. Absent parts do not
 * bound. `values` bounds columns to lists of texts or numbers.
 */
export interface RowBounds {
  readonly from: 'event' | 'sample' | 'rollup' | 'series';
  readonly kinds?: readonly EventKind[];
  /** Inclusive bounds of the time, in milliseconds. */
  readonly since?: Instant;
  readonly until?: Instant;
  readonly values?: Readonly<Record<string, readonly (string | number)[]>>;
  /** Only so many of them, whichever the store comes to first. Not for {@link EvidenceStore.select}. */
  readonly atMost?: number;
}

/** A piece of a line of text that the store writes for each row. */
export type Piece =
  /** Text as it stands. */
  | { readonly text: string }
  /**
   * A column, written as: `plain` the bare value; `literal` escaped for the inside of an N-Triples string; `segment`
   * percent-encoded as a segment of a path; `instant` RFC 3339 with milliseconds; `basic-instant` the time segment
   * of an IRI; `double` the lexical form of xsd:double; `integer` that of xsd:integer; `boolean` true or false.
   */
  | {
      readonly column: string;
      readonly as:
        | 'plain'
        | 'literal'
        | 'segment'
        | 'instant'
        | 'basic-instant'
        | 'double'
        | 'integer'
        | 'boolean';
    };

/**
 * A line to write for each row whose columns named in it are all present (not null). `each` names a list column
 * (`cites`) or the pairs of `labels`: the line is then written once for each element, whose parts are the columns
 * `element`, or `name` and `value`.
 */
export interface LineTemplate {
  readonly pieces: readonly Piece[];
  readonly each?: string;
  /** Write the line only for rows of these kinds. */
  readonly kinds?: readonly EventKind[];
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
export interface EvidenceStore extends RowReads {
  /** Records a batch; resolves after its commit is on disk. */
  append(batch: Batch): Promise<Appended>;
  /**
   * Grows with each commit, before anybody is told of it: what was read while it stayed the same is what would be read
   * now.
   */
  readonly revision: number;

  /** The number of the series with these labels, made when it is new; durable with its first sample. */
  intern(labels: Labels): SeriesRef;
  /**
   * The same, but undefined where it would be a further one while there are `most`, or the labels of all have more than
   * `most` times 1,024 characters.
   */
  internWithin(labels: Labels, most: number): SeriesRef | undefined;
  /** Does some work without a pause; when it throws, the series that it made are forgotten again. */
  interning<T>(work: () => T): T;
  /** How many series there are. */
  readonly seriesCount: number;
  /** A series by its number. */
  seriesOf(ref: SeriesRef): Series;
  /** Series by what they are about, in the order they were made. */
  findSeries(query: SeriesQuery): readonly Series[];

  events(query: EventQuery): Promise<readonly EventReceipt[]>;
  /**
   * The newest event of a kind for each combination of these fields, with how many there are of it, in no order; events
   * without the first of them are left out, and those outside the window, where one is given.
   */
  latestEvents(
    kind: EventKind,
    fields: readonly [string, ...string[]],
    window?: Window,
  ): Promise<readonly LatestEvent[]>;
  event(kind: EventKind, at: Instant, id: Identity): Promise<EventReceipt | undefined>;
  /**
   * The alerts that fire at a time, newest first: those whose latest receipt in the week up to it says so. An alert is
   * told from others by its fingerprint, and by its service and name where it has none.
   */
  firing(query: FiringQuery): Promise<readonly EventReceipt<'alert_fired'>[]>;
  /** Those of at most 10,000 events that there are, in no order, by one statement over all their kinds. */
  eventsNamed(names: readonly EventName[]): Promise<readonly EventReceipt[]>;
  /** Those of at most 10,000 samples that there are, by as many statements as they span days. */
  samplesNamed(names: readonly SampleName[]): Promise<SampleColumns>;
  /** Samples of some series in a window, at most `limit` rows; asking for more than there may be is an error. */
  samples(series: readonly SeriesRef[], window: Window, limit: number): Promise<SampleColumns>;
  /** The latest removal that took what is of this kind and time, the archive included; undefined when none did. */
  removalOf(kind: RemovableKind, at: Instant): Promise<Removal | undefined>;
  /** What came in, and by which way. */
  arrivals(): Promise<Arrivals>;
  /** Names of the services that any series or event speaks of, sorted. */
  services(): Promise<readonly string[]>;
  shifts(query: ShiftQuery): Promise<readonly SeriesShift[]>;
  /** The same of what events measure: queues, tasks, workers, logs. */
  eventShifts(query: EventShiftQuery): Promise<readonly EventShift[]>;
  /**
   * Samples or increases by buckets of time, by series or summed over groups of series; a signal stops the work. What went
   * to the archive is read from its roll-ups where buckets are made of whole ones, else from its files. Fails with
   * `archive-gone` where only roll-ups are left that are longer than what is asked.
   */
  buckets(query: BucketQuery, signal?: AbortSignal): Promise<BucketColumns>;
  /** The figures of the pillars, step by step, computed where the receipts are; a signal stops the work. */
  steps(query: StepQuery, signal?: AbortSignal): Promise<StepColumns>;
  /**
   * The samples of some series that a line through all of them needs, at a width in pixels; a signal stops the work. Fails
   * with `archive-gone` where files of the archive with some of them were deleted.
   */
  drawing(query: DrawingQuery, signal?: AbortSignal): Promise<Drawing>;
  /** Slices of time in which levels kept their bounds, counted by part and band of time; a signal stops the work. */
  tallyLevels(query: LevelTallyQuery, signal?: AbortSignal): Promise<readonly LevelTally[]>;
  /** Good and bad events by the increases of counters, counted so. */
  tallyEvents(query: TallyQuery<EventPart>, signal?: AbortSignal): Promise<readonly Tally[]>;
  /** Whether expressions of RE2 match whole texts, in the order asked; what is no expression matches nothing. */
  matchTexts(asked: readonly TextMatch[]): Promise<readonly boolean[]>;
  /** Stretches in which a series had no samples. */
  silences(query: SilenceQuery): Promise<readonly Silence[]>;
  /** The same of groups of series, silent when all of a group are; in the order of groups and time. */
  groupSilences(query: GroupSilenceQuery): Promise<readonly GroupSilence[]>;
  /** The series that spoke within a window, in the order of their numbers. */
  activity(query: ActivityQuery): Promise<readonly SeriesActivity[]>;
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

  /** Resolves with the reason when the engine can record nothing any more until the folder is opened again. */
  readonly broken: Promise<Error>;
  /** Flushes, writes a checkpoint and closes; later calls fail with `store-closed`. */
  close(): Promise<void>;
}

/** The columns that {@link RowBounds} and {@link Piece} may name, with their types, by table. */
export const rowColumns = {
  sample: {
    at: 'instant',
    value: 'number',
    /** 'true' for staleness markers. */
    stale: 'boolean',
    seriesKey: 'text',
    metric: 'text',
    service: 'text',
    component: 'text',
  },
  /** Sums and extremes are of finite samples; `increase` is there of counters only. */
  rollup: {
    /** When it begins, and how long it is: `minute` or `hour`, and the same in milliseconds. */
    at: 'instant',
    span: 'text',
    spanMs: 'integer',
    sampleCount: 'integer',
    sampleSum: 'number',
    sampleMin: 'number',
    sampleMax: 'number',
    sampleLast: 'number',
    increase: 'number',
    seriesKey: 'text',
    metric: 'text',
    service: 'text',
    component: 'text',
  },
  series: { seriesKey: 'text', metric: 'text', service: 'text', component: 'text' },
  /** Beside these, every field of every kind. */
  event: { kind: 'text', id: 'text', at: 'instant', receivedAt: 'instant', door: 'text', service: 'text' },
} as const satisfies Record<string, Readonly<Record<string, FieldType>>>;
