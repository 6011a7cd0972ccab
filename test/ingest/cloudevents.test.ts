import { describe, expect, it } from 'vitest';
import { CloudEventsDecoder, defaultLimits, IngestError } from '../../src/ingest/index.js';
import { at, json, now, only, registry } from './fixture.js';

const DIGEST = 'sha256:0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427';

/** The data of a CDEvent about a service, in the form of the specification. */
function cdEvent(predicate: string, content: object = {}, customData?: unknown) {
  return {
    context: {
      version: '0.4.1',
      id: '271069a8-fc18-44f1-b38f-9d70a1695819',
      source: '/delivery/argo',
      type: `dev.cdevents.service.${predicate}.0.2.0`,
      timestamp: '2026-03-01T11:40:05.315384Z',
    },
    subject: {
      id: 'service/checkout',
      source: '/delivery/argo',
      type: 'service',
      content: {
        environment: { id: 'production' },
        artifactId: `pkg:oci/checkout@${encodeURIComponent(DIGEST)}?repository_url=registry.example/shop&tag=1.42.0`,
        ...content,
      },
    },
    ...(customData === undefined ? {} : { customData }),
  };
}

function cloudEvent(predicate = 'deployed', change: object = {}) {
  return {
    specversion: '1.0',
    id: '271069a8-fc18-44f1-b38f-9d70a1695819',
    source: '/delivery/argo',
    type: `dev.cdevents.service.${predicate}.0.2.0`,
    subject: 'service/checkout',
    time: '2026-03-01T11:40:05.315384Z',
    datacontenttype: 'application/json',
    data: cdEvent(predicate),
    ...change,
  };
}

function decodeWith(type: string, body: unknown, headers: Record<string, string> = {}) {
  const { intern } = registry();
  const decoder = new CloudEventsDecoder({ intern, limits: defaultLimits });
  return decoder.decode(json(body, { 'content-type': type, ...headers }), now);
}

const structured = (event: unknown) => decodeWith('application/cloudevents+json; charset=utf-8', event);
const batched = (events: unknown) => decodeWith('application/cloudevents-batch+json', events);

const binaryHeaders = {
  'ce-specversion': '1.0',
  'ce-id': '271069a8-fc18-44f1-b38f-9d70a1695819',
  'ce-source': '/delivery/argo',
  'ce-type': 'dev.cdevents.service.deployed.0.2.0',
  'ce-subject': 'service/checkout',
  'ce-time': '2026-03-01T11:40:05.315384Z',
};
const binary = (data: unknown, headers: Record<string, string> = {}) =>
  decodeWith('application/json', data, { ...binaryHeaders, ...headers });

const deployment = {
  kind: 'deployment',
  at: at('2026-03-01T11:40:05.315Z'),
  receivedAt: now,
  door: 'cloudevents',
  service: 'checkout',
  version: '1.42.0',
  action: 'deployed',
  environment: 'production',
};

