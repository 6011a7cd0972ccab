import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventContent, MINUTE_MS, pathOfEvent } from '../../src/model/index.js';
import { analyse } from '../../src/rca/index.js';
import { type Finding, scan } from '../../src/rca/onset.js';
import { windowsOf } from '../../src/rca/windows.js';
import { ago, NOW, openWorld, step, topologyOf, type World } from './world.js';

let world: World;
beforeEach(async () => {
  world = await openWorld(7);
});
afterEach(async () => {
  await world.close();
});

const question = { service: 'mail', at: NOW, windowMs: 30 * MINUTE_MS };

async function found(): Promise<readonly Finding[]> {
  return (await scan(world.store, ['mail'], windowsOf(question))).findings;
}

/** One event of every minute of two hours. */
const everyMinute = (of: (minutesAgo: number) => EventContent): readonly EventContent[] =>
  Array.from({ length: 120 }, (_, minute) => of(120 - minute));

const log = (minutesAgo: number, level: string, count: number): EventContent => ({
  kind: 'log_volume',
  at: ago(minutesAgo),
  service: 'mail',
  level,
  count,
});

describe('what events measure', () => {
  it('finds the queue that fills, at the reading where it began, and cites readings', async () => {
    const receipts = await world.events(
      ...everyMinute((minutesAgo) => ({
        kind: 'queue_depth',
        at: ago(minutesAgo),
        service: 'mail',
        queue: 'outbox',
        depth: 20 + (minutesAgo % 3) + (minutesAgo <= 10 ? 400 : 0),
      })),
    );
    const [finding] = await found();
    expect(finding).toMatchObject({ group: 'queue', role: 'waiting', harmful: true, onsetAt: ago(10) });
    expect(finding?.strength).toBeGreaterThan(0.8);
    const first = receipts.find(({ at }) => at === ago(10));
    const analysis = await analyse(world.store, topologyOf([], ['mail']), question);
    expect(analysis.candidates[0]?.title).toContain('queue_depth of mail (queue=outbox) rose');
    expect(analysis.candidates[0]?.supporting[0]?.cites).toContain(first && pathOfEvent(first));
  });

  it('finds tasks that take longer by their median, and not for one of many', async () => {
    const task = (minutesAgo: number, slow: boolean): EventContent => ({
      kind: 'task_completed',
      at: ago(minutesAgo),
      service: 'mail',
      latencyMs: 100 + ((minutesAgo * 7) % 5) + (slow ? 900 : 0),
    });
    const ordinary = everyMinute((minutesAgo) => task(minutesAgo - 0.2, false));
    const others = everyMinute((minutesAgo) => task(minutesAgo - 0.3, false));
    await world.events(
      ...ordinary,
      ...others,
      ...everyMinute((minutesAgo) => task(minutesAgo - 0.1, minutesAgo < 9)),
    );
    expect(await found()).toEqual([]);
    const more = everyMinute((minutesAgo) => task(minutesAgo - 0.15, minutesAgo < 9)).slice(-9);
    await world.events(...more, ...more.map((one) => ({ ...one, at: (one.at + 1) as typeof one.at })));
    const [finding] = await found();
    expect(finding).toMatchObject({ group: 'latency', harmful: true });
    expect(Math.abs((finding?.onsetAt ?? 0) - ago(9))).toBeLessThanOrEqual(2 * MINUTE_MS);
  });

  it('counts workers that are active: fewer is worse, and one that is heard of twice is one', async () => {
    const worker = (kind: 'worker_activated' | 'worker_deactivated', name: string, minutesAgo: number) =>
      ({ kind, at: ago(minutesAgo), service: 'mail', worker: name }) as const;
    await world.events(
      ...['a', 'b', 'c', 'd'].map((name) => worker('worker_activated', name, 119)),
      worker('worker_activated', 'a', 60),
      worker('worker_deactivated', 'b', 12),
      worker('worker_deactivated', 'c', 12.5),
    );
    const [finding] = await found();
    expect(finding).toMatchObject({ group: 'availability', harmful: true });
    expect(finding?.shift).toMatchObject({ baselineMedian: 4, recentMedian: 2, peak: 2 });
  });

  it('takes errors that begin to be logged for errors, and minutes without any for none', async () => {
    await world.series({ __name__: 'requests', service: 'mail' }, step(50, 50, 10));
    await world.events(
      ...everyMinute((minutesAgo) => log(minutesAgo, 'INFO', 100 + (minutesAgo % 4))),
      log(100, 'error', 1),
      ...Array.from({ length: 8 }, (_, place) => log(8 - place, 'error', 40)),
    );
    const [finding] = await found();
    expect(finding).toMatchObject({ group: 'errors', harmful: true, onsetAt: ago(8) });
    expect(finding?.shift.baselineMedian).toBe(0);
  });
});
