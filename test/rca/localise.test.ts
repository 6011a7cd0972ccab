import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shift } from '../../src/model/index.js';
import { type Analysis, analyse, type Question } from '../../src/rca/index.js';
import { ago, NOW, openWorld, step, topologyOf, type World } from './world.js';

const shop = topologyOf([
  ['web', 'search'],
  ['web', 'reports'],
  ['search', 'index'],
]);
const unknown = topologyOf([], ['web', 'search', 'index']);

let world: World;
beforeEach(async () => {
  world = await openWorld(11);
});
afterEach(async () => {
  await world.close();
});

const ask = (question: Partial<Question> = {}, topology = shop): Promise<Analysis> =>
  analyse(world.store, topology, { service: 'web', at: NOW, windowMs: 30 * 60_000, ...question });

const latency = (service: string, from: number, to: number): Promise<void> =>
  world.series({ __name__: 'latency_mean_seconds', service }, step(from, to, 8));

const requests = (service: string, level: number): Promise<void> =>
  world.series({ __name__: 'requests_per_second', service }, step(level, level, 8));

const origins = ({ candidates }: Analysis): Readonly<Record<string, number | undefined>> =>
  Object.fromEntries(
    candidates.map(({ service, terms }) => [service, terms.find(({ name }) => name === 'origin')?.value]),
  );

/** A call between services as a mesh measures it on the caller's side. */
const calls = (caller: string, callee: string, to: number): Promise<void> =>
  world.series(
    {
      __name__: 'request_duration_seconds',
      source_workload: caller,
      destination_workload: callee,
      pod: 'x-1',
    },
    step(0.01, to, 8),
  );

describe('localise', () => {
  it('weighs excess latency by how often a service is asked, not by how far it left its past', async () => {
    await latency('web', 0.1, 0.3);
    await latency('search', 0.05, 0.3);
    await latency('reports', 0.05, 1.5);
    await requests('web', 100);
    await requests('search', 90);
    await requests('reports', 1);
    const { candidates } = await ask({ metric: 'latency_mean_seconds' });
    expect(candidates[0]).toMatchObject({ service: 'search', metric: 'latency_mean_seconds' });
  });

  it('takes what a callee adds off its caller', async () => {
    await latency('web', 0.1, 0.5);
    await latency('search', 0.05, 0.44);
    await latency('index', 0.01, 0.4);
    const analysis = await ask({ metric: 'latency_mean_seconds' });
    expect(analysis.candidates[0]).toMatchObject({ service: 'index' });
    expect(origins(analysis).search).toBeLessThan(0.1);
  });

  it('finds the callee whose calls are slow though it measures nothing slow itself', async () => {
    await latency('web', 0.1, 0.5);
    await latency('search', 0.05, 0.05);
    await calls('web', 'search', 0.4);
    const analysis = await ask();
    expect(analysis.candidates[0]).toMatchObject({ service: 'search', metric: 'request_duration_seconds' });
    expect(analysis.candidates[0]?.component).toBeUndefined();
    expect(origins(analysis).web).toBeLessThan(0.3);
  });

  it('infers who calls whom from series that measure calls, and says so', async () => {
    await latency('web', 0.1, 0.5);
    await calls('web', 'search', 0.4);
    await calls('search', 'index', 0.39);
    await calls('other', 'unrelated', 5);
    const { candidates, reach, missing } = await ask({}, unknown);
    expect(reach).toEqual(['web', 'search', 'index']);
    expect(candidates[0]).toMatchObject({ service: 'index' });
    expect(missing[0]).toMatch(/inferred/);
    expect((await ask()).missing.join()).not.toMatch(/inferred/);
    world = await world.reopened();
    const after = await ask({}, unknown);
    expect({ candidates: after.candidates, missing: after.missing }).toEqual({ candidates, missing });
  });

  it('makes little of a small process that doubles among large ones', async () => {
    const memory = (service: string, from: number, to: number): Promise<void> =>
      world.series({ __name__: 'memory_bytes', service }, step(from, to, 8));
    await latency('web', 0.1, 0.5);
    await memory('web', 3e8, 3e8);
    await memory('search', 8e6, 17e6);
    await memory('reports', 2e8, 2e8);
    await memory('index', 3e8, 6e8);
    const { candidates } = await ask(
      {},
      topologyOf([
        ['web', 'search'],
        ['web', 'index'],
        ['web', 'reports'],
      ]),
    );
    expect(candidates[0]).toMatchObject({ service: 'index', metric: 'memory_bytes' });
    expect(candidates.find(({ service }) => service === 'search')).toBeUndefined();
  });

  it('takes no lost sample of a callee for a part of its caller', async () => {
    // Five minutes apart, worst at first; the callee's first sample is lost, and its caller's last.
    const sparse = (service: string, usual: number, worst: number, lost: number): Promise<void> =>
      world.series({ __name__: 'latency_mean_seconds', service }, (minutes, noise) => {
        const place = Math.round(minutes / 5);
        if (Math.abs(minutes - place * 5) > 0.1 || place === lost) return Number.NaN;
        return (usual + (place > 3 ? 0 : (worst * place) / 3)) * (1 + 0.02 * noise);
      });
    await sparse('web', 0.1, 0.9, 0);
    await sparse('search', 0.05, 0.9, 3);
    const analysis = await ask({ metric: 'latency_mean_seconds', windowMs: 16 * 60_000 });
    expect(analysis.candidates[0]).toMatchObject({ service: 'search' });
    expect(origins(analysis).web).toBeLessThan(0.3);
  });

  it('follows what is slow alike down to what takes the least time, without a graph, and says so', async () => {
    await latency('web', 0.5, 0.9);
    await latency('search', 0.2, 0.6);
    await latency('index', 0.05, 0.45);
    for (const service of ['web', 'search', 'index']) await requests(service, 100);
    const { candidates, missing } = await ask({ metric: 'latency_mean_seconds' }, unknown);
    expect(candidates[0]).toMatchObject({ service: 'index' });
    const outer = candidates.find(({ service }) => service === 'search');
    expect(outer?.opposing.map(({ sentence }) => sentence).join()).toMatch(/index.*inferred/);
    expect(missing.join()).toMatch(/No dependency between services is recorded.*inferred order/);
  });

  it('takes a busy processor for the effect of memory that fills, where both rise', async () => {
    await world.series({ __name__: 'cpu_percent', service: 'web' }, step(1, 90, 8));
    await world.series({ __name__: 'memory_bytes', service: 'web' }, step(3e8, 6e8, 8));
    const { candidates } = await ask();
    expect(candidates.map(({ metric }) => metric)).toEqual(['memory_bytes', 'cpu_percent']);
  });

  it('compares with the time that hindsight names, the window itself left out', async () => {
    // Slow for most of what lies just before, too: only the time since shows what is usual.
    const wasSlow = (minutes: number): boolean => minutes > 45 || (minutes > 20 && minutes < 30);
    await world.series(
      { __name__: 'latency_mean_seconds', service: 'web' },
      (minutes, noise) => (wasSlow(minutes) ? 0.5 : 0.1) * (1 + 0.04 * noise),
    );
    const at = ago(20);
    const live = await ask({ at, windowMs: 10 * 60_000 });
    expect(live.candidates.filter(({ metric }) => metric === 'latency_mean_seconds')).toEqual([]);
    const hindsight = await ask({
      at,
      windowMs: 10 * 60_000,
      comparedWith: { from: ago(45), to: shift(NOW, 1) },
    });
    expect(hindsight.candidates[0]).toMatchObject({ service: 'web', metric: 'latency_mean_seconds' });
  });
});
