import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decoded, defaultLimits, IngestError, RemoteWriteDecoder } from '../../src/ingest/index.js';
import { EARLIEST } from '../../src/model/index.js';
import {
  at,
  field,
  labelField,
  now,
  registry,
  remoteWrite,
  remoteWriteHeaders,
  STALE_BITS,
  sampleField,
  varint,
  type WireSeries,
  writeRequest,
} from './fixture.js';

const up = [['__name__', 'up']] as const;
const time = at('2026-03-01T11:59:00Z');

function decoder(limits = defaultLimits) {
  const { intern, labels } = registry();
  return { decoder: new RemoteWriteDecoder({ intern, limits }), labels };
}

function decode(message: Uint8Array): Decoded & { readonly labels: readonly object[] } {
  const { decoder: fresh, labels } = decoder();
  return { ...fresh.decode(remoteWrite(message), now), labels };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof IngestError) return error.code;
    throw error;
  }
  return 'none';
}

describe('what is read', () => {
  const series = fc.record({
    labels: fc
      .dictionary(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((name) => !/^__|\0/.test(name)),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((value) => !value.includes('\0')),
        { maxKeys: 8 },
      )
      .map((labels) => [...Object.entries(labels), ['__name__', 'm']] as [string, string][]),
    samples: fc.array(
      fc.record({
        at: fc.integer({ min: EARLIEST, max: now }),
        value: fc.oneof(fc.double(), fc.constant(STALE_BITS)),
      }),
      { maxLength: 5 },
    ),
  });

  it('is what was written, whatever the series, times and values', () => {
    fc.assert(
      fc.property(fc.array(series, { maxLength: 20 }), (sent) => {
        const { samples, sampleItems, refused, labels } = decode(writeRequest(sent));
        const expected = sent.flatMap(({ labels: pairs, samples: all }, item) =>
          all.map((sample) => ({ item, labels: Object.fromEntries(pairs), ...sample })),
        );
        const got = Array.from({ length: samples?.length ?? 0 }, (_, position) => ({
          item: sampleItems[position],
          labels: labels[samples?.series[position] ?? -1],
          at: samples?.at[position],
          value: samples?.stale.includes(position) ? STALE_BITS : samples?.value[position],
        }));
        expect(refused).toBe(0);
        expect(got).toEqual(expected);
      }),
      { numRuns: 300, seed: 20260301 },
    );
  });

  it('is the same when the series is known already', () => {
    const { decoder: kept, labels } = decoder();
    const message = writeRequest([{ labels: [...up, ['job', 'a']], samples: [{ at: time, value: 1 }] }]);
    const [first, second] = [kept.decodeMessage(message, now), kept.decodeMessage(message, now)];
    expect(second.samples).toEqual(first.samples);
    expect(labels).toHaveLength(1);
  });

  it('is one series whatever the order of its labels, whether they are split or empty ones are among them', () => {
    const sample = sampleField({ at: time, value: 1 });
    const [name, job, none] = [
      labelField(['__name__', 'up']),
      labelField(['job', 'a']),
      labelField(['x', '']),
    ];
    const message = Buffer.concat([
      field(1, name, job, sample),
      field(1, job, name, sample),
      field(1, sample, name, sample, job, none),
    ]);
    const { samples, labels } = decode(message);
    expect(samples?.length).toBe(4);
    expect(labels).toEqual([{ __name__: 'up', job: 'a' }]);
  });

  it('keeps NaN and infinities as values, and tells staleness markers apart from NaN', () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, STALE_BITS, -0];
    const { samples } = decode(
      writeRequest([{ labels: up, samples: values.map((value, step) => ({ at: time + step, value })) }]),
    );
    expect([...(samples?.value ?? [])].slice(0, 3)).toEqual(values.slice(0, 3));
    expect(samples?.value[4]).toBe(-0);
    expect(samples?.stale).toEqual([3]);
  });

  it('reads a sample without a value as 0, as proto3 writes it', () => {
    const message = field(1, labelField(['__name__', 'up']), field(2, Buffer.from([0x10]), varint(time)));
    expect(decode(message).samples?.value[0]).toBe(0);
  });

  it('passes over metadata, exemplars and fields that are not known', () => {
    const unknown = Buffer.concat([
      Buffer.from([0x78, 0x96, 0x01]),
      Buffer.from([0x79, 1, 2, 3, 4, 5, 6, 7, 8]),
      Buffer.from([0x7d, 1, 2, 3, 4]),
    ]);
    const one = field(
      1,
      labelField(['__name__', 'up']),
      field(3, Buffer.from('e')),
      sampleField({ at: time, value: 1 }),
      unknown,
    );
    const { samples, refused } = decode(Buffer.concat([field(3, Buffer.from('m')), unknown, one]));
    expect([samples?.length, refused]).toEqual([1, 0]);
  });

  it('is not what Genchi computed itself, which is counted and makes no series, known or not', () => {
    const own = [
      ['__name__', 'kanban_queue_depth'],
      ['computed_by', 'genchi'],
      ['instance', 'genchi:4600'],
      ['job', 'genchi'],
      ['service', 'checkout'],
    ] as const;
    const sample = (value: number) => ({ at: time, value });
    const message = writeRequest([
      { labels: own, samples: [sample(1), { at: time + 1, value: 2 }] },
      { labels: up, samples: [sample(3)] },
    ]);
    const { decoder: fresh, labels } = decoder();
    for (const round of ['first', 'second']) {
      const { samples, sampleItems, own: cameBack, refused } = fresh.decode(remoteWrite(message), now);
      expect([cameBack, refused, samples?.length, sampleItems[0]], round).toEqual([2, 0, 1, 1]);
    }
    expect(labels).toEqual([{ __name__: 'up' }]);
  });

  it('holds nothing when only metadata is sent', () => {
    expect(decode(field(3, Buffer.from('m'))).samples).toBeUndefined();
  });
});

