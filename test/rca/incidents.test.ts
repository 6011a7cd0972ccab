import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Topology } from '../../src/graph/index.js';
import { type Clock, type Instant, Iris, parsePath, pathOf } from '../../src/model/index.js';
import { type IncidentBook, openIncidents, type Schedule } from '../../src/rca/index.js';
import { ago, NOW, openWorld, step, topologyOf, type World } from './world.js';

const shop = topologyOf(
  [
    ['web', 'checkout'],
    ['checkout', 'payment'],
  ],
  ['warehouse'],
);

/** Timers that run when they are told to. */
class Timers {
  readonly waiting: { readonly afterMs: number; readonly call: () => void }[] = [];
  readonly schedule: Schedule = (afterMs, call) => {
    const timer = { afterMs, call };
    this.waiting.push(timer);
    return () => this.waiting.splice(this.waiting.indexOf(timer), 1);
  };
  runAll(): void {
    for (const { call } of this.waiting.splice(0)) call();
  }
}

let world: World;
let book: IncidentBook;
let timers: Timers;
const errors: unknown[] = [];

async function open(topology: Topology = shop): Promise<void> {
  timers = new Timers();
  book = await openIncidents({
    store: world.store,
    recorder: world.recorder,
    topology: () => topology,
    iris: new Iris('http://127.0.0.1:4600'),
    clock: (() => NOW) satisfies Clock,
    logger: { info: () => undefined, error: (fields) => errors.push(fields) },
    schedule: timers.schedule,
  });
  world.recorder.subscribe((recorded) => book.hear(recorded));
  await book.settled();
}

beforeEach(async () => {
  errors.length = 0;
  world = await openWorld(3);
  await open();
});
afterEach(async () => {
  await book.close();
  await world.close();
  expect(errors).toEqual([]);
});

function alert(service: string | undefined, minutesAgo: number, more: object = {}) {
  return {
    kind: 'alert_fired',
    at: ago(minutesAgo),
    startsAt: ago(minutesAgo),
    name: 'HighLatency',
    severity: 'warning',
    ...(service === undefined ? {} : { service }),
    ...more,
  } as const;
}

const cleared = (service: string, at: Instant, more: object = {}) =>
  ({
    kind: 'alert_cleared',
    at,
    endsAt: at,
    name: 'HighLatency',
    severity: 'warning',
    service,
    ...more,
  }) as const;

async function slowCheckout(): Promise<void> {
  await world.series({ __name__: 'request_latency_p99_ms', service: 'checkout' }, step(100, 500, 6));
  await world.series({ __name__: 'request_latency_p99_ms', service: 'payment' }, step(50, 440, 7));
}

const only = async () => (await book.list({ limit: 10 }))[0] ?? expect.unreachable('no incident');

