import type { DuckDBConnection } from '@duckdb/node-api';
import type { Clock, EventReceipt, SampleBlock, Series } from '../../model/index.js';
import type { Appended, Batch } from '../batch.js';
import { EvidenceError } from '../errors.js';
import type { CommitTurns } from './commit-turns.js';
import type { Disk } from './disk.js';
import { failureOf } from './engine-failure.js';
import type { EventIdentities } from './event-identities.js';
import { type EventOutcome, writeEvents } from './event-writer.js';
import type { BatchLog } from './log/batch-log.js';
import { BatchTable } from './log/batch-table.js';
import { partsOfEvents, partsOfSeries } from './log/recorded-parts.js';
import { RecordedSamples } from './log/recorded-samples.js';
import type { Archive } from './retention/archive.js';
import type { SampleHorizons } from './sample-horizons.js';
import { type BlockOutcome, writeSamples } from './sample-writer.js';
import type { SeriesTable } from './series-table.js';

/** What may wait for a commit before more is refused with `overloaded`. */
const MAX_WAITING_SAMPLES = 4_000_000;
const MAX_WAITING_EVENTS = 100_000;
/** What goes into one commit at the most, so that one commit stays short. */
const GROUP_SAMPLES = 100_000;
const GROUP_EVENTS = 5_000;

const EMPTY: SampleBlock = {
  length: 0,
  series: new Uint32Array(0),
  at: new Float64Array(0),
  value: new Float64Array(0),
  stale: [],
};

interface Waiting {
  readonly batch: Batch;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (reason: unknown) => void;
}

/** The memory that mirrors the tables and says what is new. */
export interface WriterState {
  readonly series: SeriesTable;
  readonly horizons: SampleHorizons;
  readonly identities: EventIdentities;
  /** What went, or is going, to the archive. */
  readonly archive: Archive;
  /** The leaves of all commits. */
  readonly log: BatchLog;
  readonly disk: Disk;
  /** All that commits to the store takes its turn. */
  readonly commits: CommitTurns;
  /** The number of the last commit. */
  batches: number;
}

/**
 * The one writer: while a commit is under way, what arrives gathers for the next. A batch is answered after the
 * commit that holds it.
 */
export class Writer {
  readonly #connection: DuckDBConnection;
  readonly #state: WriterState;
  readonly #clock: Clock;
  /** What the commit under way records; one at a time is. */
  readonly #recorded = new RecordedSamples();
  readonly #table: BatchTable;
  readonly #waiting: Waiting[] = [];
  #samples = 0;
  #events = 0;
  #running: Promise<void> | undefined;
  #breakDown: (failure: Error) => void = () => undefined;
  /** Resolves with the reason when the engine commits nothing any more. */
  readonly broken: Promise<Error>;

  constructor(connection: DuckDBConnection, state: WriterState, clock: Clock) {
    this.#connection = connection;
    this.#state = state;
    this.#clock = clock;
    this.#table = new BatchTable(connection);
    this.broken = new Promise((resolve) => {
      this.#breakDown = resolve;
    });
  }

  append(batch: Batch): Promise<Appended> {
    if (this.#samples >= MAX_WAITING_SAMPLES || this.#events >= MAX_WAITING_EVENTS) {
      return Promise.reject(
        new EvidenceError('overloaded', 'Too much waits to be written: send this again in a moment.'),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      this.#samples += batch.samples?.length ?? 0;
      this.#events += batch.events.length;
      this.#running ??= this.#run();
    });
  }

  /** Resolves when everything that waited is committed; nothing may be appended afterwards. */
  async close(): Promise<void> {
    await this.#running;
    this.#table.close();
  }

