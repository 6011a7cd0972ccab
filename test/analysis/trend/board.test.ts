import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closedStep,
  metricTableOf,
  readTrends,
  seededUniform,
  TrendBoard,
  trendWindows,
} from '../../../src/analysis/index.js';
import { seededRandom } from '../../../src/cli/demo/random.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import { readOntologyTerms } from '../../../src/graph/index.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, shift } from '../../../src/model/index.js';
import { blockOf, freshFolder, openStore, type SampleRow, T0 } from '../../evidence/fixture.js';

const metrics = metricTableOf(await readOntologyTerms());
const sent = ['kanban_queue_depth', 'kanban_latency_p99_ms'] as const;
let remove: () => Promise<void>;
let store: EvidenceStore;
let reads = 0;

/** Samples of the hours of two services from `from` to `to` after the start. */
function record(from: number, to: number) {
  const random = seededRandom(from + 1);
  const rows = Array.from({ length: to - from }, (_, item) => from + item).flatMap((hour) =>
    sent.flatMap((__name__, place) =>
      ['shop', 'mail'].map((service): SampleRow => {
        const level = 100 + (place === 0 ? 0 : hour / 4) + 10 * Math.sin((2 * Math.PI * hour) / 24);
        return [{ __name__, service }, hour * HOUR_MS + 30_000, level + 3 * random.normal()];
      }),
    ),
  );
  return store.append({ events: [], samples: blockOf(store, rows) });
}

beforeAll(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, shift(T0, 20 * DAY_MS));
  await record(0, 8 * 24);
});
afterAll(async () => {
  await store.close();
  await remove();
});

/** A board that counts how often it reads. */
function counted(): TrendBoard {
  reads = 0;
  const watched: EvidenceStore = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]) => {
        if (name === 'buckets') reads++;
        return Reflect.apply(member, target, given);
      };
    },
  });
  return new TrendBoard({ store: watched, metrics });
}

const scratch = (service: string, hours: number) =>
  readTrends(
    { store, metrics, random: seededUniform(1) },
    sent.map((metric) => ({ service, metric })),
    '7d',
    shift(T0, hours * HOUR_MS),
  );

describe('the board of trends', () => {
  it('answers what computing from scratch does, step after step', async () => {
    const board = counted();
    for (const [hours, until] of [
      [8 * 24 + 0.5, 8 * 24],
      [8 * 24 + 5, 8 * 24 + 4],
    ] as const) {
      // A step counts as closed two minutes after its end.
      const at = shift(T0, hours * HOUR_MS + MINUTE_MS);
      expect(await board.read('shop', '7d', at)).toEqual(await scratch('shop', until));
      await record(8 * 24, 8 * 24 + 5);
    }
  });

  it('reads once for a step, however many ask, and what was asked for again when the next one is closed', async () => {
    const board = counted();
    const at = shift(T0, 8 * 24 * HOUR_MS + 10 * MINUTE_MS);
    const asked = await Promise.all(Array.from({ length: 50 }, () => board.read('mail', '7d', at)));
    const once = reads;
    expect(new Set(asked).size).toBe(1);
    expect(asked[0]?.map(({ metric }) => metric)).toEqual(sent);
    await board.refresh(shift(at, 20 * MINUTE_MS));
    expect(reads).toBe(once);
    await board.refresh(shift(at, 55 * MINUTE_MS));
    expect(reads).toBe(2 * once);
    expect(await board.read('mail', '7d', shift(at, 55 * MINUTE_MS))).toEqual(
      await scratch('mail', 8 * 24 + 1),
    );
    expect(reads).toBe(2 * once);
  });

  it('reads services together that are asked for at once, each as if alone', async () => {
    const board = counted();
    const at = shift(T0, 8 * 24 * HOUR_MS + 10 * MINUTE_MS);
    await board.read('shop', '7d', at);
    const alone = reads;
    const other = counted();
    const both = await Promise.all(['shop', 'mail'].map((service) => other.read(service, '7d', at)));
    expect(reads).toBe(alone);
    expect(both).toEqual([await scratch('shop', 8 * 24), await scratch('mail', 8 * 24)]);
    expect(
      (await other.measured(['shop', 'nobody', 'mail'], '7d', at)).map(({ service }) => service),
    ).toEqual(['shop', 'shop', 'mail', 'mail']);
    expect(reads).toBe(alone);
  });

  it('answers by the step before while the latest one is being looked at, and no older one', async () => {
    const board = counted();
    const at = shift(T0, 8 * 24 * HOUR_MS + 10 * MINUTE_MS);
    const before = await board.read('shop', '7d', at);
    expect(await board.read('shop', '7d', shift(at, HOUR_MS))).toBe(before);
    await board.measured(['shop'], '7d', shift(at, HOUR_MS));
    expect(await board.read('shop', '7d', shift(at, HOUR_MS))).toEqual(await scratch('shop', 8 * 24 + 1));
    expect(await board.read('shop', '7d', shift(at, 3 * HOUR_MS))).toEqual(await scratch('shop', 8 * 24 + 3));
  });

  it('forgets what nobody has asked for in an hour', async () => {
    const board = counted();
    const at = shift(T0, 8 * 24 * HOUR_MS + 10 * MINUTE_MS);
    await board.read('shop', '24h', at);
    const once = reads;
    await board.refresh(shift(at, 2 * HOUR_MS));
    expect(reads).toBe(once);
  });

  it('keeps nothing of names that nobody sends metrics of, and reads no more once it is closed', async () => {
    const board = counted();
    expect(await board.read('nobody', '7d', T0)).toEqual([]);
    await board.read('shop', '24h', shift(T0, 8 * DAY_MS));
    await board.close();
    const before = reads;
    await board.refresh(shift(T0, 9 * DAY_MS));
    expect(reads).toBe(before);
  });

  it.each(['1h', '24h', '7d', '30d'] as const)('ends a window of %s with a step that is closed', (window) => {
    const { stepMs } = trendWindows[window];
    const until = closedStep(window, shift(T0, 1_234_567));
    expect(until % stepMs).toBe(0);
    expect(until).toBeLessThanOrEqual(shift(T0, 1_234_567) - 2 * MINUTE_MS);
    expect(until).toBeGreaterThan(shift(T0, 1_234_567) - 2 * MINUTE_MS - stepMs);
  });
});