describe('a CDEvent about a service', () => {
  it('is the same deployment in the structured, the batched and the binary mode', () => {
    const one = only(structured(cloudEvent()).events);
    expect(one).toMatchObject(deployment);
    expect(batched([cloudEvent()]).events).toEqual([one]);
    expect(binary(cdEvent('deployed')).events).toEqual([one]);
    expect(decodeWith('application/cdevents+json', cdEvent('deployed'), binaryHeaders).events).toEqual([one]);
  });

  it.each(['deployed', 'upgraded', 'rolledback', 'removed'])('%s says what happened to it', (predicate) => {
    for (const suffix of ['.0.1.1', '.0.2.0', '.0.3.0-draft', '.v1', '']) {
      const event = cloudEvent(predicate, { type: `dev.cdevents.service.${predicate}${suffix}` });
      expect(only(structured(event).events)).toMatchObject({ kind: 'deployment', action: predicate });
    }
  });

  it('keeps where it came from in labels', () => {
    expect(only(structured(cloudEvent()).events).labels).toMatchObject({
      ce_source: '/delivery/argo',
      ce_id: '271069a8-fc18-44f1-b38f-9d70a1695819',
      ce_type: 'dev.cdevents.service.deployed.0.2.0',
      cdevents_subject: 'service/checkout',
      artifact_id: expect.stringContaining('pkg:oci/checkout@sha256%3A'),
    });
  });

  it.each([
    [
      'the digest when the image has no tag',
      { artifactId: `pkg:oci/myapp@${encodeURIComponent(DIGEST)}` },
      DIGEST,
    ],
    ['the version of a package', { artifactId: 'pkg:golang/example.com/shop/checkout@v1.2.3#cmd' }, 'v1.2.3'],
    ['the artifact itself when it is no package URL', { artifactId: 'checkout:1.2' }, 'checkout:1.2'],
  ])('has as version %s', (_, content, version) => {
    const event = cloudEvent('deployed', { data: cdEvent('deployed', content) });
    expect(only(structured(event).events)).toMatchObject({ version });
  });

  it('takes what the sender adds as custom data', () => {
    const custom = {
      version: '1.43.0',
      previousVersion: '1.42.0',
      commit: 'abc123',
      message: 'Shrink the pool',
      author: 'third-on-call',
      diff: '-pool: 40\n+pool: 5',
      ticket: { not: 'known' },
    };
    const { ticket: _, ...known } = custom;
    const event = cloudEvent('upgraded', { data: cdEvent('upgraded', {}, custom) });
    expect(only(structured(event).events)).toMatchObject({ ...known, action: 'upgraded' });
    const opaque = cloudEvent('upgraded', { data: cdEvent('upgraded', {}, 'PHhtbC8+') });
    expect(structured(opaque).refused).toBe(0);
  });

  it('takes the time of the data, then that of the server, when the envelope has none', () => {
    const event = cloudEvent('deployed', { time: undefined });
    expect(only(structured(event).events).at).toBe(deployment.at);
    const { context: _, ...timeless } = cdEvent('deployed');
    expect(only(structured({ ...event, data: timeless }).events).at).toBe(now);
  });

  it('is refused when the time of its data cannot be read, rather than dated by the server', () => {
    const data = { ...cdEvent('deployed'), context: { timestamp: 'yesterday' } };
    const { events, faults } = structured(cloudEvent('deployed', { time: undefined, data }));
    expect(events).toEqual([]);
    expect(faults).toMatchObject([{ item: 0, field: 'data.context.timestamp' }]);
  });

  it('needs a version, except when the service is removed', () => {
    const without = (predicate: string) =>
      structured(cloudEvent(predicate, { data: cdEvent(predicate, { artifactId: undefined }) }));
    expect(without('deployed').faults).toEqual([
      { item: 0, field: 'data.subject.content.artifactId', message: expect.stringContaining('version') },
    ]);
    expect(only(without('removed').events)).toMatchObject({ version: 'none', action: 'removed' });
  });

  it('may carry its data as Base64', () => {
    const { data, ...event } = cloudEvent();
    const data_base64 = Buffer.from(JSON.stringify(data)).toString('base64');
    expect(only(structured({ ...event, data_base64 }).events)).toMatchObject(deployment);
  });
});

