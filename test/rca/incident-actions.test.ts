import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventReceipt } from '../../src/model/index.js';
import { type EventContent, type Instant, Iris, identityOf, shift } from '../../src/model/index.js';
import {
  confirmedCauseOf,
  type IncidentBook,
  type IncidentChange,
  openIncidents,
  verdictsOn,
} from '../../src/rca/index.js';
import { ago, NOW, openWorld, step, topologyOf, type World } from './world.js';

const shop = topologyOf([['checkout', 'payment']], ['warehouse']);
let world: World;
let book: IncidentBook;
let changes: IncidentChange[];
let waiting: { readonly afterMs: number; readonly call: () => void }[];
let now: Instant;
const errors: unknown[] = [];

async function open(): Promise<void> {
  changes = [];
  waiting = [];
  book = await openIncidents({
    store: world.store,
    recorder: world.recorder,
    topology: () => shop,
    iris: new Iris('http://127.0.0.1:4600'),
    clock: () => now,
    logger: { info: () => undefined, error: (fields) => errors.push(fields) },
    schedule: (afterMs, call) => {
      waiting.push({ afterMs, call });
      return () => undefined;
    },
    onChange: (change) => changes.push(change),
  });
  world.recorder.subscribe((recorded) => book.hear(recorded));
  await book.settled();
}

async function restart(): Promise<void> {
  await book.close();
  world = await world.reopened();
  await open();
}

beforeEach(async () => {
  errors.length = 0;
  now = NOW;
  world = await openWorld(3);
  await open();
});
afterEach(async () => {
  await book.close();
  await world.close();
  expect(errors).toEqual([]);
});

const alert = (service: string, minutesAgo: number, more: object = {}) =>
  ({
    kind: 'alert_fired',
    at: ago(minutesAgo),
    startsAt: ago(minutesAgo),
    name: 'HighLatency',
    severity: 'warning',
    service,
    ...more,
  }) as const;

async function outage(): Promise<string> {
  await world.series({ __name__: 'request_latency_p99_ms', service: 'checkout' }, step(100, 500, 6));
  await world.series({ __name__: 'request_latency_p99_ms', service: 'payment' }, step(50, 440, 7));
  await world.events(alert('checkout', 4));
  await book.settled();
  return (await only()).id;
}

const only = async () => (await book.list({ limit: 10 }))[0] ?? expect.unreachable('no incident');
const said = { author: 'first-on-call', message: 'on it' };

/** A notification of Alertmanager, with the identity that its door gives. */
function notified(status: 'firing' | 'resolved', at: Instant, receivedAt: Instant): EventReceipt {
  const content = {
    kind: status === 'firing' ? 'alert_fired' : 'alert_cleared',
    at,
    name: 'HighLatency',
    severity: 'warning',
    service: 'checkout',
    fingerprint: 'f1',
    startsAt: ago(30),
    ...(status === 'firing' ? {} : { endsAt: at }),
  } as EventContent<'alert_fired' | 'alert_cleared'>;
  const end = status === 'firing' ? [] : [String(at)];
  const id = identityOf('alertmanager', 'f1', String(ago(30)), status, ...end);
  return { ...content, id, receivedAt, door: 'alertmanager' };
}
const send = async (...events: readonly EventReceipt[]) => {
  await world.recorder.record({ events }, 'alertmanager');
  await book.settled();
};

