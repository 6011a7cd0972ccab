import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { DAY_MS, instantOf, pathOf, type SeriesRef } from '../../../model/index.js';
import { PieceHasher } from '../../log/pieces.js';
import type { ReceiptEnds } from '../../log.js';
import type { SeriesTable } from '../series-table.js';
import type { PartCheck } from './part-check.js';

const TWO_TO_32 = 4_294_967_296;

/** A sample of a chunk, by the number of its series. */
export interface SampleRow {
  readonly batch: number;
  readonly series: number;
  readonly at: number;
  readonly value: number;
  readonly isStale: boolean;
}

/** The columns of a chunk as they lie in memory: making a value of each cell would cost more than hashing it. */
export interface SampleVectors {
  readonly rows: number;
  readonly row: (row: number) => SampleRow;
}

function column(chunk: DuckDBDataChunk, index: number, bytes: number): Uint8Array {
  return duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk.chunk, index), bytes);
}

/** A bit for each row, set where there is a value; undefined when all have one. */
function validityOf(chunk: DuckDBDataChunk, index: number): Uint32Array | undefined {
  const words = 2 * Math.ceil(chunk.rowCount / 64);
  const bits = duckdb.vector_get_validity(duckdb.data_chunk_get_vector(chunk.chunk, index), 4 * words);
  return bits ? new Uint32Array(bits.buffer, bits.byteOffset, words) : undefined;
}

/** Takes the columns `batch, series, "at", value` of a chunk. */
export function vectorsOf(chunk: DuckDBDataChunk): SampleVectors {
  const rows = chunk.rowCount;
  const [batches, refs, times, numbers] = [
    column(chunk, 0, 4 * rows),
    column(chunk, 1, 4 * rows),
    column(chunk, 2, 8 * rows),
    column(chunk, 3, 8 * rows),
  ];
  const batch = new Uint32Array(batches.buffer, batches.byteOffset, rows);
  const series = new Uint32Array(refs.buffer, refs.byteOffset, rows);
  // 64-bit times as pairs of words, low word first.
  const at = new Int32Array(times.buffer, times.byteOffset, 2 * rows);
  const value = new Float64Array(numbers.buffer, numbers.byteOffset, rows);
  const valid = validityOf(chunk, 3);
  return {
    rows,
    row: (row) => ({
      batch: batch[row] ?? 0,
      series: series[row] ?? 0,
      at: (at[2 * row + 1] ?? 0) * TWO_TO_32 + ((at[2 * row] ?? 0) >>> 0),
      value: value[row] ?? 0,
      isStale: valid !== undefined && ((valid[row >>> 5] ?? 0) & (1 << (row & 31))) === 0,
    }),
  };
}

/** Makes parts of samples that come by day, batch, series and time. */
export class FoundSamples {
  readonly #series: SeriesTable;
  readonly #check: PartCheck;
  readonly #hasher = new PieceHasher();
  #batch = -1;
  #day = -1;
  /** The first and the last sample of the open part. */
  readonly #first = { series: 0, at: 0 };
  readonly #last = { series: 0, at: 0 };

  constructor(series: SeriesTable, check: PartCheck) {
    this.#series = series;
    this.#check = check;
  }

  /** Takes a chunk; false when something differs. */
  add(chunk: SampleVectors): boolean {
    const { slots, words } = this.#series.keys;
    for (let row = 0; row < chunk.rows; row++) {
      const { batch, series, at, value, isStale } = chunk.row(row);
      const day = Math.floor(at / DAY_MS);
      if (batch !== this.#batch || day !== this.#day) {
        if (!this.end()) return false;
        this.#batch = batch;
        this.#day = day;
        this.#first.series = series;
        this.#first.at = at;
      }
      this.#hasher.add(series, slots[series] ?? 0, words, at, value, isStale);
      this.#last.series = series;
      this.#last.at = at;
    }
    return true;
  }

  /** Ends the open part. */
  end(): boolean {
    if (this.#batch === -1) return true;
    const { count, hash, bytes } = this.#hasher.finish();
    const [batch, day] = [this.#batch, this.#day];
    const ends = (): ReceiptEnds | undefined => this.#ends();
    return this.#check.found({ batch, kind: 'sample', day, count, hash, bytes, ends });
  }

  #ends(): ReceiptEnds | undefined {
    const [first, last] = [this.#pathOf(this.#first), this.#pathOf(this.#last)];
    return first === undefined || last === undefined ? undefined : { first, last };
  }

  #pathOf({ series, at }: Pick<SampleRow, 'series' | 'at'>): string | undefined {
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
