import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Health, pillars, type SloStatus } from '../../../src/analysis/index.js';
import { SECOND_MS, shift } from '../../../src/model/index.js';
import type { IncidentChange } from '../../../src/rca/index.js';
import { receiptFor } from '../../evidence/fixture.js';
import { atMinute, incident, openScene, type Scene } from './scene.js';

let scene: Scene;
let port: number;
const streams: Stream[] = [];

const portOf = async ({ server }: Scene): Promise<number> =>
  Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port);

beforeAll(async () => {
  scene = await openScene();
  port = await portOf(scene);
});

afterAll(() => scene.close());

/** Everyone leaves after each test. */
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.cut();
  await until(() => scene.subscribers.figures().listening === 0);
});

/** A client of server-sent events. */
interface Stream {
  readonly status: number;
  readonly type: string;
  /** The next event, heartbeats left out: its name and its data; undefined when the connection has ended. */
  next(): Promise<readonly [string, unknown] | undefined>;
  /** What else was sent: comments, which keep the connection alive. */
  readonly comments: string[];
  cut(): void;
}

/** Takes the whole events off the front of a text; what is left is the rest of it. */
function eventsIn(text: string): readonly [whole: readonly string[], rest: string] {
  const parts = text.split('\n\n');
  return [parts.slice(0, -1), parts.at(-1) ?? ''];
}

