import { DAY_MS } from '../../../model/index.js';
import type { LogPart } from '../../log/entry.js';
import { type KeyWords, PieceHasher } from '../../log/pieces.js';

const FIRST_CAPACITY = 8_192;
/** Columns that grew larger than this are let go after their commit. */
const KEPT_CAPACITY = 262_144;
/** Numbers of series are sorted by so many bits at a time. */
const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;

/** Positions of rows from the smallest number to the largest, equal ones as they were: a radix sort. */
function sortedBy(numbers: Uint32Array, order: Uint32Array, most: number): Uint32Array {
  let from = order;
  let to: Uint32Array = new Uint32Array(order.length);
  const starts = new Uint32Array(DIGITS);
  for (let shift = 0; shift < 32 && most >>> shift > 0; shift += DIGIT_BITS) {
    starts.fill(0);
    for (let row = 0; row < from.length; row++) {
      const digit = ((numbers[from[row] ?? 0] ?? 0) >>> shift) & (DIGITS - 1);
      starts[digit] = (starts[digit] ?? 0) + 1;
    }
    let start = 0;
    for (let digit = 0; digit < DIGITS; digit++) {
      const count = starts[digit] ?? 0;
      starts[digit] = start;
      start += count;
    }
    for (let row = 0; row < from.length; row++) {
      const position = from[row] ?? 0;
      const digit = ((numbers[position] ?? 0) >>> shift) & (DIGITS - 1);
      const place = starts[digit] ?? 0;
      to[place] = position;
      starts[digit] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** The samples that a commit records, in the order in which they came, and what the log keeps of them. */
export class RecordedSamples {
  #series = new Uint32Array(FIRST_CAPACITY);
  #at = new Float64Array(FIRST_CAPACITY);
  #value = new Float64Array(FIRST_CAPACITY);
  #stale = new Uint8Array(FIRST_CAPACITY);
  #length = 0;
  #largest = 0;
  #earliest = Number.POSITIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;
  readonly #hasher = new PieceHasher();

  get length(): number {
    return this.#length;
  }

  add(series: number, at: number, value: number, stale: boolean): void {
    const row = this.#length;
    if (row === this.#series.length) this.#grow();
    this.#series[row] = series;
    this.#at[row] = at;
    this.#value[row] = value;
    this.#stale[row] = stale ? 1 : 0;
    this.#length = row + 1;
    if (series > this.#largest) this.#largest = series;
    if (at < this.#earliest) this.#earliest = at;
    if (at > this.#latest) this.#latest = at;
  }

  /** Forgets everything, for the next commit. */
  clear(): void {
    if (this.#series.length > KEPT_CAPACITY) this.#reserve(FIRST_CAPACITY, 0);
    this.#length = 0;
    this.#largest = 0;
    this.#earliest = Number.POSITIVE_INFINITY;
    this.#latest = Number.NEGATIVE_INFINITY;
  }

  /** What the log keeps of them, a part for each day. */
  parts(keys: KeyWords): readonly LogPart[] {
    if (this.#length === 0) return [];
    const order = new Uint32Array(this.#length);
    for (let row = 0; row < order.length; row++) order[row] = row;
    const bySeries = sortedBy(this.#series, order, this.#largest);
    const first = Math.floor(this.#earliest / DAY_MS);
    const last = Math.floor(this.#latest / DAY_MS);
    if (first === last) return [this.#part(first, bySeries, keys)];
    return this.#days(bySeries, first, last).map(([day, rows]) => this.#part(day, rows, keys));
  }

  #days(bySeries: Uint32Array, first: number, last: number): readonly (readonly [number, Uint32Array])[] {
    const days = new Uint32Array(this.#length);
    for (let row = 0; row < days.length; row++) days[row] = Math.floor((this.#at[row] ?? 0) / DAY_MS) - first;
    const byDay = sortedBy(days, bySeries, last - first);
    const found: (readonly [number, Uint32Array])[] = [];
    for (let start = 0; start < byDay.length; ) {
      const day = days[byDay[start] ?? 0] ?? 0;
      let end = start;
      while (end < byDay.length && days[byDay[end] ?? 0] === day) end++;
      found.push([first + day, byDay.slice(start, end)]);
      start = end;
    }
    return found;
  }

  #part(day: number, rows: Uint32Array, { slots, words }: KeyWords): LogPart {
    this.#orderRuns(rows);
    for (let row = 0; row < rows.length; row++) {
      const position = rows[row] ?? 0;
      const series = this.#series[position] ?? 0;
      const at = this.#at[position] ?? 0;
      const value = this.#value[position] ?? 0;
      this.#hasher.add(series, slots[series] ?? 0, words, at, value, this.#stale[position] === 1);
    }
    const { count, hash } = this.#hasher.finish();
    return { kind: 'sample', day, count, hash };
  }

  /** Puts the samples of each series in the order of time; they nearly always came so. */
  #orderRuns(rows: Uint32Array): void {
    const at = (position: number | undefined): number => this.#at[position ?? 0] ?? 0;
    for (let start = 0; start < rows.length; ) {
      const series = this.#series[rows[start] ?? 0];
      let isOrdered = true;
      let end = start + 1;
      for (; end < rows.length && this.#series[rows[end] ?? 0] === series; end++) {
        if (at(rows[end]) < at(rows[end - 1])) isOrdered = false;
      }
      if (!isOrdered) rows.subarray(start, end).sort((one, other) => at(one) - at(other));
      start = end;
    }
  }

  #grow(): void {
    this.#reserve(2 * this.#series.length, this.#length);
  }

  #reserve(capacity: number, kept: number): void {
    const [series, at, value, stale] = [this.#series, this.#at, this.#value, this.#stale];
    this.#series = new Uint32Array(capacity);
    this.#at = new Float64Array(capacity);
    this.#value = new Float64Array(capacity);
    this.#stale = new Uint8Array(capacity);
    this.#series.set(series.subarray(0, kept));
    this.#at.set(at.subarray(0, kept));
    this.#value.set(value.subarray(0, kept));
    this.#stale.set(stale.subarray(0, kept));
  }
}
