import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventReceipt, identityOf, pathOfEvent, shift } from '../../src/model/index.js';
import { analyse, readExperience } from '../../src/rca/index.js';
import { ago, openWorld, topologyOf, type World } from './world.js';

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

/** An incident whose cause was found, and confirmed by a person. */
async function confirmed(place: number): Promise<void> {
  const minutesAgo = 60 * (place + 1);
  const pod = pods[place % pods.length] ?? 'pay-0';
  await trouble(minutesAgo, pod);
  const at = shift(ago(minutesAgo), 60_000);
  const head = { at, receivedAt: at, door: 'genchi', incident: `i-${place}` };
  const candidate: EventReceipt<'candidate'> = {
    ...head,
    kind: 'candidate',
    id: identityOf('candidate', String(place)),
    service: pod.replace(/-\d$/, ''),
    analysis: 1,
    rank: 1,
    score: 0.5,
    rejected: false,
    causeKind: 'part',
    title: pod,
    component: pod,
    cites: [],
    reasoning: JSON.stringify({ terms: [], supporting: [], opposing: [] }),
  };
  const verdict: EventReceipt<'verdict'> = {
    ...head,
    kind: 'verdict',
    id: identityOf('verdict', String(place)),
    judgement: 'confirmed',
    judges: pathOfEvent(candidate),
  };
  await world.recorder.record({ events: [candidate, verdict] }, 'genchi');
}

describe('readExperience', () => {
  it('learns nothing from a handful of verdicts', async () => {
    await confirmed(0);
    expect(await readExperience(world.store, ago(0), WINDOW_MS)).toBeUndefined();
  });

  it('moves the weight of a kind of evidence visibly, and with it the pod that comes first', async () => {
    for (let place = 0; place < 20; place++) await confirmed(place);
    await trouble(1, 'cart-1');
    const experience = await readExperience(world.store, ago(5), WINDOW_MS);
    expect(experience?.incidents).toBe(20);
    const question = { service: 'cart', at: ago(0), windowMs: WINDOW_MS };
    const { candidates } = await analyse(world.store, topologyOf([['cart', 'pay']]), question, experience);
    expect(candidates[0]).toMatchObject({ causeKind: 'part', component: 'cart-1' });
    const said = candidates[0]?.supporting.map(({ sentence }) => sentence).join('\n');
    expect(said).toMatch(/metric cpu_usage up\. In past incidents it stood on the cause 20 of 20 times\./);
  });
});
