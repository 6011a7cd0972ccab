import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Clock, Instant, Labels, Series, SeriesRef } from '../../model/index.js';
import type { Arrivals } from '../arrivals.js';
import type { Appended, Batch } from '../batch.js';
import { EvidenceError } from '../errors.js';
import type { LineTemplate, RowBounds } from '../lines.js';
import type { Notary } from '../log/notary.js';
import type { EvidenceLog } from '../log.js';
import type { EvidenceRetention, RemovableKind, Removal } from '../retention.js';
import type { RowPlan, Selected } from '../rows.js';
import type { SeriesQuery } from '../samples.js';
import type { Compacted, EvidenceStore, RowReads, TextMatch, Totals } from '../store.js';
import type { EvidenceTransfer } from '../transfer.js';
import { readArrivals } from './arrivals.js';
import { BackgroundWork } from './background-work.js';
import { DuckDbBackup } from './backup/make.js';
import { Compaction } from './compaction.js';
import { EvidenceReads } from './evidence-reads.js';
import { DuckDbLog } from './log/duckdb-log.js';
import { TextMatcher } from './match-texts.js';
import type { Readers } from './readers.js';
import { Reading } from './reading.js';
import { readAlertNames, readServices } from './reads.js';
import { readRemoval } from './removals.js';
import { removalFromArchive } from './retention/archive.js';
import { ArchivedServices } from './retention/archived-services.js';
import { DuckDbRetention } from './retention/retention.js';
import { DuckDbRowReads, withSnapshot } from './row-reads.js';
import { DuckDbTransfer } from './transfer.js';
import type { Writer, WriterState } from './writer.js';

/** A statement names at most so many series one by one. */
const MAX_NAMED_SERIES = 5_000;

/** The parts of an open store; `open.ts` makes them. */
export interface StoreParts {
  /** The data folder. */
  readonly folder: string;
  readonly instance: DuckDBInstance;
  readonly writing: DuckDBConnection;
  readonly writer: Writer;
  readonly readers: Readers;
  /** A connection of its own for background work. */
  readonly sorting: DuckDBConnection;
  readonly clock: Clock;
  readonly state: WriterState;
  /** Signs the log, whose checkpoints have this origin. */
  readonly notary: Notary;
  readonly origin: string;
}

/** The evidence port over embedded DuckDB: one writer, a few readers, series in memory. */
export class DuckDbStore extends EvidenceReads implements EvidenceStore {
  readonly #parts: StoreParts;
  readonly #compaction: Compaction;
  readonly #rows: RowReads;
  readonly #texts = new TextMatcher();
  readonly #archivedServices: ArchivedServices;
  readonly #background = new BackgroundWork();
  #closing: Promise<void> | undefined;
  readonly transfer: EvidenceTransfer;
  readonly retention: EvidenceRetention;
  readonly log: EvidenceLog;
  readonly backup: DuckDbBackup;
  /** How often retention has moved something; what readers see stays the same, but for what is gone. */
  #changes = 0;

