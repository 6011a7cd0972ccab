import type { EvidenceStore, ForeignRow, Staging } from '../../evidence/index.js';
import type { EventReceipt, Fault, Identity, Instant, Iris, Labels, SampleBlock } from '../../model/index.js';
import { mappingOf } from '../mapping.js';
import { Misfit } from './assemble.js';
import { type Decoded, Decoder } from './decode.js';
import { TransferError } from './errors.js';
import type { Subject } from './facts.js';
import { decodeRow, parquetTables, rowsOfTable } from './parquet.js';
import { type ImportSource, subjectsOf } from './source.js';

/** Faults that are told; reading stops there. */
const MOST_FAULTS = 20;

/** The series that files describe or speak of, by numbers of their own. */
export class ImportedSeries {
  readonly #numbers = new Map<Identity, number>();
  readonly #labels: (Labels | undefined)[] = [];

  numberOf(key: Identity): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#labels.length;
    this.#numbers.set(key, number);
    this.#labels.push(undefined);
    return number;
  }

  describe(key: Identity, labels: Labels): void {
    this.#labels[this.numberOf(key)] = labels;
  }

  /** The labels of a series by its number. */
  labelsOf(number: number): Labels | undefined {
    return this.#labels[number];
  }

  get size(): number {
    return this.#labels.length;
  }

  /** Series that samples speak of, and that no file describes. */
  unknown(): readonly Identity[] {
    return [...this.#numbers].flatMap(([key, number]) => (this.#labels[number] === undefined ? [key] : []));
  }
}

/** What was read and checked so far. */
export interface Checked {
  events: number;
  samples: number;
  /** Subjects that follow from receipts, and are not read. */
  derived: number;
}

/** Takes out of what is imported what may not be kept. */
export interface ImportCleaner {
  readonly event: (event: EventReceipt) => EventReceipt;
  /** The labels of a series, which is named by those that are left. */
  readonly labels: (labels: Labels) => Labels;
}

/** How an import is read. */
export interface CheckOptions {
  readonly store: EvidenceStore;
  readonly staging: Staging;
  /** The base that the files' receipts are named by. */
  readonly iris: Iris;
  readonly now: Instant;
  readonly cleaner: ImportCleaner;
  readonly signal?: AbortSignal;
  readonly onProgress?: (checked: Checked) => void;
}

/** Samples of one batch on their way to the staging tables. */
class SampleRows {
  readonly #series: number[] = [];
  readonly #at: number[] = [];
  readonly #value: number[] = [];
  readonly #stale: number[] = [];

  add(series: number, at: Instant, value: number | null): void {
    if (value === null) this.#stale.push(this.#at.length);
    this.#series.push(series);
    this.#at.push(at);
    this.#value.push(value ?? Number.NaN);
  }

  block(): SampleBlock {
    return {
      length: this.#at.length,
      series: Uint32Array.from(this.#series),
      at: Float64Array.from(this.#at),
      value: Float64Array.from(this.#value),
      stale: this.#stale,
    };
  }
}

/** Reads files into the staging tables, everything checked. */
export class ImportCheck {
  readonly series = new ImportedSeries();
  readonly checked: Checked = { events: 0, samples: 0, derived: 0 };
  readonly #options: CheckOptions;
  readonly #decoder: Decoder;
  readonly #faults: Fault[] = [];

  constructor(options: CheckOptions) {
    this.#options = options;
    this.#decoder = new Decoder(options.iris, mappingOf(options.iris), options.now);
  }

  /** Reads every file; fails with `bad-file` and what is wrong where, of the first twenty things. */
  async run(sources: readonly ImportSource[]): Promise<void> {
    for (const { path, format } of sources) {
      if (format === 'parquet') await this.#readParquet(path);
      else {
        for await (const subjects of subjectsOf(path, format)) {
          const decode = (subject: Subject): Decoded => this.#decoder.decode(subject);
          await this.#take(subjects, decode, ({ iri, line }) =>
            line === undefined ? `${path}: ${iri}` : `${path}, line ${line}: ${iri}`,
          );
        }
      }
    }
    for (const key of this.series.unknown().slice(0, MOST_FAULTS)) {
      this.#faults.push({
        message: `series ${key}: its samples are here, but its labels are in none of the files`,
      });
    }
    this.#fail();
  }

  async #readParquet(folder: string): Promise<void> {
    const { store, now } = this.#options;
    for (const table of await parquetTables(folder)) {
      let first = 1;
      for await (const rows of rowsOfTable(store.transfer, folder, table)) {
        const start = first;
        const decode = (row: ForeignRow): Decoded => decodeRow(table, row, now);
        await this.#take(rows, decode, (_, index) => `${folder}, ${table}.parquet, row ${start + index}`);
        first += rows.length;
      }
    }
  }

  async #take<T>(
    items: readonly T[],
    decode: (item: T) => Decoded,
    placeOf: (item: T, index: number) => string,
  ): Promise<void> {
    const { staging, signal, onProgress } = this.#options;
    signal?.throwIfAborted();
    const events: EventReceipt[] = [];
    const samples = new SampleRows();
    for (const [index, item] of items.entries()) {
      try {
        this.#sort(decode(item), events, samples);
      } catch (cause) {
        if (!(cause instanceof Misfit)) throw cause;
        this.#faults.push({
          message: `${placeOf(item, index)}: ${cause.message}`,
          ...(cause.field === undefined ? {} : { field: cause.field }),
        });
        if (this.#faults.length === MOST_FAULTS) this.#fail();
      }
    }
    await staging.addEvents(events);
    staging.addSamples(samples.block());
    onProgress?.(this.checked);
  }

  #sort(decoded: Decoded, events: EventReceipt[], samples: SampleRows): void {
    switch (decoded.type) {
      case 'event':
        this.checked.events += 1;
        events.push(this.#options.cleaner.event(decoded.event));
        return;
      case 'sample':
        this.checked.samples += 1;
        samples.add(this.series.numberOf(decoded.series), decoded.at, decoded.value);
        return;
      case 'series':
        this.series.describe(decoded.key, this.#options.cleaner.labels(decoded.labels));
        return;
      case 'derived':
        this.checked.derived += 1;
    }
  }

  #fail(): void {
    if (this.#faults.length === 0) return;
    const many = this.#faults.length >= MOST_FAULTS ? 'At least ' : '';
    const things = this.#faults.length === 1 ? '1 thing is' : `${this.#faults.length} things are`;
    throw new TransferError(`${many}${things} wrong, so nothing was recorded.`, { faults: this.#faults });
  }
}
