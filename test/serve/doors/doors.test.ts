import type { IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { compressSync } from 'snappy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EvidenceStore, Recorder } from '../../../src/evidence/index.js';
import { instantOf, KnownNames } from '../../../src/model/index.js';
import { at, now, remoteWriteHeaders, STALE_BITS, varint, writeRequest } from '../../ingest/fixture.js';
import { HeldRecorder, iris, limits, openDoors, serveDoors } from './fixture.js';

type Doors = Awaited<ReturnType<typeof openDoors>>;
let doors: Doors;

beforeEach(async () => {
  doors = await openDoors();
});
afterEach(() => doors.close());

const time = '2026-03-01T11:58:00Z';
const failure = { kind: 'failure', time, service: 'checkout', component: 'db', reason: 'timeout' };
const up = [
  ['__name__', 'up'],
  ['service', 'cart'],
] as const;
const sample = { at: at(time), value: 1 };

function post(path: string, body: string | Buffer | object, headers: Record<string, string> = {}) {
  const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return doors.server.inject({
    method: 'POST',
    url: `/api/v1/${path}`,
    payload,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

function write(message: Buffer, headers: Record<string, string> = {}) {
  return post('write', compressSync(message), { ...remoteWriteHeaders, ...headers });
}

async function samplesOf(store: EvidenceStore) {
  const refs = store.findSeries({}).map((series) => series.ref);
  return store.samples(refs, { from: instantOf(0), to: instantOf(now + 1) }, 1_000);
}

/** What an error must be: a problem document with its code. */
function expectProblem(answer: Awaited<ReturnType<typeof post>>, status: number, code: string) {
  expect([answer.statusCode, answer.headers['content-type'], answer.json()]).toEqual([
    status,
    'application/problem+json; charset=utf-8',
    expect.objectContaining({
      type: `/problems/${code}`,
      title: expect.any(String),
      status,
      detail: expect.any(String),
      code,
    }),
  ]);
}

describe('POST /api/v1/write', () => {
  it('answers 204 without a body after the samples are recorded', async () => {
    const answer = await write(
      writeRequest([{ labels: up, samples: [sample, { at: sample.at + 15_000, value: STALE_BITS }] }]),
    );
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    const { at: times, value, stale } = await samplesOf(doors.store);
    expect([times, value[0], stale]).toEqual([[sample.at, sample.at + 15_000], 1, [1]]);
  });

  it('answers 204 to an exact repeat, and records it once', async () => {
    const message = writeRequest([{ labels: up, samples: [sample, sample] }]);
    expect((await write(message)).statusCode).toBe(204);
    expect((await write(message)).statusCode).toBe(204);
    expect((await samplesOf(doors.store)).at).toHaveLength(1);
    expect(doors.observations.map(({ samples, repeated }) => [samples, repeated])).toEqual([
      [1, 1],
      [0, 2],
    ]);
  });

  it('answers 400 when half a batch is wrong, says which, and keeps the rest', async () => {
    const answer = await write(
      writeRequest([
        { labels: up, samples: [sample] },
        { labels: [['job', 'nameless']], samples: [sample] },
        { labels: [...up, ['pod', 'x'.repeat(100_000)]], samples: [sample] },
        { labels: up, samples: [{ at: Date.UTC(9999, 0, 1), value: 1 }] },
        { labels: up, samples: [{ at: sample.at + 1, value: 2 }] },
      ]),
    );
    expectProblem(answer, 400, 'bad-item');
    expect(answer.json()).toMatchObject({
      recorded: 2,
      refusedItems: 3,
      faults: [
        { item: 1, field: 'labels.__name__' },
        { item: 2, field: 'labels.pod' },
        { item: 3, field: 'samples.timestamp' },
      ],
    });
    expect((await samplesOf(doors.store)).at).toHaveLength(2);
    expect(doors.observations[0]).toMatchObject({
      door: 'remote-write',
      outcome: 'partial',
      samples: 2,
      refused: 3,
    });
  });

  it('answers 400 to another value at the same time and to samples over an hour out of order', async () => {
    await write(writeRequest([{ labels: up, samples: [sample] }]));
    const answer = await write(
      writeRequest([
        { labels: up, samples: [{ at: sample.at - 1, value: 5 }] },
        { labels: up, samples: [{ at: sample.at, value: 2 }] },
        { labels: up, samples: [{ at: sample.at - 3_700_000, value: 3 }] },
      ]),
    );
    expectProblem(answer, 400, 'bad-item');
    const { recorded, faults } = answer.json();
    expect(recorded).toBe(1);
    expect(faults).toMatchObject([
      { item: 1, message: expect.stringContaining('another value') },
      { item: 2, message: expect.stringContaining('over an hour') },
    ]);
  });

  it('answers 204 to a request that brings metadata alone', async () => {
    expect((await write(Buffer.from([0x1a, 0x00]))).statusCode).toBe(204);
  });

  it('keeps nothing of a request whose protobuf breaks off', async () => {
    const message = writeRequest([{ labels: up, samples: [sample] }]);
    expectProblem(await write(Buffer.concat([message, Buffer.from([0x0a, 0x7f])])), 400, 'bad-protobuf');
    expect((await samplesOf(doors.store)).at).toEqual([]);
    expect((await doors.store.totals()).series).toBe(0);
  });

  it.each<[string, Buffer, number, string]>([
    ['broken snappy', Buffer.from('not snappy at all'), 400, 'bad-snappy'],
    ['protobuf garbage', compressSync('garbage'), 400, 'bad-protobuf'],
    ['a declared length of 1 GiB', Buffer.concat([varint(2 ** 30), Buffer.alloc(8)]), 413, 'body-too-large'],
    ['a body over the limit', Buffer.alloc(limits.bodyBytes + 1), 413, 'body-too-large'],
  ])('refuses %s', async (_, body, status, code) => {
    expectProblem(await post('write', body, remoteWriteHeaders), status, code);
    expect(doors.observations).toMatchObject([{ outcome: 'refused', reason: code, refused: 1, samples: 0 }]);
  });

  it('answers 415 to remote write 2.0 and to bodies that are not compressed with snappy', async () => {
    const message = writeRequest([]);
    const two = { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' };
    expectProblem(await write(message, two), 415, 'unsupported-media-type');
    expectProblem(await write(message, { 'content-encoding': 'gzip' }), 415, 'unsupported-media-type');
    expectProblem(
      await write(message, { 'content-type': 'application/json' }),
      415,
      'unsupported-media-type',
    );
  });
});

describe('names beyond maxServices and maxAlertNames', () => {
  it('are refused by item and field at every door of events, and all others are taken', async () => {
    const { close, store } = doors;
    const names = new KnownNames({ services: 2, alerts: 1 }, { services: ['checkout'], alerts: [] });
    doors = { ...doors, ...serveDoors(store, new Recorder(store), { ...limits, names }), close };
    const services = ['cart', 'mail', 'checkout'].map((service) => ({ ...failure, service }));
    const answer = await post('events', services);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      207,
      {
        ...{ recorded: 2, refusedItems: 1 },
        refused: [{ item: 1, field: 'service', message: expect.stringContaining('maxServices (2)') }],
      },
    ]);
    expect(doors.observations.at(-1)).toMatchObject({ outcome: 'partial', refused: 1, overNames: 1 });
    const alerts = ['Slow', 'Down'].map((alertname) => ({
      ...{ status: 'firing', labels: { alertname, service: 'cart' }, startsAt: time },
    }));
    const told = await post('alertmanager', { version: '4', alerts });
    expectProblem(told, 400, 'bad-item');
    expect(told.json()).toMatchObject({
      recorded: 1,
      faults: [{ item: 1, field: 'name', message: expect.stringContaining('maxAlertNames (1)') }],
    });
    expect(await store.alertNames()).toEqual(['Slow']);
  });
});

describe('series beyond maxSeries', () => {
  /** Time series of so many pods. */
  const pods = (names: readonly string[]) =>
    names.map((pod) => ({ labels: [...up, ['pod', pod] as const], samples: [sample] }));
  const few = (names: readonly string[]) => ({
    ...doors,
    ...serveDoors(doors.store, new Recorder(doors.store), { ...limits, maxSeries: names.length }),
  });

  it('are refused with 400, which Prometheus does not repeat, by name and number; all others are taken', async () => {
    const { close } = doors;
    doors = { ...few(['a', 'b']), close };
    expect((await write(writeRequest(pods(['a', 'b'])))).statusCode).toBe(204);
    const later = { at: sample.at + 15_000, value: 2 };
    const answer = await write(
      writeRequest(pods(['a', 'c', 'b', 'd']).map((series) => ({ ...series, samples: [later] }))),
    );
    expectProblem(answer, 400, 'bad-item');
    expect(answer.json()).toMatchObject({ recorded: 2, refusedItems: 2 });
    expect(answer.json().detail).toContain('2 of them are of 2 new series');
    expect(answer.json().detail).toContain('maxSeries (2)');
    expect(answer.json().faults).toEqual([
      { item: 1, field: 'labels', message: expect.stringContaining('"c"') },
      { item: 3, field: 'labels', message: expect.stringContaining('"d"') },
    ]);
    expect(doors.store.seriesCount).toBe(2);
    expect(doors.observations.at(-1)).toMatchObject({ outcome: 'partial', refused: 2, overLimit: 2 });
  });

  it('are refused at the events door alike, beside events that are taken', async () => {
    const { close } = doors;
    doors = { ...few([]), close };
    const metric = { kind: 'metric', metric: 'up', value: 1, time, service: 'cart' };
    const answer = await post('events', [metric, failure]);
    expect(answer.statusCode).toBe(207);
    expect(answer.json()).toMatchObject({ recorded: 1, refusedItems: 1 });
    expect(doors.store.seriesCount).toBe(0);
  });

  it('are not used up by a request that breaks off, nor by labels of great length beyond their bound', async () => {
    const { close } = doors;
    doors = { ...few(['a', 'b']), close };
    const broken = Buffer.concat([writeRequest(pods(['x', 'y'])), Buffer.from([0x0a, 0x7f])]);
    expectProblem(await write(broken), 400, 'bad-protobuf');
    expect(doors.store.seriesCount).toBe(0);
    expect((await write(writeRequest(pods(['a'])))).statusCode).toBe(204);
    expect((await write(writeRequest(pods(['z'.repeat(2_000)])))).statusCode).toBe(400);
    expect((await write(writeRequest(pods(['x'])))).statusCode).toBe(204);
  });
});

describe('POST /api/v1/events', () => {
  it('answers with the receipts, in the order of the items, and repeats have the first receipt', async () => {
    const metric = { kind: 'metric', time, service: 'cart', metric: 'm', value: 1 };
    const first = await post('events', [metric, { ...failure, id: 'a' }]);
    expect(first.statusCode).toBe(200);
    expect(first.json()).toMatchObject({ recorded: 2, repeated: 0, refused: [] });
    const [ofSample, ofEvent] = first.json().receipts;
    expect(iris.parse(ofSample)).toMatchObject({ type: 'sample', at: at(time) });
    expect(iris.parse(ofEvent)).toMatchObject({ type: 'event', kind: 'failure', at: at(time) });

    const again = await post('events', [metric, { ...failure, id: 'a', time: undefined }]);
    expect(again.statusCode).toBe(200);
    expect(again.json()).toEqual({ ...first.json(), recorded: 0, repeated: 2 });
  });

  it('names receipts that can be found', async () => {
    const [iri] = (await post('events', failure)).json().receipts;
    const named = iris.parse(iri);
    if (named?.type !== 'event') throw new TypeError(`not an event: ${iri}`);
    const { type: _, kind, at: when, id } = named;
    expect(await doors.store.event(kind, when, id)).toMatchObject({ reason: 'timeout', service: 'checkout' });
  });

  it('answers 207 when half a batch is wrong, says which, and keeps the rest', async () => {
    const batch = [
      failure,
      { ...failure, reason: 7 },
      { ...failure, kind: 'x' },
      { ...failure, reason: 'b' },
    ];
    const answer = await post('events', batch);
    expect(answer.statusCode).toBe(207);
    expect(answer.json()).toMatchObject({
      recorded: 2,
      refusedItems: 2,
      refused: [
        { item: 1, field: 'reason' },
        { item: 2, field: 'kind' },
      ],
      receipts: [expect.any(String), expect.any(String)],
    });
  });

  it('answers 207 when the store refuses a sample, whose receipt is not listed', async () => {
    const metric = (value: number) => ({ kind: 'metric', time, service: 'cart', metric: 'm', value });
    const answer = await post('events', [metric(1), metric(2)]);
    expect(answer.statusCode).toBe(207);
    expect(answer.json()).toMatchObject({ recorded: 1, refused: [{ item: 1, field: 'samples' }] });
    expect(answer.json().receipts).toHaveLength(1);
  });

  it('answers 400 when nothing of it can be kept', async () => {
    const answer = await post('events', [{ kind: 'x' }, { kind: 'y' }]);
    expectProblem(answer, 400, 'bad-item');
    expect(answer.json()).toMatchObject({ recorded: 0, refusedItems: 2, faults: [{ item: 0 }, { item: 1 }] });
  });

  it.each<[string, string, string, number, string]>([
    ['JSON 1,000 deep', '['.repeat(1_000), 'application/json', 400, 'bad-json'],
    ['a prototype', '{"__proto__":{"kind":"failure"}}', 'application/json', 400, 'bad-json'],
    ['no JSON', 'hello', 'application/json', 400, 'bad-json'],
    ['an empty body', '', 'application/json', 400, 'bad-json'],
    ['plain text', JSON.stringify(failure), 'text/plain', 415, 'unsupported-media-type'],
    ['a form', 'kind=failure', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
  ])('refuses %s', async (_, body, type, status, code) => {
    expectProblem(await post('events', body, { 'content-type': type }), status, code);
  });
});

describe('POST /api/v1/cloudevents', () => {
  it('records what comes by headers, and answers with the receipt', async () => {
    const { kind: _, time: __, ...data } = failure;
    const answer = await post('cloudevents', data, {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': '/ci',
      'ce-type': 'tps.failure',
      'ce-time': time,
    });
    expect(answer.json()).toMatchObject({ recorded: 1, receipts: [expect.stringContaining('/id/failure/')] });
    expect(doors.observations).toMatchObject([{ door: 'cloudevents', outcome: 'recorded', events: 1 }]);
  });
});

describe('POST /api/v1/alertmanager', () => {
  const alert = {
    status: 'firing',
    labels: { alertname: 'Slow', service: 'cart' },
    annotations: {},
    startsAt: time,
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: 'f1',
  };
  const payload = (...alerts: readonly object[]) => ({ version: '4', groupKey: 'g', receiver: 'r', alerts });

  it('records an alert once, however often it is notified', async () => {
    expect((await post('alertmanager', payload(alert))).json()).toMatchObject({ recorded: 1, repeated: 0 });
    expect((await post('alertmanager', payload(alert))).json()).toMatchObject({ recorded: 0, repeated: 1 });
    const cleared = { ...alert, status: 'resolved', endsAt: '2026-03-01T11:59:00Z' };
    expect((await post('alertmanager', payload(cleared))).json()).toMatchObject({ recorded: 1 });
  });

  it('answers 400 when an alert is wrong, and keeps the others', async () => {
    const answer = await post('alertmanager', payload({ ...alert, labels: {} }, alert));
    expectProblem(answer, 400, 'bad-item');
    expect(answer.json()).toMatchObject({ recorded: 1, faults: [{ item: 0, field: 'labels.alertname' }] });
  });

  it('answers 503, which Alertmanager retries, when the store is closed', async () => {
    await doors.store.close();
    const answer = await post('alertmanager', payload(alert));
    expectProblem(answer, 503, 'store-closed');
    expect(answer.headers['retry-after']).toBe('1');
    expect(doors.observations).toMatchObject([{ outcome: 'failed', reason: 'store-closed' }]);
  });
});

describe('compression of the JSON doors', () => {
  it('takes gzip', async () => {
    const answer = await post('events', gzipSync(JSON.stringify(failure)), { 'content-encoding': 'gzip' });
    expect(answer.json()).toMatchObject({ recorded: 1 });
  });

  it('stops a bomb while it is decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1_024 * 1_024, 0x20));
    expect(bomb.length).toBeLessThan(limits.bodyBytes);
    expectProblem(await post('events', bomb, { 'content-encoding': 'gzip' }), 413, 'body-too-large');
  });

  it('refuses gzip that is broken, and what is neither gzip nor plain', async () => {
    expectProblem(await post('events', 'no gzip', { 'content-encoding': 'gzip' }), 400, 'bad-encoding');
    const br = await post('events', '{}', { 'content-encoding': 'br' });
    expectProblem(br, 415, 'unsupported-media-type');
  });
});

describe('requests under way', () => {
  it('are bounded in bytes: what is too much gets 503 and Retry-After, and all is free afterwards', async () => {
    const recorder = new HeldRecorder(doors.store);
    const bounds = { ...limits, inFlightBytes: 1_000 };
    const { server, observations } = serveDoors(doors.store, recorder, bounds);
    const send = (reason: string) =>
      server.inject({
        method: 'POST',
        url: '/api/v1/events',
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify({ ...failure, reason }),
      });
    const first = send('a'.repeat(700));
    await recorder.held;
    const second = await send('b'.repeat(700));
    expectProblem(second, 503, 'overloaded');
    expect(second.headers['retry-after']).toBe('1');
    recorder.release();
    expect((await first).statusCode).toBe(200);
    expect((await send('b'.repeat(700))).statusCode).toBe(200);
    expect(observations.map(({ outcome }) => outcome)).toEqual(['failed', 'recorded', 'recorded']);
    await server.close();
  });

  it('gets 413, not 503, where it could never fit: senders repeat a 503 for ever', async () => {
    const bounds = { ...limits, inFlightBytes: 1_000 };
    const { server } = serveDoors(doors.store, new Recorder(doors.store), bounds);
    const payload = JSON.stringify({ ...failure, reason: 'c'.repeat(2_000) });
    const answer = await server.inject({ ...jsonOf({}), method: 'POST', url: '/api/v1/events', payload });
    expectProblem(answer, 413, 'body-too-large');
    await server.close();
  });

  it('count what a small body grows to', async () => {
    const bounds = { ...limits, inFlightBytes: 10_000 };
    const { server } = serveDoors(doors.store, new Recorder(doors.store), bounds);
    const answer = await server.inject({
      method: 'POST',
      url: '/api/v1/events',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      payload: gzipSync(`${' '.repeat(20_000)}${JSON.stringify(failure)}`),
    });
    expectProblem(answer, 413, 'body-too-large');
    await server.close();
  });

  it('free what they held when a sender breaks off in the middle of a body', async () => {
    const bounds = { ...limits, inFlightBytes: 1_000 };
    const { server } = serveDoors(doors.store, new Recorder(doors.store), bounds);
    const send = () => server.inject({ method: 'POST', url: '/api/v1/events', ...jsonOf(failure) });
    await server.listen({ host: '127.0.0.1', port: 0 });
    const address = server.server.address() as AddressInfo;
    const arrival = new Promise<IncomingMessage>((resolve) => server.server.once('request', resolve));
    const sender = connect(address.port, '127.0.0.1');
    sender.write('POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n');
    sender.write('Content-Length: 990\r\n\r\n{"kind":');
    const { socket } = await arrival;
    expect((await send()).statusCode).toBe(503);
    const gone = new Promise((resolve) => socket.once('close', resolve));
    sender.destroy();
    await gone;
    expect((await send()).statusCode).toBe(200);
    await server.close();
  });
});

function jsonOf(value: object) {
  return { payload: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}