describe('acknowledge', () => {
  it('records who, when and what, once for one key, and has it after a restart', async () => {
    const incident = await outage();
    await book.acknowledge({ incident, ...said, key: 'k1' });
    const after = await book.acknowledge({ incident, ...said, key: 'k1' });
    const other = book.acknowledge({ incident, ...said, author: 'somebody else', key: 'k1' });
    await expect(other).rejects.toMatchObject({ code: 'conflict' });
    expect(after.acknowledgements).toEqual([
      { receipt: expect.stringMatching(/^acknowledgement\//), at: NOW, ...said },
    ]);
    await book.acknowledge({ incident, author: 'second-on-call' });
    expect((await only()).acknowledgements.map(({ author }) => author)).toEqual([
      'first-on-call',
      'second-on-call',
    ]);
    const before = await only();
    await restart();
    expect(await only()).toEqual(before);
  });

  it('says what is wrong: no such incident, nobody, too long a text', async () => {
    const incident = await outage();
    await expect(book.acknowledge({ incident: 'none', author: 'a' })).rejects.toMatchObject({
      code: 'unknown-incident',
      message: 'there is no incident none',
    });
    await expect(book.acknowledge({ incident, author: ' ' })).rejects.toMatchObject({
      code: 'bad-request',
      message: 'author: expected a text that is not empty',
    });
    await expect(
      book.acknowledge({ incident, author: 'a', message: 'x'.repeat(10_001) }),
    ).rejects.toMatchObject({ message: 'message: expected at most 10000 characters, got 10001' });
    expect((await only()).acknowledgements).toEqual([]);
  });
});

describe('judge', () => {
  it('takes the latest verdict on a candidate, and keeps all', async () => {
    const incident = await outage();
    const first = (await only()).candidates[0] ?? expect.unreachable();
    const judge = (judgement: 'confirmed' | 'rejected') =>
      book.judge({ incident, author: 'first-on-call', judgement, candidate: first.receipt });
    expect(confirmedCauseOf(await judge('confirmed'))).toMatchObject({ candidate: { title: first.title } });
    const after = await judge('rejected');
    expect(confirmedCauseOf(after)).toBeUndefined();
    expect(verdictsOn(after, first).map(({ judgement }) => judgement)).toEqual(['rejected', 'confirmed']);
    await restart();
    expect(await only()).toEqual(after);
  });

  it('counts for the same cause in a later analysis, whose candidates have other receipts', async () => {
    await world.events({
      kind: 'deployment',
      at: ago(7.5),
      service: 'payment',
      version: '3.0.0',
      message: 'Retry requests',
    });
    const incident = await outage();
    const [first] = (await only()).candidates;
    expect(first?.causeKind).toBe('deployment');
    const candidate = first?.receipt ?? '';
    await book.judge({ incident, author: 'first-on-call', judgement: 'confirmed', candidate });
    await world.events(alert('checkout', 3.5, { name: 'Errors' }), {
      kind: 'failure',
      at: ago(5),
      service: 'payment',
      component: 'db',
      reason: 'timeout',
    });
    await book.settled();
    const later = await only();
    expect(later.analysis).toBe(2);
    const all = [...later.candidates, ...later.rejected];
    const same = all.find(({ cause }) => cause === first?.cause) ?? expect.unreachable();
    expect(same.receipt).not.toBe(candidate);
    expect(verdictsOn(later, same)).toHaveLength(1);
  });

  it('takes another cause, and refuses a candidate of another incident', async () => {
    const incident = await outage();
    await world.events(alert('warehouse', 2));
    await book.settled();
    const [other] = await book.list({ service: 'warehouse', limit: 1 });
    const candidate = (await book.get(incident))?.candidates[0]?.receipt ?? '';
    await expect(
      book.judge({ incident: other?.id ?? '', author: 'a', judgement: 'confirmed', candidate }),
    ).rejects.toMatchObject({ code: 'unknown-candidate' });
    await expect(
      book.judge({ incident, author: 'a', judgement: 'confirmed', candidate: 'nonsense' }),
    ).rejects.toMatchObject({ code: 'unknown-candidate' });
    const cause = { title: 'a cable was cut', causeKind: 'outside', service: 'payment' } as const;
    const after = await book.judge({ incident, author: 'a', judgement: 'other', cause });
    expect(confirmedCauseOf(after)).toMatchObject({ judgement: 'other', cause });
  });
});

describe('resolve', () => {
  it('closes what no alert will, and lets it begin anew', async () => {
    const incident = await outage();
    const after = await book.resolve({ incident, ...said, endsAt: ago(1) });
    expect(after).toMatchObject({ state: 'resolved', endsAt: ago(1), closed: said });
    expect(await book.resolve({ incident, author: 'second-on-call' })).toEqual(after);
    await expect(book.resolve({ incident: 'none', author: 'a' })).rejects.toMatchObject({
      code: 'unknown-incident',
    });
    await restart();
    expect(await only()).toEqual(after);
    await world.events(alert('checkout', 0.5));
    await book.settled();
    expect(await only()).toMatchObject({ id: incident, state: 'open', endsAt: undefined, closed: undefined });
  });

  it('refuses an end before the start', async () => {
    const incident = await outage();
    await expect(book.resolve({ incident, author: 'a', endsAt: ago(99) })).rejects.toMatchObject({
      code: 'bad-request',
    });
  });
});

describe('an incident', () => {
  it('tells each change once, opened only with its candidates', async () => {
    const incident = await outage();
    await book.acknowledge({ incident, author: 'a', key: 'k' });
    await book.acknowledge({ incident, author: 'a', key: 'k' });
    await book.judge({ incident, author: 'a', judgement: 'other', cause: { title: 'a cable' } });
    await book.resolve({ incident, author: 'a' });
    expect(changes.map(({ type }) => type)).toEqual(['opened', 'acknowledged', 'verdict', 'resolved']);
    expect(changes[0]?.incident.candidates).not.toEqual([]);
    expect(new Set(changes.map(({ id }) => id)).size).toBe(4);
  });

  it('reopens after a restart when its alert fires again soon', async () => {
    await world.events(alert('checkout', 10));
    await world.events({ ...alert('checkout', 6), kind: 'alert_cleared', endsAt: ago(6) });
    await book.settled();
    const { id, state } = await only();
    expect(state).toBe('resolved');
    await restart();
    await world.events(alert('checkout', 2));
    await book.settled();
    expect(await book.list({ limit: 10 })).toMatchObject([{ id, state: 'open' }]);
    await world.events({ ...alert('checkout', 1), kind: 'alert_cleared', endsAt: ago(1) });
    await book.settled();
    expect(await only()).toMatchObject({ id, state: 'resolved', endsAt: ago(1) });
    expect(changes.map(({ type }) => type)).toEqual(['reopened', 'resolved']);
  });

  it('begins again when Alertmanager takes an alert up again with its old start, and ends again', async () => {
    await send(notified('firing', ago(30), ago(30)));
    await send(notified('firing', ago(30), ago(26)));
    await send(notified('resolved', ago(20), ago(20)));
    const { id } = await only();
    expect(await only()).toMatchObject({ state: 'resolved', endsAt: ago(20) });
    await send(notified('firing', ago(30), ago(15)));
    expect(await book.list({ limit: 10 })).toMatchObject([{ id, state: 'open' }]);
    await send(notified('firing', ago(30), ago(14)));
    await restart();
    expect(await book.list({ limit: 10 })).toMatchObject([{ id, state: 'open' }]);
    await send(notified('resolved', ago(10), ago(10)));
    expect(await only()).toMatchObject({ state: 'resolved', endsAt: ago(10) });
    const fired = await world.store.events({ kinds: ['alert_fired'], order: 'oldest-first', limit: 10 });
    expect(fired.map(({ at }) => at)).toEqual([ago(30), ago(15)]);
  });

  it('takes up after a restart the analyses that were to come, and makes up for those that were due', async () => {
    await outage();
    await restart();
    // The alert is 4 minutes old: all delays lie behind it, and one analysis makes up for them.
    expect(waiting).toEqual([]);
    expect((await only()).analysis).toBeGreaterThan(0);
    now = shift(ago(4), 10_000);
    await restart();
    expect(waiting.map(({ afterMs }) => afterMs)).toEqual([20_000, 110_000]);
  });

  it('is found in full after a restart when it is long over, without being read at the start', async () => {
    const incident = await outage();
    await book.judge({ incident, author: 'a', judgement: 'other', cause: { title: 'a cable' } });
    const before = await book.resolve({ incident, author: 'a' });
    now = shift(NOW, 10 * 86_400_000);
    await restart();
    expect(await book.get(incident)).toEqual(before);
    expect(await book.list({ limit: 5 })).toEqual([before]);
    expect(book.counts()).toMatchObject({ all: 1, open: 0 });
    const after = await book.acknowledge({ incident, author: 'late' });
    expect(after.acknowledgements).toHaveLength(1);
    expect((await book.get(incident))?.verdicts).toEqual(before.verdicts);
  });
});

describe('statistics and similar incidents', () => {
  it('mean times rest on the incidents that have them, and are absent without any', async () => {
    const window = { from: ago(60), to: NOW };
    expect(await book.statistics({ window })).toMatchObject({
      incidents: 0,
      timeToResolve: { meanMs: undefined, incidents: 0 },
    });
    const incident = await outage();
    await world.events(alert('warehouse', 20));
    await book.settled();
    now = ago(2);
    await book.acknowledge({ incident, author: 'a' });
    await book.resolve({ incident, author: 'a', endsAt: ago(2) });
    const found = await book.statistics({ window });
    expect(found).toMatchObject({
      incidents: 2,
      open: 1,
      timeToDetect: { incidents: 1 },
      timeToAcknowledge: { meanMs: 120_000, incidents: 1 },
      timeToResolve: { meanMs: 120_000, incidents: 1 },
    });
    expect(found.timeToDetect.meanMs).toBeGreaterThan(60_000);
    expect(await book.statistics({ window, service: 'nobody' })).toMatchObject({ incidents: 0 });
  });

  it('finds past incidents of the same service, alerts and cause first, and says why', async () => {
    await world.events(alert('checkout', 90, { metric: 'request_latency_p99_ms' }));
    await world.events(alert('warehouse', 80, { name: 'DiskFull' }));
    await world.events(alert('payment', 70, { name: 'Errors' }));
    await book.settled();
    for (const { id } of await book.list({ limit: 10 })) {
      await book.resolve({ incident: id, author: 'a', endsAt: ago(60) });
    }
    const incident = await outage();
    const similar = await book.similar(incident, 5);
    expect(similar.map((one) => one.incident.service)).toEqual(['checkout', 'payment']);
    expect(similar[0]?.reasons.map(({ sentence }) => sentence)).toEqual(
      expect.arrayContaining(['It was seen on checkout too.', 'The same alerts fired: HighLatency.']),
    );
    expect(similar[0]?.score).toBeGreaterThan(similar[1]?.score ?? 1);
    await expect(book.similar('none', 5)).rejects.toMatchObject({ code: 'unknown-incident' });
  });

  it('holds a cause that was confirmed before against every candidate, the lower for less', async () => {
    await world.events(alert('warehouse', 80, { name: 'DiskFull' }));
    await book.settled();
    const past = (await only()).id;
    const incident = await outage();
    const { candidates } = (await book.get(incident)) ?? expect.unreachable('no incident');
    const weightOf = async ({ service, component }: { service?: string; component?: string | undefined }) => {
      const cause = {
        title: 'as before',
        ...(service === undefined ? {} : { service }),
        ...(component === undefined ? {} : { component }),
      };
      await book.judge({ incident: past, author: 'a', judgement: 'other', cause });
      const [found] = await book.similar(incident, 5);
      return found?.reasons.find(({ sentence }) => sentence.startsWith('The confirmed cause lay in'))?.weight;
    };
    const weights: (number | undefined)[] = [];
    for (const candidate of candidates) weights.push(await weightOf(candidate));
    expect(candidates.length).toBeGreaterThan(1);
    expect(weights[0]).toBe(0.25);
    expect(Math.min(...weights.map((weight) => weight ?? 0))).toBeGreaterThan(0);
    expect(Math.min(...weights.map((weight) => weight ?? 0))).toBeLessThan(0.25);
    expect(await weightOf({ service: 'somewhere', component: 'else' })).toBeUndefined();
  });
});