describe('a native event as a CloudEvent', () => {
  const native = cloudEvent('', {
    type: 'tps.failure',
    data: { service: 'cart', component: 'db', reason: 'timeout' },
  });

  it('has its kind, time and identity from the envelope', () => {
    expect(only(structured(native).events)).toMatchObject({
      kind: 'failure',
      at: deployment.at,
      door: 'cloudevents',
      service: 'cart',
      reason: 'timeout',
    });
  });

  it('is refused when its data names another time than the envelope', () => {
    const event = (time: string) => ({
      specversion: '1.0',
      id: 'a',
      source: 's',
      type: 'tps.failure',
      time: '2026-03-01T11:40:00Z',
      data: { service: 'cart', component: 'db', reason: 'timeout', time },
    });
    expect(structured(event('2026-03-01T12:40:00+01:00')).events).toHaveLength(1);
    const { events, faults } = structured(event('2026-03-01T11:41:00Z'));
    expect([events, faults]).toMatchObject([[], [{ item: 0, field: 'data.time' }]]);
  });

  it('may be a metric', () => {
    const metric = { ...native, type: 'tps.metric', data: { service: 'cart', metric: 'm', value: 1 } };
    expect(structured(metric).samples).toMatchObject({ length: 1 });
    expect(structured({ ...metric, time: undefined }).faults).toEqual([
      { item: 0, field: 'time', message: expect.stringContaining('series and its time') },
    ]);
  });

  it('is refused with the fields that are wrong', () => {
    expect(structured({ ...native, data: { service: 'cart' } }).faults.map((fault) => fault.field)).toEqual([
      'component',
      'reason',
    ]);
    expect(structured({ ...native, data: { kind: 'deployment' } }).faults[0]?.field).toBe('data.kind');
    expect(structured({ ...native, data: 'x' }).faults[0]?.field).toBe('data');
    expect(structured({ ...native, type: 'tps.incident' }).faults[0]?.field).toBe('kind');
  });
});

describe('identity', () => {
  const idOf = (change: object) => only(structured(cloudEvent('deployed', change)).events).id;

  it('is source and id, whatever else', () => {
    expect(idOf({})).toBe(
      idOf({ time: '2026-03-01T11:00:00Z', type: 'dev.cdevents.service.upgraded.0.2.0' }),
    );
    expect(idOf({})).not.toBe(idOf({ id: 'other' }));
    expect(idOf({})).not.toBe(idOf({ source: '/other' }));
    expect(idOf({ source: 'a', id: 'bc' })).not.toBe(idOf({ source: 'ab', id: 'c' }));
  });
});

describe('what is refused', () => {
  it('is one event of a batch, while the others are kept', () => {
    const { events, eventItems, refused, faults } = batched([
      cloudEvent(),
      cloudEvent('deployed', { type: 'com.example.other' }),
      cloudEvent('deployed', { specversion: '0.3' }),
      cloudEvent('deployed', { source: '' }),
      cloudEvent('deployed', { time: '9999-01-01T00:00:00Z' }),
      cloudEvent('deployed', { data: undefined }),
      'no event',
      cloudEvent('removed', { id: 'other' }),
    ]);
    expect(events).toHaveLength(2);
    expect(eventItems).toEqual([0, 7]);
    expect(refused).toBe(6);
    expect(faults.map(({ item, field }) => [item, field])).toEqual([
      [1, 'type'],
      [2, 'specversion'],
      [3, 'source'],
      [4, 'time'],
      [5, 'data'],
      [6, undefined],
    ]);
    expect(faults[0]?.message).toContain('dev.cdevents.service.deployed');
  });

  it.each<[string, () => unknown, string]>([
    ['a batch that is no list', () => batched(cloudEvent()), 'bad-request'],
    [
      'JSON without the headers of a CloudEvent',
      () => decodeWith('application/json', {}),
      'unsupported-media-type',
    ],
    ['CloudEvents as XML', () => decodeWith('application/cloudevents+xml', '<a/>'), 'unsupported-media-type'],
    ['data that is no JSON', () => decodeWith('text/plain', 'x', binaryHeaders), 'unsupported-media-type'],
    ['a header that is not percent-encoded', () => binary({}, { 'ce-id': '%ff' }), 'bad-request'],
    ['data 1,000 deep', () => binary('['.repeat(1_000)), 'bad-json'],
    ['a prototype', () => structured('{"data":{"__proto__":{}}}'), 'bad-json'],
  ])('as a whole is %s', (_, run, code) => {
    expect(run).toThrow(IngestError);
    expect(run).toThrow(expect.objectContaining({ code }));
  });
});

describe('headers of the binary mode', () => {
  it('are percent-decoded once, and unquoted', () => {
    const event = only(binary(cdEvent('deployed'), { 'ce-id': '"Euro%20%E2%82%AC%2520\\"q"' }).events);
    expect(event.labels).toMatchObject({ ce_id: 'Euro €%20"q' });
  });
});