function subscribe(port: number, query: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' };
    const sent = request({ port, path: '/graphql', method: 'POST', headers }, (response) => {
      const comments: string[] = [];
      const events = (async function* () {
        let text = '';
        for await (const chunk of response) {
          const [whole, rest] = eventsIn(text + String(chunk));
          text = rest;
          for (const one of whole) {
            if (one.startsWith(':')) comments.push(one);
            else {
              const [, name = ''] = /^event: (.*)$/m.exec(one) ?? [];
              const [, data = ''] = /^data:(.*)$/m.exec(one) ?? [];
              yield [name, data.trim() === '' ? undefined : (JSON.parse(data) as unknown)] as const;
            }
          }
        }
      })();
      const stream: Stream = {
        status: response.statusCode ?? 0,
        type: response.headers['content-type'] ?? '',
        next: async () => (await events.next()).value ?? undefined,
        comments,
        cut: () => void sent.destroy(),
      };
      response.on('error', () => undefined);
      streams.push(stream);
      resolve(stream);
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}

/** Waits until a condition holds, as the other side of a connection needs its time. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

const change = (
  type: IncidentChange['type'],
  more: Partial<IncidentChange['incident']> = {},
): IncidentChange => ({
  type,
  id: `${type}-${more.id ?? incident.id}`,
  at: atMinute(14),
  incident: { ...incident, ...more },
});

const health = (service: string | undefined, score: number, band: Health['band']): Health => ({
  service,
  window: { from: atMinute(0), to: atMinute(30) },
  score,
  band,
  pillars: pillars.map((pillar) => ({
    pillar,
    score,
    band,
    inputs: [],
    missing: [],
    costMost: undefined,
  })),
  readings: new Map(),
  receipts: 1,
});

const post = (scopes: readonly Health[], slos: readonly SloStatus[] = [], seconds = 0): void =>
  scene.board.post({
    at: shift(atMinute(20), seconds * SECOND_MS),
    scopes,
    slos,
    trends: [],
    recommendations: [],
  });

const dataOf = (event: readonly [string, unknown] | undefined): unknown =>
  (event?.[1] as { data?: unknown } | undefined)?.data;

describe('incidentChanged', () => {
  const QUERY = `subscription { incidentChanged(service: "web", types: [opened, resolved]) {
    key type at incident { id title candidates { cause { receipt { kind } } } } } }`;

  it('tells each change as it happens, with its evidence, and nothing of others', async () => {
    const stream = await subscribe(port, QUERY);
    expect([stream.status, stream.type]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await until(() => scene.subscribers.figures().listening === 1);
    scene.incidentFeed.publish(change('opened', { service: 'mail' }));
    scene.incidentFeed.publish(change('acknowledged'));
    for (const type of ['opened', 'resolved'] as const) {
      scene.incidentFeed.publish(change(type));
      const event = await stream.next();
      expect(event?.[0]).toBe('next');
      expect(dataOf(event)).toMatchObject({
        incidentChanged: {
          key: `${type}-${incident.id}`,
          type,
          incident: { id: incident.id, candidates: [{ cause: { receipt: { kind: 'deployment' } } }] },
        },
      });
    }
  });

  it('answers each event with a budget of its own, however long it listens', async () => {
    const stream = await subscribe(port, 'subscription { incidentChanged { incident { runbookProposal } } }');
    await until(() => scene.subscribers.figures().listening === 1);
    for (let turn = 0; turn < 25; turn++) {
      scene.incidentFeed.publish(change('changed'));
      expect(await stream.next()).toMatchObject(['next', { data: { incidentChanged: {} } }]);
    }
  });

  it('keeps the connection alive', async () => {
    const stream = await subscribe(port, QUERY);
    const waiting = stream.next();
    await until(() => stream.comments.length >= 2);
    stream.cut();
    await waiting.catch(() => undefined);
    await until(() => scene.subscribers.figures().listening === 0);
  });

  it('says 503 when all places are taken, has one again when somebody leaves, and ends when the server does', async () => {
    const small = await openScene({ subscribers: 1 });
    const at = await portOf(small);
    const first = await subscribe(at, QUERY);
    await until(() => small.subscribers.figures().listening === 1);
    const second = await subscribe(at, QUERY);
    expect(second.status).toBe(503);
    expect(second.type).toContain('application/problem+json');
    first.cut();
    await until(() => small.subscribers.figures().listening === 0);
    const third = await subscribe(at, QUERY);
    expect(third.status).toBe(200);
    await until(() => small.subscribers.figures().listening === 1);
    small.subscribers.close();
    expect(await third.next()).toEqual(['complete', undefined]);
    expect(await third.next()).toBeUndefined();
    expect((await subscribe(at, QUERY)).status).toBe(503);
    await small.close();
  });

  it('cuts off a client that does not read, and others hear on', async () => {
    const query = 'subscription { incidentChanged { incident { title } } }';
    const body = JSON.stringify({ query });
    const deaf = connect(port, '127.0.0.1');
    deaf.pause();
    deaf.on('error', () => undefined);
    const closed = new Promise((resolve) => deaf.once('close', resolve));
    deaf.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: text/event-stream\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    const reading = await subscribe(port, query);
    await until(() => scene.subscribers.figures().listening === 2);
    const title = 'x'.repeat(20_000);
    while (scene.subscribers.figures().dropped === 0) {
      scene.incidentFeed.publish(change('changed', { title }));
      expect((await reading.next())?.[0]).toBe('next');
    }
    expect(scene.subscribers.figures()).toEqual({ listening: 1, dropped: 1 });
    deaf.resume();
    await closed;
  }, 60_000);
});

describe('a client that leaves at once', () => {
  it('neither ends the server nor keeps its place', async () => {
    const body = JSON.stringify({ query: 'subscription { incidentChanged { incident { title } } }' });
    const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\naccept: text/event-stream\r\ncontent-length: ${body.length}\r\n\r\n`;
    const left = Array.from({ length: 30 }, () => {
      const hasty = connect(port, '127.0.0.1');
      hasty.on('error', () => undefined);
      hasty.write(head + body, () => hasty.destroy());
      return new Promise((resolve) => hasty.once('close', resolve));
    });
    await Promise.all(left);
    const staying = await subscribe(port, 'subscription { incidentChanged { incident { title } } }');
    await until(() => scene.subscribers.figures().listening === 1);
    scene.incidentFeed.publish(change('changed', { title: 'still here' }));
    expect((await staying.next())?.[0]).toBe('next');
  });
});

describe('healthChanged', () => {
  const QUERY = 'subscription { healthChanged { service scoreBefore bandBefore health { score band } } }';

  it('begins with how things stand, and goes on with what changed alone', async () => {
    post([health(undefined, 90, 'GREEN'), health('web', 90, 'GREEN')]);
    const stream = await subscribe(port, QUERY);
    const told = async () => dataOf(await stream.next());
    for (const service of [null, 'web']) {
      expect(await told()).toEqual({
        healthChanged: { service, scoreBefore: null, bandBefore: null, health: { score: 90, band: 'GREEN' } },
      });
    }
    // Half a point three times: the third is more than one from what was told.
    for (const score of [89.5, 89.2, 88.9])
      post([health(undefined, 90, 'GREEN'), health('web', score, 'GREEN')]);
    expect(await told()).toMatchObject({
      healthChanged: { service: 'web', scoreBefore: 90, health: { score: 88.9 } },
    });
    post([health(undefined, 89.9, 'YELLOW'), health('web', 88.9, 'GREEN')]);
    expect(await told()).toMatchObject({
      healthChanged: { service: null, bandBefore: 'GREEN', health: { band: 'YELLOW' } },
    });
  });
});

describe('sloChanged', () => {
  const revision = receiptFor({ kind: 'slo', at: atMinute(0), service: 'web', slo: 'fast' });
  const status = (state: SloStatus['state'], firing: boolean): SloStatus => {
    if (revision.kind !== 'slo') throw new Error('it is one');
    const window = { lengthMs: 1, badShare: undefined, rate: undefined };
    const rule = {
      name: 'page-fast',
      urgency: 'page',
      factor: 14.4,
      longMs: 3_600_000,
      shortMs: 300_000,
    } as const;
    return {
      slo: revision,
      at: atMinute(20),
      window: { from: atMinute(0), to: atMinute(20) },
      state,
      unit: 'minutes',
      objectivePercent: 99,
      attainmentPercent: 98,
      coverage: 1,
      good: 98,
      total: 100,
      budget: { allowed: 1, spent: 2, leftPercent: -100 },
      burns: [{ rule, long: window, short: window, firing }],
      current: undefined,
      headroomPercent: undefined,
      parts: [],
      missing: [],
      outliersLeftOut: undefined,
    };
  };

  it('tells of another state and of a rule that fires, once each', async () => {
    const stream = await subscribe(
      port,
      'subscription { sloChanged(names: ["fast"]) { name service state stateBefore attainmentPercent slo { objectivePercent } revision { receipt { kind } } } }',
    );
    await until(() => scene.subscribers.figures().listening === 1);
    post([], [status('met', false)]);
    post([], [status('met', false)]);
    post([], [status('met', true)]);
    post([], [status('missed', true)]);
    const told = [await stream.next(), await stream.next(), await stream.next()].map(dataOf);
    expect(told).toMatchObject([
      { sloChanged: { name: 'fast', service: 'web', state: 'MET', stateBefore: null } },
      { sloChanged: { state: 'MET', stateBefore: 'MET' } },
      { sloChanged: { state: 'MISSED', stateBefore: 'MET', attainmentPercent: 98 } },
    ]);
  });
});

describe('changed', () => {
  it('tells of health, objectives and incidents over one connection', async () => {
    post([health(undefined, 70, 'YELLOW')]);
    const stream = await subscribe(
      port,
      `subscription { changed { __typename ... on HealthChange { service health { score } }
        ... on IncidentChange { type incident { id } } } }`,
    );
    expect(dataOf(await stream.next())).toEqual({
      changed: { __typename: 'HealthChange', service: null, health: { score: 70 } },
    });
    scene.incidentFeed.publish(change('resolved'));
    expect(dataOf(await stream.next())).toEqual({
      changed: { __typename: 'IncidentChange', type: 'resolved', incident: { id: incident.id } },
    });
  });
});