describe('openIncidents', () => {
  it('opens an incident on an alert and analyses it at once', async () => {
    await slowCheckout();
    const [fired] = await world.events(
      alert('checkout', 4, { severity: 'critical', runbookUrl: 'https://wiki/slow' }),
    );
    await book.settled();
    expect(await book.list({ limit: 10 })).toHaveLength(1);
    const incident = await only();
    expect(incident).toMatchObject({
      state: 'open',
      service: 'checkout',
      severity: 'critical',
      title: 'HighLatency on checkout',
      startsAt: ago(4),
      analysis: 1,
      runbookUrl: 'https://wiki/slow',
      metric: 'request_latency_p99_ms',
    });
    expect(incident.id).toMatch(/^20260304-checkout-[0-9a-f]{6}$/);
    expect(parsePath(incident.alerts[0] ?? '')).toMatchObject({ type: 'event', id: fired?.id });
    expect(incident.candidates[0]?.service).toBe('payment');
    expect(book.counts().open).toBe(1);
  });

  it('records each state and each candidate as a receipt', async () => {
    await slowCheckout();
    await world.events(alert('checkout', 4));
    await book.settled();
    const { id, candidates, rejected } = await only();
    const of = { where: { incident: [id] }, order: 'oldest-first', limit: 100 } as const;
    const states = await world.store.events({ ...of, kinds: ['incident'] });
    expect(states.map((state) => state.kind === 'incident' && state.analysis).sort()).toEqual([0, 1]);
    const recorded = await world.store.events({ ...of, kinds: ['candidate'] });
    expect(recorded).toHaveLength(candidates.length + rejected.length);
    const paths = recorded.map(({ kind, at, id: identity }) =>
      pathOf({ type: 'event', kind, at, id: identity }),
    );
    for (const { receipt } of candidates) expect(paths).toContain(receipt);
  });

  it('takes related alerts into one incident, of the service that depends on the others', async () => {
    await world.events(alert('payment', 5), alert('checkout', 4), alert('web', 3));
    await book.settled();
    expect(await book.list({ limit: 10 })).toHaveLength(1);
    expect(await only()).toMatchObject({
      service: 'web',
      startsAt: ago(5),
      title: 'HighLatency on web and 2 more',
    });
    expect((await only()).alerts).toHaveLength(3);
  });

  it('lets an alert join later, and analyses again', async () => {
    await slowCheckout();
    await world.events(alert('payment', 5));
    await book.settled();
    const { id } = await only();
    await world.events(alert('checkout', 1));
    await book.settled();
    expect(await book.list({ limit: 10 })).toHaveLength(1);
    expect(await only()).toMatchObject({ id, service: 'checkout', analysis: 2 });
  });

  it('opens another incident for what is out of reach, or far in time', async () => {
    await world.events(alert('checkout', 4), alert('warehouse', 4), alert('web', 25));
    await book.settled();
    expect(await book.list({ limit: 10 })).toHaveLength(3);
    expect((await book.list({ limit: 10 })).at(-1)?.service).toBe('web');
    expect(await book.list({ limit: 10, service: 'warehouse' })).toHaveLength(1);
  });

  it('keeps together what the sender grouped in one batch', async () => {
    await world.events(
      alert('checkout', 4, { groupKey: 'zone-a' }),
      alert('warehouse', 4, { groupKey: 'zone-a' }),
    );
    await book.settled();
    expect(await book.list({ limit: 10 })).toHaveLength(1);
  });

  it('resolves an incident when the last of its alerts is cleared, not before', async () => {
    await world.events(alert('checkout', 10), alert('payment', 9));
    await book.settled();
    await world.events(cleared('payment', ago(3)));
    await book.settled();
    expect((await only()).state).toBe('open');
    await world.events(cleared('checkout', ago(2)));
    await book.settled();
    expect(await only()).toMatchObject({ state: 'resolved', endsAt: ago(2) });
    expect(book.counts().open).toBe(0);
    expect(await book.list({ state: 'open', limit: 10 })).toEqual([]);
  });

  it('tells alerts apart by their fingerprint', async () => {
    await world.events(
      alert('checkout', 10, { fingerprint: 'aa' }),
      alert('checkout', 9, { fingerprint: 'bb' }),
    );
    await world.events(cleared('checkout', ago(2), { fingerprint: 'aa' }));
    await book.settled();
    expect((await only()).state).toBe('open');
    await world.events(cleared('checkout', ago(1), { fingerprint: 'bb' }));
    await book.settled();
    expect((await only()).state).toBe('resolved');
  });

  it('does not take the end of an earlier alert for the end of this one', async () => {
    await world.events(alert('checkout', 5));
    await world.events(cleared('checkout', ago(8)));
    await book.settled();
    expect((await only()).state).toBe('open');
  });

  it('analyses again after each delay, and records only what is new', async () => {
    await slowCheckout();
    await world.events(alert('checkout', 4));
    await book.settled();
    expect(timers.waiting.map(({ afterMs }) => afterMs)).toEqual([5_000, 30_000, 120_000]);
    timers.runAll();
    await book.settled();
    expect((await only()).analysis).toBe(1);
    await world.events({
      kind: 'deployment',
      at: ago(7.5),
      service: 'payment',
      version: '3.0.0',
      message: 'Retry requests',
    });
    await world.events(alert('checkout', 3.9, { name: 'SlowRequests' }));
    await book.settled();
    expect((await only()).analysis).toBe(2);
    expect((await only()).candidates[0]).toMatchObject({ causeKind: 'deployment', service: 'payment' });
  });

  it('records nothing new of an incident without evidence, whose missing sentences only move in time', async () => {
    await world.events(alert('warehouse', 4));
    await book.settled();
    const first = await only();
    expect(first.missing.join(' ')).toMatch(/\d\d:\d\d/);
    timers.runAll();
    await book.settled();
    expect(await only()).toEqual(first);
  });

  it('takes late evidence up when its time comes', async () => {
    await slowCheckout();
    await world.events(alert('checkout', 4));
    await book.settled();
    await world.events({
      kind: 'deployment',
      at: ago(7.5),
      service: 'payment',
      version: '3.0.0',
      message: 'Retry requests',
    });
    timers.runAll();
    await book.settled();
    expect(await only()).toMatchObject({ analysis: 2 });
    expect((await only()).candidates[0]?.causeKind).toBe('deployment');
  });

  it('looks at what came after the alert began, up to when it is analysed', async () => {
    // One sample is slow when the alert begins: too little to be a change that lasts.
    await world.series({ __name__: 'request_latency_p99_ms', service: 'checkout' }, step(100, 500, 2));
    await world.events(alert('checkout', 2));
    await book.settled();
    expect(await only()).toMatchObject({ onsetAt: undefined, evidenceUntil: ago(2) });
    timers.runAll();
    await book.settled();
    expect(await only()).toMatchObject({ onsetAt: ago(1.75), evidenceUntil: NOW });
  });

  it('keeps services apart of which no dependency is known', async () => {
    await book.close();
    world = await world.reopened();
    await open(topologyOf([], ['checkout', 'payment']));
    await world.events(alert('checkout', 4), alert('payment', 4), alert('payment', 3, { name: 'Errors' }));
    await book.settled();
    expect((await book.list({ limit: 10 })).map(({ service, alerts }) => [service, alerts.length])).toEqual(
      expect.arrayContaining([
        ['checkout', 1],
        ['payment', 2],
      ]),
    );
    expect(await book.list({ limit: 10 })).toHaveLength(2);
  });

  it('takes a storm of alerts up together, not each with a receipt that cites all before it', async () => {
    await Promise.all(
      Array.from({ length: 100 }, (_, i) => world.events(alert('checkout', 4, { name: `Alert${i}` }))),
    );
    await book.settled();
    expect((await only()).alerts).toHaveLength(100);
    const receipts = await world.store.events({ kinds: ['incident'], order: 'oldest-first', limit: 500 });
    expect(receipts.length).toBeLessThan(20);
  });

  it('goes on with an incident whose alert fires again soon after its end, and not long after', async () => {
    await slowCheckout();
    for (const minutes of [60, 50, 40]) {
      await world.events(alert('checkout', minutes));
      await book.settled();
      expect(await only()).toMatchObject({ state: 'open', endsAt: undefined });
      await world.events(cleared('checkout', ago(minutes - 2)));
      await book.settled();
      expect(await only()).toMatchObject({ state: 'resolved', endsAt: ago(minutes - 2) });
    }
    expect((await only()).alerts).toHaveLength(3);
    await world.events(alert('checkout', 4));
    await book.settled();
    expect((await book.list({ limit: 10 })).map(({ state }) => state)).toEqual(['open', 'resolved']);
  });

  it('finds every incident again after a restart, and goes on with it', async () => {
    await slowCheckout();
    await world.events(alert('warehouse', 30));
    await world.events(cleared('warehouse', ago(20)));
    await world.events(alert('checkout', 4), alert('payment', 4));
    await book.settled();
    await world.events(cleared('payment', ago(2)));
    await book.settled();
    const before = await book.list({ limit: 10 });
    await book.close();
    world = await world.reopened();
    await open();
    expect(await book.list({ limit: 10 })).toEqual(before);
    await world.events(cleared('checkout', ago(1)));
    await book.settled();
    expect(book.counts().open).toBe(0);
    const states = await world.store.events({ kinds: ['incident'], order: 'oldest-first', limit: 100 });
    expect(new Set(states.map(({ id }) => id)).size).toBe(states.length);
  });

  it('takes up alerts that were recorded but not worked on when the process ended', async () => {
    await book.close();
    await world.events(alert('checkout', 4));
    world = await world.reopened();
    await open();
    expect(await only()).toMatchObject({ service: 'checkout', analysis: 1 });
    await book.close();
    world = await world.reopened();
    await open();
    expect(await book.list({ limit: 10 })).toHaveLength(1);
  });

  it('keeps an alert without a service as an incident that says what is missing', async () => {
    await world.events(alert(undefined, 4));
    await book.settled();
    expect(await only()).toMatchObject({ service: undefined, candidates: [], analysis: 1, state: 'open' });
    expect((await only()).missing.join()).toContain('None of its alerts names a service');
  });

  it('lists newest first, a page at a time', async () => {
    await world.events(alert('warehouse', 50), alert('checkout', 25), alert('warehouse', 4));
    await book.settled();
    const [newest, ...older] = await book.list({ limit: 10 });
    expect(newest?.startsAt).toBe(ago(4));
    expect(await book.list({ limit: 1 })).toEqual([newest]);
    expect(await book.list({ limit: 10, after: newest?.id ?? '' })).toEqual(older);
    expect(await book.get(newest?.id ?? '')).toEqual(newest);
    expect(await book.get('none')).toBeUndefined();
  });

  it('records the why chain with its analysis, and reads it back the same', async () => {
    await slowCheckout();
    await world.events(alert('checkout', 1));
    await book.settled();
    const { why, analysis, id } = await only();
    expect(why?.causes.map(({ service }) => service)).toEqual(['payment']);
    const receipts = await world.store.events({ kinds: ['why'], order: 'oldest-first', limit: 100 });
    const steps = receipts.flatMap((receipt) => (receipt.kind === 'why' ? [receipt] : []));
    expect(steps.filter((step) => step.incident === id && step.analysis === analysis)).toHaveLength(2);
    await book.close();
    world = await world.reopened();
    await open();
    expect((await only()).why).toEqual(why);
  });
});
