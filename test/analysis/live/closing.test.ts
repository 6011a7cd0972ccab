import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLOSING_METRIC, checkMinutes, isOwn, MinuteCloser } from '../../../src/analysis/index.js';
import { type EvidenceStore, Recorder } from '../../../src/evidence/index.js';
import {
  type EventContent,
  type EventReceipt,
  HOUR_MS,
  type Instant,
  SECOND_MS,
  shift,
} from '../../../src/model/index.js';
import { freshFolder, openStore, receiptFor, T0 } from '../../evidence/fixture.js';

const graceMs = 30 * SECOND_MS;
const signals = () => [];
const atSecond = (second: number): Instant => shift(T0, second * SECOND_MS);

/** A failure at one second, which came in at another. */
function failure(second: number, receivedSecond = second, service = 'cart'): EventReceipt {
  const content: EventContent = {
    kind: 'failure',
    at: atSecond(second),
    service,
    component: 'db',
    reason: 'x',
  };
  return { ...receiptFor(content), receivedAt: atSecond(receivedSecond) };
}

let folder: string;
let remove: () => Promise<void>;
let store: EvidenceStore;
let closer: MinuteCloser;

async function open(): Promise<void> {
  store = await openStore(folder, atSecond(10 * 60));
  closer = new MinuteCloser({ store, recorder: new Recorder(store), graceMs, signals });
}

beforeEach(async () => {
  ({ folder, remove } = await freshFolder());
  await open();
});

afterEach(async () => {
  await store.close();
  await remove();
});

const closeAll = async (now: Instant) => {
  let samples = 0;
  for (;;) {
    const closed = await closer.closeNext(now);
    if (closed === undefined) return samples;
    samples += closed.samples;
  }
};

/** The kept samples of one of Genchi's series, as `[second, value]`. */
async function kept(metric: string, service?: string): Promise<readonly (readonly [number, number])[]> {
  const series = store
    .findSeries({ metrics: [metric] })
    .filter((each) => isOwn(each) && each.service === service);
  const window = { from: shift(T0, -HOUR_MS), to: shift(T0, HOUR_MS) };
  const { at, value } = await store.samples(
    series.map(({ ref }) => ref),
    window,
    1_000,
  );
  return at.map((time, row) => [(time - T0) / SECOND_MS, value[row] ?? Number.NaN]);
}

const check = (from = 0, to = 600) =>
  checkMinutes({ store, window: { from: atSecond(from), to: atSecond(to) }, signals: [] });

describe('a minute', () => {
  it('is closed once, when its grace is over, and kept at its end with the time it was closed at', async () => {
    await store.append({ events: [failure(10), failure(20), failure(70, 70, 'mail')] });
    expect(await closer.closeNext(atSecond(89))).toBeUndefined();
    await closer.closeNext(atSecond(90));
    expect(await closer.closeNext(atSecond(149))).toBeUndefined();
    expect(await kept('jidoka_failure_rate', 'cart')).toEqual([[60, 2]]);
    expect(await kept('jidoka_failure_rate')).toEqual([[60, 2]]);
    expect(await kept('jidoka_failure_rate', 'mail')).toEqual([]);
    expect(await kept(CLOSING_METRIC)).toEqual([[60, 28]]);
  });

  it('without data has no sample, and counters stand still over it', async () => {
    await store.append({ events: [failure(10), failure(130)] });
    await closeAll(atSecond(240));
    expect(await kept('jidoka_failure_rate', 'cart')).toEqual([
      [60, 1],
      [180, 1],
    ]);
    expect(await kept('jidoka_failures_total', 'cart')).toEqual([
      [60, 1],
      [120, 1],
      [180, 2],
    ]);
  });

  it('leaves what came in late to the minute in which it came, and what came over an hour late to none', async () => {
    await store.append({ events: [failure(-4_000, -4_000), failure(10)] });
    await closeAll(atSecond(100));
    await store.append({ events: [failure(15, 130), failure(-3_900, 140), failure(16, 75)] });
    await closeAll(atSecond(400));
    // The third came in at 75 s, before its minute was closed at 98 s, but was only committed after that.
    expect((await kept('jidoka_failure_rate', 'cart')).filter(([second]) => second > 0)).toEqual([
      [60, 1],
      [180, 1],
    ]);
  });

  it('is found the same in the log, over restarts and late receipts', async () => {
    await store.append({ events: [failure(5), failure(61), failure(130)] });
    await closeAll(atSecond(100));
    await store.append({ events: [failure(20, 110), failure(30, 200)] });
    await store.close();
    await open();
    await closeAll(atSecond(300));
    expect(await kept('jidoka_failures_total', 'cart')).toEqual([
      [60, 1],
      [120, 3],
      [180, 4],
      [240, 5],
    ]);
    expect(await check()).toMatchObject({ minutes: 4, differences: 0, first: undefined });
    expect((await check(120)).minutes).toBe(2);
    expect((await check(120)).differences).toBe(0);
  });

  it('that is kept otherwise than the log has it is named', async () => {
    await store.append({ events: [failure(5), failure(61)] });
    await closeAll(atSecond(200));
    const forged = { ...failure(70, 70), id: failure(99).id };
    await store.append({ events: [forged] });
    const { differences, first } = await check();
    expect(differences).toBe(4);
    expect(first).toMatchObject({ at: atSecond(120), kept: 1, computed: 2 });
  });

  it('that nobody closed is caught up on, once and in stretches that a signal can end', async () => {
    await store.append({ events: Array.from({ length: 20 }, (_, index) => failure(index * 3_600)) });
    const now = atSecond(20 * 3_600);
    const first = await closer.closeNext(now);
    expect(first?.minutesLeft).toBeGreaterThan(0);
    expect(await closer.closeNext(now, AbortSignal.abort()).catch((error: unknown) => error)).toBeInstanceOf(
      Error,
    );
    await store.close();
    await open();
    const rest = await closeAll(now);
    expect(rest).toBeGreaterThan(0);
    expect(await closeAll(now)).toBe(0);
    const { samples } = await store.totals();
    await store.close();
    await open();
    expect(await closeAll(now)).toBe(0);
    expect((await store.totals()).samples).toBe(samples);
    expect(await check(0, 20 * 3_600)).toMatchObject({ differences: 0 });
  });

  it('adds up latencies to cumulative buckets that never fall', async () => {
    const task = (second: number, latencyMs: number): EventReceipt => ({
      ...receiptFor({ kind: 'task_completed', at: atSecond(second), service: 'cart', latencyMs }),
      receivedAt: atSecond(second),
    });
    await store.append({ events: [task(1, 5), task(2, 60), task(62, 90), task(63, 20_000)] });
    await closeAll(atSecond(180));
    const ends = (le: string) =>
      store
        .findSeries({ metrics: ['kanban_latency_histogram_bucket'], services: ['cart'] })
        .filter(({ labels }) => labels.le === le)
        .map(({ ref }) => ref);
    const read = async (le: string) =>
      (await store.samples(ends(le), { from: T0, to: atSecond(600) }, 10)).value;
    expect(await read('10')).toEqual([1, 1]);
    expect(await read('100')).toEqual([2, 3]);
    expect(await read('+Inf')).toEqual([2, 4]);
    expect((await kept('kanban_latency_histogram_sum', 'cart')).at(-1)).toEqual([120, 20_155]);
  });
});
