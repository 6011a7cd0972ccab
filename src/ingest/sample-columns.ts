import type { SampleBlock, SeriesRef } from '../model/index.js';

/** Samples by column while a request is read: typed arrays that double when they are full. */
export class SampleColumns {
  #length = 0;
  #series: Uint32Array;
  #items: Uint32Array;
  #at: Float64Array;
  #value: Float64Array;
  readonly #stale: number[] = [];

  constructor(capacity: number) {
    const size = Math.max(16, capacity);
    this.#series = new Uint32Array(size);
    this.#items = new Uint32Array(size);
    this.#at = new Float64Array(size);
    this.#value = new Float64Array(size);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a sample of item `item`; its series follows with {@link assign}. */
  push(item: number, at: number, value: number, stale: boolean): void {
    const position = this.#length;
    if (position === this.#at.length) this.#grow();
    this.#items[position] = item;
    this.#at[position] = at;
    this.#value[position] = value;
    if (stale) this.#stale.push(position);
    this.#length = position + 1;
  }

  /** Says which series the samples from `first` on belong to. */
  assign(first: number, series: SeriesRef): void {
    this.#series.fill(series, first, this.#length);
  }

  /** Takes back the samples from `first` on. */
  truncate(first: number): void {
    while ((this.#stale.at(-1) ?? -1) >= first) this.#stale.pop();
    this.#length = first;
  }

  /** The item of each sample. */
  items(): Uint32Array {
    return this.#items.subarray(0, this.#length);
  }

  /** The samples, over the same memory: nothing may be added afterwards. */
  block(): SampleBlock {
    return {
      length: this.#length,
      series: this.#series.subarray(0, this.#length),
      at: this.#at.subarray(0, this.#length),
      value: this.#value.subarray(0, this.#length),
      stale: this.#stale,
    };
  }

  #grow(): void {
    const size = this.#at.length * 2;
    this.#series = enlarged(new Uint32Array(size), this.#series);
    this.#items = enlarged(new Uint32Array(size), this.#items);
    this.#at = enlarged(new Float64Array(size), this.#at);
    this.#value = enlarged(new Float64Array(size), this.#value);
  }
}

function enlarged<A extends Uint32Array | Float64Array>(to: A, from: A): A {
  to.set(from);
  return to;
}
