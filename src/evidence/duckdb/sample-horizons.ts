import type { DuckDBConnection } from '@duckdb/node-api';
import { HOUR_MS, type SeriesRef } from '../../model/index.js';

/** How far before a series' newest sample another one may still come, in milliseconds. */
export const OUT_OF_ORDER_MS = HOUR_MS;

/**
 * The time of the newest sample of each series. A sample after it is new for certain, which is the case of nearly
 * every one; only the others are looked up. NaN stands for a series whose newest sample is not known.
 */
export class SampleHorizons {
  #newest = new Float64Array(1024).fill(Number.NaN);

  /**
   * Reads the horizons of the series that had samples in the last two hours of evidence; those of older ones are
   * read when they are needed, so that a start takes the same time however long the history is.
   */
  static async load(connection: DuckDBConnection): Promise<SampleHorizons> {
    const horizons = new SampleHorizons();
    // Nothing is newer than what the recent table and the newest part hold, and only these are looked at.
    const newest = await connection.runAndReadAll(
      'SELECT max("at") FROM samples WHERE "at" >= coalesce((SELECT max("from") FROM part), 0)',
    );
    const reader = await connection.runAndReadAll(
      'SELECT series, max("at") FROM samples WHERE "at" > $since GROUP BY series',
      { since: BigInt(Number(newest.getRows()[0]?.[0]) - 2 * OUT_OF_ORDER_MS) },
    );
    for (const [series, at] of reader.getRows()) horizons.advance(Number(series), Number(at));
    return horizons;
  }

  /** The newest time of a series; -Infinity when it has no sample, NaN when that is not known. */
  of(series: number): number {
    return this.#newest[series] ?? Number.NaN;
  }

  /** Notes a sample that was accepted. */
  advance(series: number, at: number): void {
    if (series >= this.#newest.length) this.#grow(series + 1);
    this.#newest[series] = at;
  }

  /** Forgets what was noted of these series, after a commit that failed. */
  forget(series: Iterable<number>): void {
    for (const ref of series) this.advance(ref, Number.NaN);
  }

  /** Reads the horizons of series that are not known. */
  async learn(connection: DuckDBConnection, series: readonly number[]): Promise<void> {
    const reader = await connection.runAndReadAll(
      'SELECT series, max("at") FROM samples WHERE series IN (SELECT unnest(from_json($refs, \'["UINTEGER"]\'))) GROUP BY series',
      { refs: JSON.stringify(series) },
    );
    for (const ref of series) this.advance(ref, Number.NEGATIVE_INFINITY);
    for (const [ref, at] of reader.getRows()) this.advance(Number(ref), Number(at));
  }

  /** Notes that a series was just made and can have no sample. */
  begin(series: SeriesRef): void {
    if (Number.isNaN(this.of(series))) this.advance(series, Number.NEGATIVE_INFINITY);
  }

  #grow(length: number): void {
    if (length <= this.#newest.length) return;
    const larger = new Float64Array(2 ** Math.ceil(Math.log2(length))).fill(Number.NaN);
    larger.set(this.#newest);
    this.#newest = larger;
  }
}
