import { expect, it } from 'vitest';
import { Iris } from '../../src/model/index.js';
import { type IncidentChange, openIncidents, readRecentChanges } from '../../src/rca/index.js';
import { ago, NOW, openWorld, step, topologyOf } from './world.js';

it('receipts tell every change of incidents that was told, under its id, and no other', async () => {
  const world = await openWorld(3);
  const topology = topologyOf([['web', 'checkout']]);
  const told: IncidentChange[] = [];
  const timers: (() => void)[] = [];
  const book = await openIncidents({
    ...{ store: world.store, recorder: world.recorder, topology: () => topology, clock: () => NOW },
    iris: new Iris('http://127.0.0.1:4600'),
    logger: { info: () => undefined, error: (fields) => expect.unreachable(JSON.stringify(fields)) },
    schedule: (_, call) => {
      timers.push(call);
      return () => timers.splice(timers.indexOf(call), 1);
    },
    onChange: (change) => told.push(change),
  });
  world.recorder.subscribe((recorded) => book.hear(recorded));
  const alert = (minutesAgo: number) =>
    ({
      kind: 'alert_fired',
      at: ago(minutesAgo),
      startsAt: ago(minutesAgo),
      name: 'HighLatency',
      severity: 'warning',
      service: 'checkout',
    }) as const;
  await world.series({ __name__: 'request_latency_p99_ms', service: 'checkout' }, step(100, 500, 12));
  await world.events(alert(10));
  for (const call of timers.splice(0)) call();
  await book.settled();
  const [one] = await book.list({ limit: 1 });
  const incident = one?.id ?? expect.unreachable();
  await book.acknowledge({ incident, author: 'ada' });
  await book.judge({ incident, judgement: 'other', cause: { title: 'a typo' }, author: 'ada' });
  await book.resolve({ incident, author: 'ada' });
  await world.events(alert(0));
  for (const call of timers.splice(0)) call();
  await book.settled();
  await book.close();

  const recorded = await readRecentChanges(world.store, ago(600), NOW);
  const types = told.map(({ type }) => type);
  expect(types).toEqual(
    expect.arrayContaining(['opened', 'acknowledged', 'verdict', 'resolved', 'reopened']),
  );
  const name = ({ type, id }: { type: string; id: string }): string => `${type} ${id}`;
  expect(recorded.map(name).sort()).toEqual(told.map(name).sort());
  expect(await readRecentChanges(world.store, told.at(-1)?.at ?? NOW, NOW)).not.toHaveLength(recorded.length);
  await world.close();
});
