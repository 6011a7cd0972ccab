import { compressSync } from 'snappy';
import type { EncodedRequest } from '../../src/ingest/index.js';
import {
  canonicalLabels,
  type EventReceipt,
  type Instant,
  type Labels,
  parseInstant,
  type SeriesRef,
} from '../../src/model/index.js';

/** The server's clock in these tests. */
export const now: Instant = at('2026-03-01T12:00:00Z');

/** A time that must be readable. */
export function at(text: string): Instant {
  const instant = parseInstant(text);
  if (instant === undefined) throw new TypeError(`not a time: ${text}`);
  return instant;
}

/** An interner that numbers series from 0 and tells which it has seen. */
export function registry() {
  const known = new Map<string, number>();
  const labels: Labels[] = [];
  const intern = (all: Labels): SeriesRef => {
    const key = canonicalLabels(all);
    const ref = known.get(key) ?? labels.length;
    if (ref === labels.length) {
      known.set(key, ref);
      labels.push(all);
    }
    return ref as SeriesRef;
  };
  return { intern, labels };
}

/** A JSON request. */
export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): EncodedRequest {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { body: Buffer.from(text), headers: { 'content-type': 'application/json', ...headers } };
}

/** The only event of a list. */
export function only(events: readonly EventReceipt[]): EventReceipt {
  const [event, ...others] = events;
  if (event === undefined || others.length > 0) throw new RangeError(`${events.length} events, expected 1`);
  return event;
}

/** One time series as a sender would describe it. */
export interface WireSeries {
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** A value, or the raw bits of one. */
  readonly samples: readonly { readonly at: number; readonly value: number | bigint }[];
}

export const STALE_BITS = 0x7ff0_0000_0000_0002n;

/** A varint of a 64-bit integer. */
export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

/** A field of bytes. */
export function field(number: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(number * 8 + 2), varint(body.length), body]);
}

export function labelField([name, value]: readonly [string, string]): Buffer {
  return field(1, field(1, Buffer.from(name)), field(2, Buffer.from(value)));
}

export function sampleField({ at: time, value }: WireSeries['samples'][number]): Buffer {
  const double = Buffer.alloc(9);
  double[0] = 0x09;
  if (typeof value === 'bigint') double.writeBigUInt64LE(value, 1);
  else double.writeDoubleLE(value, 1);
  return field(2, double, Buffer.from([0x10]), varint(time));
}

/** A `WriteRequest`, encoded without the decoder's help. */
export function writeRequest(series: readonly WireSeries[]): Buffer {
  const fields = series.map(({ labels, samples }) =>
    field(1, ...labels.map(labelField), ...samples.map(sampleField)),
  );
  return Buffer.concat(fields);
}

export const remoteWriteHeaders = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};

/** A remote-write request of a message. */
export function remoteWrite(message: Uint8Array): EncodedRequest {
  return { body: compressSync(message), headers: remoteWriteHeaders };
}
