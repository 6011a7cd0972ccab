import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventReceipt, Iris, identityOf, pathOfEvent, shift } from '../../src/model/index.js';
import { analyse, Lessons, openIncidents } from '../../src/rca/index.js';
import { ago, openWorld, step, topologyOf, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await openWorld(61);
});
afterEach(async () => {
  await world.close();
});

const WINDOW_MS = 10 * 60_000;
const pods = ['cart-0', 'cart-1', 'pay-0'];

/** On the pod at fault the processor is busy; on every pod the latency rises. */
async function trouble(minutesAgo: number, fault: string): Promise<void> {
  const told = [...pods.map((pod) => [pod, 'latency'] as const), [fault, 'cpu_usage'] as const];
  await world.events(
    ...told.map(([pod, metric]) => ({
      kind: 'alert_fired' as const,
      at: ago(minutesAgo),
      service: pod.replace(/-\d$/, ''),
      name: metric,
      severity: 'warning',
      metric,
      labels: { pod, direction: 'up' },
    })),
  );
}

/** An incident of which people judged the candidates: each is of a kind, on a service or pod, and the first ones were wrong. */
async function judged(
  place: number,
  candidates: readonly Pick<EventReceipt<'candidate'>, 'causeKind' | 'service' | 'component'>[],
): Promise<void> {
  const at = shift(ago(60 * (place + 1)), 60_000);
  const head = { at, receivedAt: at, door: 'genchi', incident: `i-${place}` };
  const receipts = candidates.map(
    ({ causeKind, service = '', component }, rank): EventReceipt<'candidate'> => ({
      ...head,
      kind: 'candidate',
      id: identityOf('candidate', String(place), String(rank)),
      service,
      analysis: 1,
      rank: rank + 1,
      score: 0.5,
      rejected: false,
      causeKind,
      title: `${causeKind} of ${service}`,
      ...(component === undefined ? {} : { component }),
      cites: [],
      reasoning: JSON.stringify({ terms: [], supporting: [], opposing: [] }),
    }),
  );
  const right = receipts.at(-1);
  if (right === undefined) throw new RangeError('an incident has a candidate');
  const verdict: EventReceipt<'verdict'> = {
    ...head,
    kind: 'verdict',
    id: identityOf('verdict', String(place)),
    judgement: 'confirmed',
    judges: pathOfEvent(right),
  };
  await world.recorder.record({ events: [...receipts, verdict] }, 'genchi');
}

/** An incident whose cause was a pod, as a person confirmed. */
async function confirmed(place: number): Promise<void> {
  const pod = pods[place % pods.length] ?? 'pay-0';
  await trouble(60 * (place + 1), pod);
  await judged(place, [{ causeKind: 'part', service: pod.replace(/-\d$/, ''), component: pod }]);
}

describe('Lessons', () => {
  it('teach nothing from a handful of verdicts', async () => {
    await confirmed(0);
    expect(await new Lessons(world.store, WINDOW_MS).until(ago(0))).toBeUndefined();
  });

  it('move the weight of a kind of evidence visibly, and with it the pod that comes first', async () => {
    for (let place = 0; place < 20; place++) await confirmed(place);
    await trouble(1, 'cart-1');
    const experience = await new Lessons(world.store, WINDOW_MS).until(ago(5));
    expect(experience?.incidents).toBe(20);
    const question = { service: 'cart', at: ago(0), windowMs: WINDOW_MS };
    const { candidates } = await analyse(world.store, topologyOf([['cart', 'pay']]), question, experience);
    expect(candidates[0]).toMatchObject({ causeKind: 'part', component: 'cart-1' });
    const said = candidates[0]?.supporting.map(({ sentence }) => sentence).join('\n');
    expect(said).toMatch(/metric cpu_usage up\. In past incidents it stood on the cause 20 of 20 times\./);
  });

  it('move a sort of change up that was the cause when another stood above it, and say so', async () => {
    for (let place = 0; place < 21; place++) {
      await judged(place, [
        { causeKind: 'deployment', service: 'pay' },
        { causeKind: 'flag_change', service: 'pay' },
      ]);
    }
    await world.series({ __name__: 'request_latency_p99_ms', service: 'pay' }, step(60, 400, 5));
    await world.events(
      { kind: 'flag_change', at: ago(9), service: 'pay', flag: 'blue', fromValue: 'off', toValue: 'on' },
      { kind: 'deployment', at: ago(6), service: 'pay', version: '2.0.0' },
    );
    const question = { service: 'pay', at: ago(0), windowMs: 30 * 60_000 };
    const topology = topologyOf([['cart', 'pay']]);
    const lessons = new Lessons(world.store, WINDOW_MS);
    const untaught = await analyse(world.store, topology, question, await lessons.until(ago(60 * 5)));
    expect(untaught.candidates[0]?.causeKind).toBe('deployment');
    expect(untaught.learnedFrom).toBeUndefined();
    const taught = await analyse(world.store, topology, question, await lessons.until(question.at));
    expect(taught.learnedFrom).toEqual({ incidents: 21, latestVerdictAt: shift(ago(60), 60_000) });
    const [first] = taught.candidates;
    expect(first?.causeKind).toBe('flag_change');
    const term = first?.terms.find(({ name }) => name === 'verdicts');
    expect(term?.contribution).toBeGreaterThan(0.05);
    expect(term?.meaning).toContain(
      '(flag change) were the cause 21 of 21 times, where all sorts together were 21 of 42',
    );
  });

  it('move the next incident of the book, and its receipts tell of it', async () => {
    for (let place = 0; place < 20; place++)
      await judged(place, [
        { causeKind: 'flag_change', service: 'pay' },
        { causeKind: 'deployment', service: 'pay' },
      ]);
    await world.events(
      { kind: 'deployment', at: ago(6), service: 'pay', version: '2.0.0' },
      { kind: 'failure', at: ago(4), service: 'pay', component: 'db', reason: 'refused' },
    );
    const calls: (() => void)[] = [];
    const book = await openIncidents({
      store: world.store,
      recorder: world.recorder,
      topology: () => topologyOf([['cart', 'pay']]),
      iris: new Iris('http://127.0.0.1:4600'),
      clock: () => ago(0),
      logger: { info: () => undefined, error: () => undefined },
      schedule: (_, call) => {
        calls.push(call);
        return () => undefined;
      },
    });
    world.recorder.subscribe((recorded) => book.hear(recorded));
    await world.events({
      kind: 'alert_fired',
      at: ago(2),
      service: 'pay',
      name: 'Errors',
      severity: 'critical',
    });
    await book.settled();
    for (const call of calls) call();
    await book.settled();
    const [incident] = await book.list({ limit: 30, state: 'open', service: 'pay' });
    const change = incident?.candidates.find(({ causeKind }) => causeKind === 'deployment');
    expect(change?.terms.map(({ name }) => name)).toContain('verdicts');
    expect(change).toMatchObject({ remedy: 'rollback' });
    await book.close();
  });
});
