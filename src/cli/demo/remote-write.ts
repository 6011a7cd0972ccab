import { compress } from 'snappy';
import type { Labels } from '../../model/index.js';

/** A series of a remote-write request: all its labels, `__name__` among them, and its samples by column. */
export interface WriteSeries {
  readonly labels: Labels;
  /** Times in milliseconds since the epoch. */
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/** Wire types of Protocol Buffers, as field number 1 carries them; field 2 is `| 0x10` with the same low bits. */
const FIELD_1_BYTES = 0x0a;
const FIELD_2_BYTES = 0x12;
const FIELD_1_DOUBLE = 0x09;
const FIELD_2_VARINT = 0x10;

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

/** Writes an unsigned number below 2^53 as a varint; answers the position after it. */
function writeVarint(target: Buffer, value: number, position: number): number {
  let rest = value;
  let next = position;
  while (rest >= 128) {
    target[next] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
    next += 1;
  }
  target[next] = rest;
  return next + 1;
}

/** A field of bytes: its tag, its length, its content. */
function bytesField(tag: number, content: Uint8Array): Buffer {
  const field = Buffer.allocUnsafe(1 + varintLength(content.length) + content.length);
  field[0] = tag;
  field.set(content, writeVarint(field, content.length, 1));
  return field;
}

function encodeLabel(name: string, value: string): Buffer {
  const parts = [bytesField(FIELD_1_BYTES, Buffer.from(name)), bytesField(FIELD_2_BYTES, Buffer.from(value))];
  return bytesField(FIELD_1_BYTES, Buffer.concat(parts));
}

/** Labels as they were encoded before; senders repeat the same ones with every request. */
const encodedLabels = new WeakMap<Labels, Buffer>();

function encodeLabels(labels: Labels): Buffer {
  const known = encodedLabels.get(labels);
  if (known !== undefined) return known;
  const names = Object.keys(labels).sort();
  const encoded = Buffer.concat(names.map((name) => encodeLabel(name, labels[name] ?? '')));
  encodedLabels.set(labels, encoded);
  return encoded;
}

function encodeSample(at: number, value: number): Buffer {
  const sample = Buffer.allocUnsafe(10 + varintLength(at));
  sample[0] = FIELD_1_DOUBLE;
  sample.writeDoubleLE(value, 1);
  sample[9] = FIELD_2_VARINT;
  writeVarint(sample, at, 10);
  return bytesField(FIELD_2_BYTES, sample);
}

/** A `WriteRequest` of the Prometheus remote-write 1.0 protocol, labels sorted by name, before compression. */
export function encodeWriteRequest(series: readonly WriteSeries[]): Buffer {
  return Buffer.concat(
    series.map(({ labels, at, values }) =>
      bytesField(
        FIELD_1_BYTES,
        Buffer.concat([
          encodeLabels(labels),
          ...at.map((time, index) => encodeSample(time, values[index] ?? Number.NaN)),
        ]),
      ),
    ),
  );
}

/** The body of a remote-write request: {@link encodeWriteRequest} in snappy's block format. */
export function encodeRemoteWrite(series: readonly WriteSeries[]): Promise<Buffer> {
  return compress(encodeWriteRequest(series));
}
