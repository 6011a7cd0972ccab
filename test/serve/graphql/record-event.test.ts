import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatInstant } from '../../../src/model/index.js';
import { ask, atMinute, openScene, type Scene } from './scene.js';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

const RECORD = `mutation ($input: RecordEventInput!) { recordEvent(input: $input) { isNew
  receipt { id iri kind at service fields { name values } labels { name value } ... on EventReceipt { door } } } }`;

const record = async (input: Readonly<Record<string, unknown>>) => ask(scene.server, RECORD, { input });

interface Answer {
  readonly recordEvent: {
    readonly isNew: boolean;
    readonly receipt: { readonly id: string; readonly at: string };
  };
}

const deployment = {
  kind: 'deployment',
  id: 'deploy-17',
  service: 'shop',
  labels: [{ name: 'region', value: 'eu' }],
  fields: { version: '17', author: 'kim' },
};

describe('recordEvent', () => {
  it('records what the native door takes, at the time of the request unless one is given', async () => {
    const { data, errors } = await record(deployment);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      recordEvent: {
        isNew: true,
        receipt: {
          kind: 'deployment',
          at: formatInstant(atMinute(20)),
          service: 'shop',
          fields: [
            { name: 'version', values: ['17'] },
            { name: 'author', values: ['kim'] },
          ],
          labels: [{ name: 'region', value: 'eu' }],
          door: 'events',
        },
      },
    });
    const { id } = (data as Answer).recordEvent.receipt;
    const found = await ask(
      scene.server,
      'query ($id: ID!) { node(id: $id) { ... on Receipt { service } } }',
      { id },
    );
    expect(found.data).toEqual({ node: { service: 'shop' } });
  });

  it('records once for one id, answers the same, and refuses anything else under it', async () => {
    const before = (await scene.store.totals()).events.deployment;
    const once = await record({ ...deployment, id: 'deploy-18' });
    const again = await record({ ...deployment, id: 'deploy-18' });
    expect((again.data as Answer).recordEvent).toEqual({
      ...(once.data as Answer).recordEvent,
      isNew: false,
    });
    const at = (once.data as Answer).recordEvent.receipt.at;
    expect((await record({ ...deployment, id: 'deploy-18', time: at })).errors).toBeUndefined();
    for (const other of [
      { fields: { version: '18' } },
      { service: 'mail' },
      { labels: [] },
      { time: formatInstant(atMinute(3)) },
    ]) {
      const { errors } = await record({ ...deployment, id: 'deploy-18', ...other });
      expect(errors, JSON.stringify(other)).toMatchObject([
        { extensions: { code: 'conflict' }, message: expect.stringContaining('deploy-18') as string },
      ]);
    }
    expect((await scene.store.totals()).events.deployment).toBe((before ?? 0) + 1);
  });

  it('takes a dependency by its two ends, and knows it at once', async () => {
    const { errors } = await record({ kind: 'dependency', fields: { from: 'shop', to: 'payments' } });
    expect(errors).toBeUndefined();
    const { data } = await ask(scene.server, '{ dependencies(service: "shop") { callee { name } } }');
    expect(data).toEqual({ dependencies: [{ callee: { name: 'payments' } }] });
  });

  it.each([
    [{ kind: 'deployment', service: 'shop', fields: {} }, 'version: '],
    [{ kind: 'deployment', service: 'shop', fields: { version: '1', flavour: 'x' } }, 'unknown field'],
    [{ kind: 'deployment', fields: { version: '1' } }, 'service: is required'],
    [{ kind: 'incident', service: 'shop', fields: {} }, 'kind: expected one of'],
    [
      { kind: 'failure', service: 'shop', fields: { component: 'db', reason: 'x', id: 'y' } },
      'id stands beside fields',
    ],
    [
      {
        kind: 'failure',
        service: 'shop',
        time: '2031-01-01T00:00:00Z',
        fields: { component: 'db', reason: 'x' },
      },
      'time: expected a time at most',
    ],
  ])('says what is wrong with %j', async (input, message) => {
    const { data, errors } = await record(input);
    expect(data).toEqual({ recordEvent: null });
    expect(errors?.[0]).toMatchObject({
      extensions: { code: 'bad-request' },
      message: expect.stringContaining(message) as string,
    });
  });

  it('takes fields written into the query, variables within them too', async () => {
    const { data, errors } = await ask(
      scene.server,
      `mutation ($reason: String!) { recordEvent(input: { kind: failure, service: "shop",
        fields: { component: "db", reason: $reason, queueDepthSnapshot: 12.5 } }) { receipt { fields { name values } } } }`,
      { reason: 'timeout' },
    );
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain('"timeout"');
    const list = await ask(
      scene.server,
      'mutation { recordEvent(input: { kind: failure, fields: [1] }) { isNew } }',
    );
    expect(list.errors?.[0]?.message).toContain('expected an object of fields');
  });
});
