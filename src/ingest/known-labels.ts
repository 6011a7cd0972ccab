const FIRST_BYTES = 65_536;
const FIRST_ENTRIES = 1_024;
/** Labels that are not found after so many looks are taken for new ones, whoever made others that hash alike. */
const MOST_LOOKS = 64;
/** No entry: they are numbered from 1. */
const NONE = 0;

/** Odd, with bits everywhere, from the golden ratio. */
const FACTOR = 0x9e37_79b1;

function hashOf(view: DataView, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), FACTOR);
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) hash = Math.imul(hash ^ view.getUint8(at), FACTOR);
  return hash ^ (hash >>> 13);
}

/**
 * What is known of labels, by the bytes that they are sent as. Senders repeat themselves: what followed last time is
 * compared first, and else found by a hash, so that known labels never become a text.
 */
export class KnownLabels<T> {
  readonly #mostBytes: number;
  /** The bytes of all entries, one after the other; entry `n` ends where `n + 1` begins. */
  #bytes = new DataView(new ArrayBuffer(FIRST_BYTES));
  #starts = new Uint32Array(FIRST_ENTRIES + 2);
  #hashes = new Int32Array(FIRST_ENTRIES + 1);
  /** The entry that was found after this one. */
  #next = new Uint32Array(FIRST_ENTRIES + 1);
  /** Entries by their hashes, at most half full. */
  #slots = new Uint32Array(2 * FIRST_ENTRIES);
  #values: T[] = [];
  #last = NONE;

  /** Forgets everything when all labels have more bytes than `mostBytes`. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** What is known of the labels in this stretch of bytes. */
  find(view: DataView, from: number, to: number): T | undefined {
    const guess = this.#next[this.#last] ?? NONE;
    const entry = this.#isThat(guess, view, from, to)
      ? guess
      : this.#look(hashOf(view, from, to), view, from, to);
    if (entry === NONE) return undefined;
    this.#next[this.#last] = entry;
    this.#last = entry;
    return this.#values[entry - 1];
  }

  #isThat(entry: number, view: DataView, from: number, to: number): boolean {
    const start = this.#starts[entry] ?? 0;
    if (entry === NONE || (this.#starts[entry + 1] ?? 0) - start !== to - from) return false;
    const bytes = this.#bytes;
    let [at, own] = [from, start];
    for (; at + 4 <= to; at += 4, own += 4)
      if (view.getInt32(at, true) !== bytes.getInt32(own, true)) return false;
    for (; at < to; at++, own++) if (view.getUint8(at) !== bytes.getUint8(own)) return false;
    return true;
  }

  #look(hash: number, view: DataView, from: number, to: number): number {
    const mask = this.#slots.length - 1;
    for (let look = 0; look < MOST_LOOKS; look++) {
      const entry = this.#slots[(hash + look) & mask] ?? NONE;
      if (entry === NONE) return NONE;
      if (this.#hashes[entry] === hash && this.#isThat(entry, view, from, to)) return entry;
    }
    return NONE;
  }

  /** Notes what is known of the labels in this stretch of bytes. */
  add(view: DataView, from: number, to: number, value: T): void {
    const hash = hashOf(view, from, to);
    if (this.#look(hash, view, from, to) !== NONE) return;
    let start = this.#starts[this.#values.length + 1] ?? 0;
    if (start + to - from > this.#mostBytes) {
      this.#forget();
      start = 0;
    }
    this.#makeRoom(start + to - from);
    const entry = this.#values.length + 1;
    if (!this.#place(entry, hash)) return;
    this.#values.push(value);
    const labels = new Uint8Array(view.buffer, view.byteOffset + from, to - from);
    new Uint8Array(this.#bytes.buffer).set(labels, start);
    this.#starts[entry + 1] = start + to - from;
    this.#hashes[entry] = hash;
  }

  /** Puts an entry into the first free slot; false where none is near. */
  #place(entry: number, hash: number): boolean {
    const mask = this.#slots.length - 1;
    for (let look = 0; look < MOST_LOOKS; look++) {
      const slot = (hash + look) & mask;
      if (this.#slots[slot] !== NONE) continue;
      this.#slots[slot] = entry;
      return true;
    }
    return false;
  }

  #forget(): void {
    this.#values = [];
    this.#slots.fill(NONE);
    this.#next.fill(NONE);
    this.#last = NONE;
  }

  #makeRoom(bytes: number): void {
    if (bytes > this.#bytes.byteLength) {
      const larger = new Uint8Array(Math.max(bytes, 2 * this.#bytes.byteLength));
      larger.set(new Uint8Array(this.#bytes.buffer));
      this.#bytes = new DataView(larger.buffer);
    }
    const entries = this.#hashes.length - 1;
    if (this.#values.length < entries) return;
    this.#starts = enlarged(new Uint32Array(2 * entries + 2), this.#starts);
    this.#hashes = enlarged(new Int32Array(2 * entries + 1), this.#hashes);
    this.#next = enlarged(new Uint32Array(2 * entries + 1), this.#next);
    this.#slots = new Uint32Array(4 * entries);
    for (let entry = 1; entry <= entries; entry++) this.#place(entry, this.#hashes[entry] ?? 0);
  }
}

function enlarged<A extends Uint32Array | Int32Array>(to: A, from: A): A {
  to.set(from);
  return to;
}
