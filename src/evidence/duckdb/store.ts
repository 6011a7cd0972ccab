import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type {
  Clock,
  EventKind,
  EventReceipt,
  Identity,
  Instant,
  Labels,
  Series,
  SeriesRef,
  Window,
} from '../../model/index.js';
import type {
  ActivityQuery,
  BucketColumns,
  BucketQuery,
  GroupSilence,
  GroupSilenceQuery,
  SeriesActivity,
  Silence,
  SilenceQuery,
} from '../buckets.js';
import type { Drawing, DrawingQuery } from '../drawing.js';
import { EvidenceError } from '../errors.js';
import type { RowPlan, Selected } from '../rows.js';
import type { EventShift, EventShiftQuery, SeriesShift, ShiftQuery } from '../shifts.js';
import type { StepColumns, StepQuery } from '../steps.js';
import type {
  Appended,
  Batch,
  Compacted,
  EventName,
  EventQuery,
  EvidenceStore,
  FiringQuery,
  LatestEvent,
  LineTemplate,
  Removal,
  RowBounds,
  RowReads,
  SampleColumns,
  SampleName,
  SeriesQuery,
  TextMatch,
  Totals,
} from '../store.js';
import type { EventPart, LevelTally, LevelTallyQuery, Tally, TallyQuery } from '../tally.js';
import type { EvidenceTransfer } from '../transfer.js';
import { activity, groupSilences } from './activity.js';
import { buckets, silences } from './buckets.js';
import { Compaction } from './compaction.js';
import { drawing } from './drawing.js';
import { readFiring } from './firing.js';
import { interruptible } from './interrupt.js';
import { TextMatcher } from './match-texts.js';
import { readEventsNamed, readSamplesNamed } from './named.js';
import type { Readers } from './readers.js';
import { readEvent, readEvents, readLatest, readSamples, readServices } from './reads.js';
import { readRemoval } from './removals.js';
import { DuckDbRowReads, withSnapshot } from './row-reads.js';
import { eventShifts, shifts } from './shifts.js';
import { steps } from './steps/read.js';
import { tallyEvents } from './tally-events.js';
import { tallyLevels } from './tally-levels.js';
import { DuckDbTransfer } from './transfer.js';
import type { Writer, WriterState } from './writer.js';

/** A statement names at most so many series one by one. */
const MAX_NAMED_SERIES = 5_000;

/** The parts of an open store; `open.ts` makes them. */
export interface StoreParts {
  readonly instance: DuckDBInstance;
  readonly writing: DuckDBConnection;
  readonly writer: Writer;
  readonly readers: Readers;
  /** A connection of its own for sorting samples into parts. */
  readonly sorting: DuckDBConnection;
  readonly clock: Clock;
  readonly state: WriterState;
}

