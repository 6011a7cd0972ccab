import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { DAY_MS, instantOf, pathOf, type SeriesRef } from '../../../model/index.js';
import { PieceHasher } from '../../log/pieces.js';
import type { SeriesTable } from '../series-table.js';
import type { FoundPart, PartCheck } from './part-check.js';

const TWO_TO_32 = 4_294_967_296;

/** The columns of a chunk as they lie in memory: making a value of each row would cost more than hashing it. */
export interface SampleVectors {
  readonly rows: number;
  readonly batch: Uint32Array;
  readonly series: Uint32Array;
  /** Times as pairs of words, low word first. */
  readonly at: Int32Array;
  readonly value: Float64Array;
  /** A bit for each row, set where there is a value; undefined when all have one. */
  readonly valid: Uint32Array | undefined;
}

function column(chunk: DuckDBDataChunk, index: number, bytes: number): Uint8Array {
  return duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk.chunk, index), bytes);
}

function validityOf(chunk: DuckDBDataChunk, index: number): Uint32Array | undefined {
  const words = 2 * Math.ceil(chunk.rowCount / 64);
  const bits = duckdb.vector_get_validity(duckdb.data_chunk_get_vector(chunk.chunk, index), 4 * words);
  return bits ? new Uint32Array(bits.buffer, bits.byteOffset, words) : undefined;
}

/** Takes the columns `batch, series, "at", value` of a chunk. */
export function vectorsOf(chunk: DuckDBDataChunk): SampleVectors {
  const rows = chunk.rowCount;
  const [batch, series, at, value] = [
    column(chunk, 0, 4 * rows),
    column(chunk, 1, 4 * rows),
    column(chunk, 2, 8 * rows),
    column(chunk, 3, 8 * rows),
  ];
  return {
    rows,
    batch: new Uint32Array(batch.buffer, batch.byteOffset, rows),
    series: new Uint32Array(series.buffer, series.byteOffset, rows),
    at: new Int32Array(at.buffer, at.byteOffset, 2 * rows),
    value: new Float64Array(value.buffer, value.byteOffset, rows),
    valid: validityOf(chunk, 3),
  };
}

/** Makes parts of samples that come by day, batch, series and time. */
export class FoundSamples {
  readonly #series: SeriesTable;
  readonly #check: PartCheck;
  readonly #hasher = new PieceHasher();
  #batch = -1;
  #day = -1;
  /** The last sample of the open part, which names it when it is alone. */
  #last = { series: 0, at: 0 };

  constructor(series: SeriesTable, check: PartCheck) {
    this.#series = series;
    this.#check = check;
  }

  /** Takes a chunk; false when something differs. */
  add({ rows, batch, series, at, value, valid }: SampleVectors): boolean {
    const { slots, words } = this.#series.keys;
    for (let row = 0; row < rows; row++) {
      const time = (at[2 * row + 1] ?? 0) * TWO_TO_32 + ((at[2 * row] ?? 0) >>> 0);
      const day = Math.floor(time / DAY_MS);
      const ofBatch = batch[row] ?? 0;
      if ((ofBatch !== this.#batch || day !== this.#day) && !this.#begin(ofBatch, day)) return false;
      const ref = series[row] ?? 0;
      const isStale = valid !== undefined && ((valid[row >>> 5] ?? 0) & (1 << (row & 31))) === 0;
      this.#hasher.add(ref, slots[ref] ?? 0, words, time, value[row] ?? 0, isStale);
      this.#last.series = ref;
      this.#last.at = time;
    }
    return true;
  }

  #begin(batch: number, day: number): boolean {
    if (!this.end()) return false;
    this.#batch = batch;
    this.#day = day;
    return true;
  }

  /** Ends the open part. */
  end(): boolean {
    if (this.#batch === -1) return true;
    const { count, hash } = this.#hasher.finish();
    const part: FoundPart = { batch: this.#batch, kind: 'sample', day: this.#day, count, hash };
    return this.#check.found(count === 1 ? { ...part, receipt: this.#pathOfLast() } : part);
  }

  #pathOfLast(): string | undefined {
    const { series, at } = this.#last;
    const found = this.#series.find({}).find(({ ref }) => ref === (series as SeriesRef));
    return found && pathOf({ type: 'sample', at: instantOf(at), series: found.key });
  }
}

/** Reads the samples of a condition by day, batch, series and time, and checks their parts; false when one differs. */
export async function checkSamples(
  connection: DuckDBConnection,
  condition: string,
  found: FoundSamples,
): Promise<boolean> {
  const result = await connection.stream(
    `SELECT batch, series, "at", value FROM samples WHERE ${condition} ORDER BY "at" // ${DAY_MS}, batch, series, "at"`,
  );
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    if (chunk.rowCount === 0) break;
    if (!found.add(vectorsOf(chunk))) return false;
  }
  return found.end();
}