describe('what is refused of a request whose rest is kept', () => {
  const good: WireSeries = { labels: up, samples: [{ at: time, value: 1 }] };

  function half(bad: WireSeries) {
    const { samples, refused, faults, labels } = decode(writeRequest([good, bad, good]));
    expect(samples?.length).toBe(2);
    expect(labels).toHaveLength(1);
    expect(refused).toBe(1);
    return faults;
  }

  it.each([
    ['a timestamp in the year 9999', Date.UTC(9999, 0, 1), /at most 10 minutes ahead/],
    ['a negative timestamp', -1, /after 2000/],
    ['the smallest timestamp there is', -(2 ** 63), /expected a time/],
    ['the largest timestamp there is', 2 ** 63 - 1024, /expected a time|ahead/],
  ])('%s', (_, when, message) => {
    const [fault] = half({ labels: up, samples: [{ at: when, value: 1 }] });
    expect(fault).toMatchObject({ item: 1, field: 'samples.timestamp' });
    expect(fault?.message).toMatch(message);
  });

  it.each<[string, WireSeries['labels'], string]>([
    ['a label value of 1 MB', [...up, ['pod', 'x'.repeat(1_000_000)]], 'labels.pod'],
    ['a label name of 1 MB', [...up, ['x'.repeat(1_000_000), 'y']], `labels.${'x'.repeat(64)}…`],
    ['no metric name', [['job', 'a']], 'labels.__name__'],
    ['no labels', [], 'labels.__name__'],
    ['a label twice', [...up, ['a', '1'], ['a', '2']], 'labels.a'],
    ['a label named __proto__', [...up, ['__proto__', '1']], 'labels.__proto__'],
    ['a label without a name', [...up, ['', '1']], 'labels'],
    ['65 labels', [...up, ...Array.from({ length: 64 }, (_, i) => [`l${i}`, 'v'] as const)], 'labels'],
    ['U+0000 in a value', [...up, ['a', '\0']], 'labels.a'],
    ['a label that looks like a credential', [...up, ['api_key', '0123456789']], 'labels.api_key'],
    ['a label that looks like personal data', [...up, ['user', 'a@example.com']], 'labels.user'],
  ])('%s', (_, labels, named) => {
    const [fault] = half({ labels, samples: [{ at: time, value: 1 }] });
    expect(fault).toMatchObject({ item: 1, field: named });
  });

  it('a label value that is not UTF-8', () => {
    const bad = field(1, field(1, Buffer.from('a')), field(2, Buffer.from([0xff, 0xfe])));
    const message = Buffer.concat([
      writeRequest([good]),
      field(1, labelField(['__name__', 'up']), bad, sampleField({ at: time, value: 1 })),
    ]);
    const { samples, faults } = decode(message);
    expect(samples?.length).toBe(1);
    expect(faults).toEqual([{ item: 1, field: 'labels.a', message: 'expected UTF-8' }]);
  });

  it('native histograms, by name, while the samples beside them are kept', () => {
    const message = field(
      1,
      labelField(['__name__', 'up']),
      field(4, Buffer.from([8, 1])),
      sampleField({ at: time, value: 1 }),
    );
    const { samples, refused, faults } = decode(message);
    expect([samples?.length, refused]).toEqual([1, 1]);
    expect(faults[0]).toMatchObject({
      item: 0,
      field: 'histograms',
      message: expect.stringContaining('not taken'),
    });
  });

  it('keeps markers of staleness in place when samples before them are taken back', () => {
    const stale = { at: time, value: STALE_BITS };
    const { samples } = decode(
      writeRequest([
        { labels: [], samples: [stale, stale] },
        { labels: up, samples: [stale] },
      ]),
    );
    expect(samples?.stale).toEqual([0]);
  });

  it('counts all of very many, and names the first 20', () => {
    const bad = Array.from({ length: 1_000 }, () => ({ labels: up, samples: [{ at: 0, value: 1 }] }));
    const { refused, faults, labels } = decode(writeRequest(bad));
    expect([refused, faults.length, labels.length]).toEqual([1_000, 20, 0]);
  });
});