/** The evidence port over embedded DuckDB: one writer, a few readers, series in memory. */
export class DuckDbStore implements EvidenceStore {
  readonly #parts: StoreParts;
  readonly #compaction: Compaction;
  readonly #rows: RowReads;
  readonly #texts = new TextMatcher();
  /** The step of compaction under way; the next one waits for it. */
  #compacting: Promise<unknown> = Promise.resolve();
  readonly #ending = new AbortController();
  #closing: Promise<void> | undefined;
  readonly transfer: EvidenceTransfer;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.transfer = new DuckDbTransfer(parts.instance);
    this.#compaction = new Compaction(parts.sorting, parts.clock);
    this.#rows = new DuckDbRowReads(
      (signal, work) => this.#readUntil(signal, work),
      (query) => this.#refsOf(query),
    );
  }

  async append(batch: Batch): Promise<Appended> {
    if (this.#closing !== undefined) throw new EvidenceError('store-closed', 'The store is closed.');
    return await this.#parts.writer.append(batch);
  }

  get revision(): number {
    return this.#parts.state.batches;
  }

  intern(labels: Labels): SeriesRef {
    const { series, horizons } = this.#parts.state;
    const before = series.size;
    const ref = series.intern(labels);
    if (series.size > before) horizons.begin(ref);
    return ref;
  }

  seriesOf(ref: SeriesRef): Series {
    return this.#parts.state.series.get(ref);
  }

  findSeries(query: SeriesQuery): readonly Series[] {
    return this.#parts.state.series.find(query);
  }

  events(query: EventQuery): Promise<readonly EventReceipt[]> {
    return this.#parts.readers.read((connection) => readEvents(connection, query));
  }

  latestEvents(
    kind: EventKind,
    fields: readonly [string, ...string[]],
    window?: Window,
  ): Promise<readonly LatestEvent[]> {
    return this.#parts.readers.read((connection) => readLatest(connection, kind, fields, window));
  }

  event(kind: EventKind, at: Instant, id: Identity): Promise<EventReceipt | undefined> {
    return this.#parts.readers.read((connection) => readEvent(connection, kind, at, id));
  }

  firing(query: FiringQuery): Promise<readonly EventReceipt<'alert_fired'>[]> {
    return this.#parts.readers.read((connection) => readFiring(connection, query));
  }

  eventsNamed(names: readonly EventName[]): Promise<readonly EventReceipt[]> {
    return this.#parts.readers.read((connection) => readEventsNamed(connection, names));
  }

  samplesNamed(names: readonly SampleName[]): Promise<SampleColumns> {
    return this.#parts.readers.read((connection) => readSamplesNamed(connection, names));
  }

  samples(series: readonly SeriesRef[], window: Window, limit: number): Promise<SampleColumns> {
    return this.#parts.readers.read((connection) => readSamples(connection, series, window, limit));
  }

  removalOf(kind: EventKind | 'sample', at: Instant): Promise<Removal | undefined> {
    return this.#parts.readers.read((connection) => readRemoval(connection, kind, at));
  }

  services(): Promise<readonly string[]> {
    return this.#parts.readers.read(readServices);
  }

  shifts(query: ShiftQuery): Promise<readonly SeriesShift[]> {
    return this.#parts.readers.read((connection) => shifts(connection, query));
  }

  eventShifts(query: EventShiftQuery): Promise<readonly EventShift[]> {
    return this.#parts.readers.read((connection) => eventShifts(connection, query));
  }

  buckets(query: BucketQuery, signal?: AbortSignal): Promise<BucketColumns> {
    return this.#readUntil(signal, (connection) => buckets(connection, query));
  }

  steps(query: StepQuery, signal?: AbortSignal): Promise<StepColumns> {
    return this.#readUntil(signal, (connection) => steps(connection, query));
  }

  drawing(query: DrawingQuery, signal?: AbortSignal): Promise<Drawing> {
    return this.#readUntil(signal, (connection) => drawing(connection, query));
  }

  tallyLevels(query: LevelTallyQuery, signal?: AbortSignal): Promise<readonly LevelTally[]> {
    return this.#readUntil(signal, (connection) => tallyLevels(connection, query));
  }

  tallyEvents(query: TallyQuery<EventPart>, signal?: AbortSignal): Promise<readonly Tally[]> {
    return this.#readUntil(signal, (connection) => tallyEvents(connection, query));
  }

  matchTexts(asked: readonly TextMatch[]): Promise<readonly boolean[]> {
    return this.#texts.match(asked, (work) => this.#parts.readers.read(work));
  }

  silences(query: SilenceQuery): Promise<readonly Silence[]> {
    return this.#parts.readers.read((connection) => silences(connection, query));
  }

  groupSilences(query: GroupSilenceQuery): Promise<readonly GroupSilence[]> {
    return this.#parts.readers.read((connection) => groupSilences(connection, query));
  }

  activity(query: ActivityQuery): Promise<readonly SeriesActivity[]> {
    return this.#parts.readers.read((connection) => activity(connection, query));
  }

  totals(): Promise<Totals> {
    return this.#rows.totals();
  }

  countRows(bounds: RowBounds, limit: number, signal?: AbortSignal): Promise<number> {
    return this.#rows.countRows(bounds, limit, signal);
  }

  render(
    bounds: RowBounds,
    lines: readonly LineTemplate[],
    signal?: AbortSignal,
  ): Promise<readonly Uint8Array[]> {
    return this.#rows.render(bounds, lines, signal);
  }

  select(plan: RowPlan, signal?: AbortSignal): Promise<Selected> {
    return this.#rows.select(plan, signal);
  }

  snapshot<T>(work: (reads: RowReads) => Promise<T>): Promise<T> {
    return withSnapshot(this.#parts.readers, (query) => this.#refsOf(query), work);
  }

  /** The numbers of the series that a query finds; undefined for more than a statement should name. */
  #refsOf(query: SeriesQuery): readonly SeriesRef[] | undefined {
    const found = this.findSeries(query);
    return found.length > MAX_NAMED_SERIES ? undefined : found.map(({ ref }) => ref);
  }

  /** Reads until a signal stops it, whose reason it then fails with. */
  async #readUntil<T>(
    signal: AbortSignal | undefined,
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.#parts.readers.read((connection) =>
        interruptible(connection, signal, () => work(connection)),
      );
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  async compact(signal?: AbortSignal): Promise<Compacted | undefined> {
    if (this.#closing !== undefined) throw new EvidenceError('store-closed', 'The store is closed.');
    const ends = signal === undefined ? [this.#ending.signal] : [this.#ending.signal, signal];
    const step = this.#compacting.then(() => this.#compaction.step(AbortSignal.any(ends)));
    this.#compacting = step.catch(() => undefined);
    return await step;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { writer, readers, writing, sorting, instance } = this.#parts;
    this.#ending.abort();
    await this.#compacting;
    await writer.drain();
    await readers.close();
    await writing.run('CHECKPOINT');
    sorting.closeSync();
    writing.closeSync();
    instance.closeSync();
  }
}
