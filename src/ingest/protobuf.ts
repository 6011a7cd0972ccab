import { IngestError } from './errors.js';

/** Wire types of the protobuf encoding. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

const TWO_28 = 2 ** 28;
const TWO_56 = 2 ** 56;

function malformed(what: string): IngestError {
  return new IngestError('bad-protobuf', `The body is not the protobuf message expected: ${what}.`);
}

/**
 * Walks the bytes of a protobuf message. Every read is checked against the end of its message, and anything
 * malformed throws `bad-protobuf`.
 */
export class ProtobufReader {
  readonly bytes: Buffer;
  position = 0;
  readonly view: DataView;
  /** Whether the last group of septets held the last byte of its varint. */
  #done = false;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A field's tag: its number times 8, and its wire type. */
  tag(end: number): number {
    const tag = this.int64(end);
    if (tag < 8 || tag > 0xffff_ffff) throw malformed('a field number out of range');
    return tag;
  }

  /** Reads the length of a part; answers where the part ends, which lies within `end`. */
  partEnd(end: number): number {
    const length = this.int64(end);
    if (length < 0 || length > end - this.position) throw malformed('a length beyond the end');
    return this.position + length;
  }

  /** Steps over this and all following fields with the tag `tag`, whose parts are bytes. */
  skipRun(tag: number, end: number): void {
    const { bytes } = this;
    let position = this.position;
    while (position < end && bytes[position] === tag) {
      const length = bytes[position + 1] ?? 0x80;
      // The shortest form of a length is by far the most common; all else goes the checked way.
      if (length < 0x80 && position + 2 + length <= end) position += 2 + length;
      else {
        this.position = position + 1;
        position = this.partEnd(end);
      }
    }
    this.position = position;
  }

  /** A varint as a signed 64-bit integer; exact up to 2^53, which is all that times and lengths need. */
  int64(end: number): number {
    if (this.position < end) {
      const first = this.bytes[this.position] ?? 0;
      if (first < 0x80) {
        this.position += 1;
        return first;
      }
    }
    const low = this.#septets(end, 4);
    if (this.#done) return low;
    const middle = this.#septets(end, 4);
    if (this.#done) return low + middle * TWO_28;
    const high = this.#septets(end, 2);
    if (!this.#done || high > 0xff) throw malformed('a varint of more than 64 bits');
    if (high < 0x80) return low + middle * TWO_28 + high * TWO_56;
    // Negative: from the complement, so that small magnitudes stay exact.
    return -(TWO_28 - 1 - low + (TWO_28 - 1 - middle) * TWO_28 + (0xff - high) * TWO_56) - 1;
  }

  /** Up to `most` bytes of a varint, seven bits each. */
  #septets(end: number, most: number): number {
    let value = 0;
    let position = this.position;
    for (let shift = 0; shift < most * 7; shift += 7) {
      if (position >= end) throw malformed('it ends inside a number');
      const byte = this.bytes[position] ?? 0;
      position += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.position = position;
        this.#done = true;
        return value;
      }
    }
    this.position = position;
    this.#done = false;
    return value;
  }

  /** Steps over 8 bytes; answers where they began. */
  fixed64(end: number): number {
    const at = this.position;
    if (end - at < 8) throw malformed('it ends inside a number');
    this.position = at + 8;
    return at;
  }

  double(at: number): number {
    return this.view.getFloat64(at, true);
  }

  uint32(at: number): number {
    return this.view.getUint32(at, true);
  }

  /** Steps over a field that is not known. `known` is the highest number that the message itself uses. */
  skip(tag: number, end: number, known: number): void {
    if (tag >>> 3 <= known) throw malformed(`field ${tag >>> 3} has the wrong wire type`);
    switch (tag & 7) {
      case VARINT:
        this.int64(end);
        return;
      case FIXED64:
        this.fixed64(end);
        return;
      case LENGTH:
        this.position = this.partEnd(end);
        return;
      case FIXED32:
        if (end - this.position < 4) throw malformed('it ends inside a number');
        this.position += 4;
        return;
      default:
        throw malformed('a wire type that does not exist');
    }
  }
}