  async #run(): Promise<void> {
    // One turn of the event loop first, so that requests read in the same turn share a commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#commit(this.#take());
    this.#running = undefined;
  }

  #take(): readonly Waiting[] {
    let samples = 0;
    let events = 0;
    let count = 0;
    for (const { batch } of this.#waiting) {
      samples += batch.samples?.length ?? 0;
      events += batch.events.length;
      if (count > 0 && (samples > GROUP_SAMPLES || events > GROUP_EVENTS)) break;
      count++;
    }
    const group = this.#waiting.splice(0, count);
    for (const { batch } of group) {
      this.#samples -= batch.samples?.length ?? 0;
      this.#events -= batch.events.length;
    }
    return group;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#write(group);
      group.forEach((waiting, index) => {
        const appended = outcomes[index];
        if (appended !== undefined) waiting.resolve(appended);
      });
    } catch (cause) {
      await this.#connection.run('ROLLBACK').catch(() => undefined);
      for (const { batch } of group) this.#state.horizons.forget(batch.samples?.series ?? []);
      await this.#failed(group, cause);
    }
  }

  /** A batch that cannot be written is refused alone: the others that came with it are tried without it. */
  async #failed(group: readonly Waiting[], cause: unknown): Promise<void> {
    const failure = failureOf(cause, 'commit');
    this.#state.disk.wrote(failure);
    if (failure.code === 'store-broken') this.#breakDown(failure);
    else if (group.length > 1) {
      for (const waiting of group) await this.#commit([waiting]);
      return;
    }
    for (const waiting of group) waiting.reject(failure);
  }

  async #write(group: readonly Waiting[]): Promise<readonly Appended[]> {
    const state = this.#state;
    const number = state.batches + 1;
    await state.disk.check();
    await this.#connection.run('BEGIN');
    const series = await state.series.write(this.#connection, number);
    const blocks = group.map(({ batch }) => batch.samples ?? EMPTY);
    const { horizons, archive } = state;
    const recorded = this.#recorded;
    recorded.clear();
    const samples = await writeSamples(this.#connection, { horizons, archive, recorded }, blocks, number);
    const events = await writeEvents(
      this.#connection,
      state,
      group.map(({ batch }) => batch.events),
      number,
    );
    const leaf = await this.#log(number, events.fresh, series);
    await state.commits.take(() => this.#connection.run('COMMIT'));
    state.disk.wrote(undefined);
    state.series.saved(series.length);
    for (const { id } of events.fresh) state.identities.add(id);
    if (leaf !== undefined) {
      state.batches = number;
      state.log.levels.add(leaf);
    }
    // What nobody could find again is not acknowledged.
    await state.disk.checkPlace();
    return group.map(({ batch }, index) => appendedOf(batch, number, events, samples[index], index));
  }

  /** Notes the batch and what the log keeps of it; answers its leaf, or undefined when nothing of it is new. */
  async #log(
    number: number,
    events: readonly EventReceipt[],
    series: readonly Series[],
  ): Promise<Uint8Array | undefined> {
    const { keys } = this.#state.series;
    const parts = [...(await partsOfEvents(events)), ...this.#recorded.parts(keys), ...partsOfSeries(series)];
    if (parts.length === 0) return undefined;
    const committedAt = this.#clock();
    const counts = { events: events.length, samples: this.#recorded.length };
    await this.#table.write({ number, committedAt, ...counts, parts });
    return this.#state.log.leafOf(number, committedAt, parts);
  }
}

function appendedOf(
  batch: Batch,
  number: number,
  events: EventOutcome,
  samples: BlockOutcome | undefined,
  index: number,
): Appended {
  const repeatedEvents = events.repeated[index] ?? [];
  const recordedEvents = batch.events.length - repeatedEvents.length;
  const recordedSamples = samples?.recorded ?? 0;
  return {
    commit: recordedEvents + recordedSamples > 0 ? number : undefined,
    events: recordedEvents,
    samples: recordedSamples,
    repeatedEvents,
    repeatedSamples: samples?.repeated ?? 0,
    refusedSamples: samples?.refused ?? [],
  };
}