  constructor(parts: StoreParts) {
    const { archive } = parts.state;
    super(new Reading(parts.readers, archive), parts.state);
    this.#parts = parts;
    this.#archivedServices = new ArchivedServices(archive);
    this.transfer = new DuckDbTransfer(parts.instance, archive);
    this.backup = new DuckDbBackup(parts);
    this.#compaction = new Compaction(parts.sorting, parts.clock, parts.state.commits);
    this.retention = new DuckDbRetention({
      connection: parts.sorting,
      ...{ clock: parts.clock, archive, commits: parts.state.commits },
      alone: (work, signal) =>
        this.#background.alone(async (ends) => {
          // Files of the archive would make the folder anew where it is gone.
          await parts.state.disk.checkUsable();
          return await work(ends);
        }, signal),
      append: (events) => this.append({ events }),
      onChange: () => {
        this.#changes += 1;
      },
    });
    this.log = new DuckDbLog({
      ...{ instance: parts.instance, origin: parts.origin, notary: parts.notary, ...parts.state },
      read: (reach, work) => this.reading.read(reach, work),
    });
    this.#rows = new DuckDbRowReads(
      (signal, reach, work) => this.reading.read(reach, work, signal),
      (query) => this.#refsOf(query),
      archive,
    );
  }

  async append(batch: Batch): Promise<Appended> {
    if (this.#closing !== undefined) throw new EvidenceError('store-closed', 'The store is closed.');
    return await this.#parts.writer.append(batch);
  }

  get broken(): Promise<Error> {
    return this.#parts.writer.broken;
  }

  checkDisk(): Promise<void> {
    return this.#parts.state.disk.checkUsable();
  }

  get revision(): number {
    return this.#parts.state.batches + this.#changes;
  }

  intern(labels: Labels): SeriesRef {
    const ref = this.internWithin(labels, Number.POSITIVE_INFINITY);
    if (ref === undefined) throw new EvidenceError('store-failed', 'No number was found for a series.');
    return ref;
  }

  internWithin(labels: Labels, most: number): SeriesRef | undefined {
    const { series, horizons } = this.#parts.state;
    const before = series.size;
    const ref = series.intern(labels, most);
    if (ref !== undefined && series.size > before) horizons.begin(ref);
    return ref;
  }

  interning<T>(work: () => T): T {
    const { series } = this.#parts.state;
    const before = series.size;
    try {
      return work();
    } catch (error) {
      series.forgetSince(before);
      throw error;
    }
  }

  get seriesCount(): number {
    return this.#parts.state.series.size;
  }

  seriesOf(ref: SeriesRef): Series {
    return this.#parts.state.series.get(ref);
  }

  findSeries(query: SeriesQuery): readonly Series[] {
    return this.#parts.state.series.find(query);
  }

  async removalOf(kind: RemovableKind, at: Instant): Promise<Removal | undefined> {
    const byOwner = await removalFromArchive(this.#parts.state.archive, kind, at);
    return byOwner ?? (await this.#parts.readers.read((connection) => readRemoval(connection, kind, at)));
  }

  arrivals(): Promise<Arrivals> {
    return this.#parts.readers.read(readArrivals);
  }

  services(): Promise<readonly string[]> {
    // In one transaction, so that none is missed while its receipts move.
    return this.reading.read({ isOneState: true }, async (connection) => {
      const archived = await this.#archivedServices.read(connection);
      return [...new Set([...archived, ...(await readServices(connection))])].sort();
    });
  }

  alertNames(): Promise<readonly string[]> {
    return this.#parts.readers.read(readAlertNames);
  }

  matchTexts(asked: readonly TextMatch[]): Promise<readonly boolean[]> {
    return this.#texts.match(asked, (work) => this.#parts.readers.read(work));
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
    return withSnapshot(this.#parts.readers, (query) => this.#refsOf(query), this.#parts.state.archive, work);
  }

  /** The numbers of the series that a query finds; undefined for more than a statement should name. */
  #refsOf(query: SeriesQuery): readonly SeriesRef[] | undefined {
    const found = this.findSeries(query);
    return found.length > MAX_NAMED_SERIES ? undefined : found.map(({ ref }) => ref);
  }

  compact(signal?: AbortSignal): Promise<Compacted | undefined> {
    return this.#background.alone(
      async (ends) => ((await this.#parts.state.disk.isUsable()) ? this.#compaction.step(ends) : undefined),
      signal,
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { writer, readers, writing, sorting, instance, state } = this.#parts;
    await Promise.all([this.#background.end(), this.backup.end()]);
    await writer.close();
    await readers.close();
    // Without room, or where nothing can be written, the write-ahead log stays, which the next start reads.
    const isUsable = await state.disk.isUsable();
    await state.log.levels.close(isUsable);
    await writing.run(isUsable ? 'CHECKPOINT' : 'PRAGMA disable_checkpoint_on_shutdown');
    sorting.closeSync();
    writing.closeSync();
    instance.closeSync();
  }
}
