import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { EventReceipt, SampleBlock } from '../../model/index.js';
import type { Staging } from '../transfer.js';
import { appendEvent, readingOf } from './event-rows.js';
import { SampleChunks } from './sample-chunks.js';

/** What goes into one batch of an import: as much as the writer takes into one commit. */
const EVENTS_PER_BATCH = 2_000;
const SAMPLES_PER_BLOCK = 100_000;

/** A block that is filled row by row. */
class FillingBlock {
  length = 0;
  readonly series = new Uint32Array(SAMPLES_PER_BLOCK);
  readonly at = new Float64Array(SAMPLES_PER_BLOCK);
  readonly value = new Float64Array(SAMPLES_PER_BLOCK);
  readonly stale: number[] = [];

  add(series: unknown, at: unknown, value: unknown): void {
    this.series[this.length] = Number(series);
    this.at[this.length] = Number(at);
    this.value[this.length] = value === null ? Number.NaN : Number(value);
    if (value === null) this.stale.push(this.length);
    this.length += 1;
  }

  get full(): boolean {
    return this.length === SAMPLES_PER_BLOCK;
  }
}

/** Temporary tables of a connection of their own: in memory as long as they are small, then in the spill folder. */
export class DuckDbStaging implements Staging {
  readonly #connection: DuckDBConnection;
  readonly #events: DuckDBAppender;
  readonly #samples: DuckDBAppender;
  readonly #chunks: SampleChunks;

  private constructor(connection: DuckDBConnection, events: DuckDBAppender, samples: DuckDBAppender) {
    this.#connection = connection;
    this.#events = events;
    this.#samples = samples;
    this.#chunks = new SampleChunks(samples);
  }

  static async open(connection: DuckDBConnection): Promise<DuckDbStaging> {
    // The same columns in the same order as the table that they go to, so that rows are written and read alike.
    await connection.run('CREATE TEMP TABLE staged_event AS SELECT * FROM event LIMIT 0');
    await connection.run(
      'CREATE TEMP TABLE staged_sample (series UINTEGER, "at" BIGINT, value DOUBLE, unused UINTEGER)',
    );
    return new DuckDbStaging(
      connection,
      await connection.createAppender('staged_event', 'main', 'temp'),
      await connection.createAppender('staged_sample', 'main', 'temp'),
    );
  }

  async addEvents(events: readonly EventReceipt[]): Promise<void> {
    for (const event of events) appendEvent(this.#events, 0, event);
  }

  addSamples(block: SampleBlock): void {
    const stale = new Set(block.stale);
    for (let item = 0; item < block.length; item++) {
      this.#chunks.add(
        block.series[item] ?? 0,
        block.at[item] ?? 0,
        block.value[item] ?? 0,
        stale.has(item),
        0,
      );
    }
  }

  async *events(): AsyncGenerator<readonly EventReceipt[]> {
    this.#events.flushSync();
    const { columns, receiptOf } = readingOf();
    const result = await this.#connection.stream(`SELECT ${columns} FROM staged_event ORDER BY "at", id`);
    for await (const rows of result.yieldRows()) {
      for (let from = 0; from < rows.length; from += EVENTS_PER_BATCH) {
        yield rows.slice(from, from + EVENTS_PER_BATCH).map(receiptOf);
      }
    }
  }

  async *samples(): AsyncGenerator<SampleBlock> {
    this.#chunks.flush();
    this.#samples.flushSync();
    const result = await this.#connection.stream(
      'SELECT series, "at"::DOUBLE, value FROM staged_sample ORDER BY "at", series',
    );
    let block = new FillingBlock();
    for await (const chunk of result) {
      const [series = [], at = [], value = []] = chunk.getColumns();
      for (let row = 0; row < series.length; row++) {
        block.add(series[row], at[row], value[row]);
        if (!block.full) continue;
        yield block;
        block = new FillingBlock();
      }
    }
    if (block.length > 0) yield block;
  }

  close(): void {
    this.#connection.closeSync();
  }
}