describe('requests that are refused whole', () => {
  const valid = writeRequest([{ labels: up, samples: [{ at: time, value: 1 }] }]);

  function refuse(body: Uint8Array, headers: Record<string, string> = remoteWriteHeaders): string {
    return codeOf(() => decoder().decoder.decode({ body, headers }, now));
  }

  it('broken snappy', () => {
    const { body } = remoteWrite(valid);
    expect(refuse(body.subarray(0, body.length - 3))).toBe('bad-snappy');
    expect(refuse(Buffer.from('not snappy'))).toBe('bad-snappy');
    expect(refuse(Buffer.alloc(0))).toBe('bad-snappy');
    expect(refuse(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))).toBe('bad-snappy');
  });

  it('a declared length of 1 GiB, before anything is allocated', () => {
    const body = Buffer.concat([varint(2 ** 30), Buffer.from([0])]);
    const before = process.memoryUsage().arrayBuffers;
    expect(refuse(body)).toBe('body-too-large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  it('a declared length within the limit that the body cannot hold', () => {
    expect(refuse(Buffer.concat([varint(2 ** 24), Buffer.from([0, 0])]))).toBe('bad-snappy');
  });

  it('protobuf garbage, and every message that ends too early', () => {
    const { decoder: fresh } = decoder();
    expect(codeOf(() => fresh.decodeMessage(Buffer.from('garbage, not protobuf'), now))).toBe('bad-protobuf');
    for (let length = 1; length < valid.length; length += 1) {
      expect(codeOf(() => fresh.decodeMessage(valid.subarray(0, length), now))).toBe('bad-protobuf');
    }
  });

  it.each([
    ['a varint of 11 bytes', Buffer.from([0x08, ...Array(10).fill(0xff), 1])],
    ['a group, which protobuf gave up', Buffer.from([0x7b])],
    ['field number 0', Buffer.from([0x02, 0x00])],
    ['time series as a number', Buffer.from([0x08, 0x01])],
    ['labels as a number', field(1, Buffer.from([0x08, 0x01]))],
    ['a length of 2^63', Buffer.from([0x0a, ...Array(8).fill(0xff), 0x7f])],
    ['a negative length', Buffer.from([0x0a, ...Array(9).fill(0xff), 0x01])],
  ])('%s', (_, message) => {
    expect(codeOf(() => decoder().decoder.decodeMessage(message, now))).toBe('bad-protobuf');
  });

  it('never fails otherwise, whatever the bytes', () => {
    const { decoder: fresh } = decoder();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(valid.length), (noise, cut) => {
        const message = Buffer.concat([valid.subarray(0, cut), noise]);
        expect(['none', 'bad-protobuf']).toContain(codeOf(() => fresh.decodeMessage(message, now)));
      }),
      { numRuns: 1_000, seed: 20260301 },
    );
  });

  it.each([
    ['remote write 2.0', { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' }],
    ['JSON', { 'content-type': 'application/json' }],
    ['no compression', { 'content-encoding': 'identity' }],
  ])('%s, as a media type that is not supported', (_, headers) => {
    expect(refuse(remoteWrite(valid).body, { ...remoteWriteHeaders, ...headers })).toBe(
      'unsupported-media-type',
    );
  });

  it('but not remote write 1.0 that names its message', () => {
    const headers = {
      ...remoteWriteHeaders,
      'content-type': 'application/x-protobuf; proto="prometheus.WriteRequest"',
    };
    expect(refuse(remoteWrite(valid).body, headers)).toBe('none');
  });
});
