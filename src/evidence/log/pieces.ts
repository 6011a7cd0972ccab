/**
 * Samples of one batch and day as bytes, in pieces that are leaves of a tree of their own. A piece is a list of runs: the
 * key of a series (16 bytes), how many samples of it follow (32 bits), and of each the time (milliseconds since the epoch,
 * 64 bits) and the value (IEEE 754, 64 bits); all big-endian. Runs come in the order of the store's numbers of the series,
 * samples of a run in that of time. A run that does not fit into a piece goes on in the next one under its key again.
 */
import { sha256 } from './hash.js';
import { treeHead } from './tree.js';

/** The samples of a piece, but for the last one of a part. */
export const PIECE_ROWS = 256;
const KEY_BYTES = 16;
const HEAD_BYTES = KEY_BYTES + 4;
const ROW_BYTES = 16;
const TWO_TO_32 = 4_294_967_296;

/** The values that stand for Prometheus' staleness marker, and for every other NaN: the store keeps no more of one. */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 2;
const NAN_HIGH = 0x7ff80000;

/** Where a piece begins in its buffer: a word, whose last byte is the prefix of a leaf. */
const START = 4;

/** The keys of series as bytes: that of series `ref` begins at word `4 * slots[ref]`. */
export interface KeyWords {
  readonly slots: Uint32Array;
  readonly words: Uint32Array;
}

/** What became of the samples of a part: how many they are, and the root over its pieces. */
export interface HashedPart {
  readonly count: number;
  readonly hash: Uint8Array;
  /** How many bytes its pieces have. */
  readonly bytes: number;
}

/** Hashes the samples of one part after the other, given in order; `onPiece` sees the bytes of each piece. */
export class PieceHasher {
  readonly #bytes = new Uint8Array(START + PIECE_ROWS * (HEAD_BYTES + ROW_BYTES));
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #words = new Uint32Array(this.#bytes.buffer);
  readonly #onPiece: ((piece: Uint8Array) => void) | undefined;
  #hashes: Uint8Array[] = [];
  #end = START;
  #rows = 0;
  #count = 0;
  #length = 0;
  /** Of the open run: its series, where its head is, and its rows. */
  #series = -1;
  #head = START;
  #run = 0;

  constructor(onPiece?: (piece: Uint8Array) => void) {
    this.#onPiece = onPiece;
  }

  /** Adds a sample; `slot` is that of its series' key. */
  add(series: number, slot: number, keys: Uint32Array, at: number, value: number, stale: boolean): void {
    if (series !== this.#series) this.#open(series, slot, keys);
    const view = this.#view;
    const end = this.#end;
    view.setUint32(end, Math.floor(at / TWO_TO_32));
    view.setUint32(end + 4, at >>> 0);
    if (stale) {
      view.setUint32(end + 8, STALE_HIGH);
      view.setUint32(end + 12, STALE_LOW);
    } else if (Number.isNaN(value)) {
      view.setUint32(end + 8, NAN_HIGH);
      view.setUint32(end + 12, 0);
    }
    // Adding nothing makes a negative zero a zero: a column of zeros does not keep their signs.
    else view.setFloat64(end + 8, value + 0);
    this.#end = end + ROW_BYTES;
    this.#run++;
    this.#count++;
    if (++this.#rows === PIECE_ROWS) this.#close();
  }

  #open(series: number, slot: number, keys: Uint32Array): void {
    this.#endRun();
    const word = this.#end >>> 2;
    for (let part = 0; part < 4; part++) this.#words[word + part] = keys[4 * slot + part] ?? 0;
    this.#series = series;
    this.#head = this.#end;
    this.#run = 0;
    this.#end += HEAD_BYTES;
  }

  #endRun(): void {
    if (this.#series !== -1) this.#view.setUint32(this.#head + KEY_BYTES, this.#run);
  }

  #close(): void {
    this.#endRun();
    // The byte before the piece is the 0 of RFC 6962's leaves.
    this.#hashes.push(sha256(this.#bytes.subarray(START - 1, this.#end)));
    this.#onPiece?.(this.#bytes.slice(START, this.#end));
    this.#length += this.#end - START;
    this.#end = START;
    this.#rows = 0;
    this.#series = -1;
  }

  /** Ends the part and begins the next one; answers the hashes of its pieces too. */
  finish(): HashedPart & { readonly pieces: readonly Uint8Array[] } {
    if (this.#rows > 0) this.#close();
    const pieces = this.#hashes;
    const part = { count: this.#count, hash: treeHead(pieces), bytes: this.#length, pieces };
    this.#hashes = [];
    this.#count = 0;
    this.#length = 0;
    return part;
  }
}

/** A sample in a piece: the key of its series, its time in milliseconds and its value, `stale` for a staleness marker. */
export interface PieceRow {
  readonly key: string;
  readonly at: number;
  readonly value: number | 'stale';
}

function valueAt(view: DataView, position: number): number | 'stale' {
  const isStale = view.getUint32(position) === STALE_HIGH && view.getUint32(position + 4) === STALE_LOW;
  return isStale ? 'stale' : view.getFloat64(position);
}

/** The samples of a piece; undefined where its bytes are none. */
export function readPiece(piece: Uint8Array): readonly PieceRow[] | undefined {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  const rows: PieceRow[] = [];
  let position = 0;
  while (position < piece.length) {
    if (position + HEAD_BYTES > piece.length) return undefined;
    const key = Buffer.from(piece.subarray(position, position + KEY_BYTES)).toString('hex');
    const count = view.getUint32(position + KEY_BYTES);
    position += HEAD_BYTES;
    if (count === 0 || count > PIECE_ROWS || position + count * ROW_BYTES > piece.length) return undefined;
    for (let row = 0; row < count; row++, position += ROW_BYTES) {
      const at = view.getUint32(position) * TWO_TO_32 + view.getUint32(position + 4);
      rows.push({ key, at, value: valueAt(view, position + 8) });
    }
  }
  return rows.length > 0 && rows.length <= PIECE_ROWS ? rows : undefined;
}
