import type { Identity } from '../../../model/index.js';
import type { KeyWords } from '../../log/pieces.js';

const FIRST_CAPACITY = 1_024;
const WORDS = 4;

function larger(array: Uint32Array, length: number): Uint32Array {
  const grown = new Uint32Array(2 ** Math.ceil(Math.log2(length)));
  grown.set(array);
  return grown;
}

/** The keys of all series as bytes, by their numbers: what the log hashes of a series. */
export class SeriesKeys implements KeyWords {
  slots: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  words: Uint32Array = new Uint32Array(WORDS * FIRST_CAPACITY);
  /** The first slot is that of no series: a number that is none leads to no key. */
  #count = 1;

  add(ref: number, key: Identity): void {
    if (ref >= this.slots.length) this.slots = larger(this.slots, ref + 1);
    if (WORDS * (this.#count + 1) > this.words.length) this.words = larger(this.words, 2 * this.words.length);
    Buffer.from(this.words.buffer).write(key, 4 * WORDS * this.#count, 'hex');
    this.slots[ref] = this.#count++;
  }
}
