import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EvidenceError, type EvidenceStore } from '../../src/evidence/index.js';
import {
  type EventContent,
  type EventReceipt,
  HOUR_MS,
  identityOf,
  instantOf,
  type Labels,
} from '../../src/model/index.js';
import { blockOf, failure, freshFolder, openStore, receiptFor, type SampleRow, T0 } from './fixture.js';

const WINDOW = { from: instantOf(T0 - 3 * HOUR_MS), to: instantOf(T0 + 3 * HOUR_MS) };
const cpu: Labels = { __name__: 'process_cpu_seconds_total', service: 'payments', instance: 'a:1' };
const heap: Labels = { __name__: 'heap_bytes', job: 'cart' };

let folder: string;
let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  ({ folder, remove } = await freshFolder());
  store = await openStore(folder);
});
afterEach(async () => {
  await store.close();
  await remove();
});

async function reopen(): Promise<void> {
  await store.close();
  store = await openStore(folder);
}

const allEvents = (): Promise<readonly EventReceipt[]> =>
  store.events({ order: 'oldest-first', limit: 10_000 });
const allSamples = async (): Promise<readonly (readonly [string, number, number | null])[]> => {
  const series = store.findSeries({});
  const columns = await store.samples(
    series.map(({ ref }) => ref),
    WINDOW,
    100_000,
  );
  const stale = new Set(columns.stale);
  return columns.at.map((at, item) => [
    store.seriesOf(
      columns.series[item] ??
        series[0]?.ref ??
        (() => {
          throw new TypeError();
        })(),
    ).metric,
    at - T0,
    stale.has(item) ? null : (columns.value[item] ?? null),
  ]);
};

describe('events', () => {
  it('come back as they were recorded, every kind of field, after a restart too', async () => {
    const contents: readonly EventContent[] = [
      {
        kind: 'failure',
        at: T0,
        service: 'pay "ments"\n',
        component: 'd\\b',
        reason: 'täuschung 🦆',
        queueDepthSnapshot: 4.5,
      },
      {
        kind: 'deployment',
        at: T0,
        service: 'cart',
        version: '1.50',
        commit: 'abc',
        labels: { team: 'a', __proto: 'x' },
      },
      { kind: 'dependency', at: T0, service: 'cart', callee: 'payments', dependencyKind: 'http' },
      {
        kind: 'alert_fired',
        at: T0,
        name: 'HighLatency',
        severity: 'critical',
        startsAt: T0,
        truncatedAlerts: 3,
      },
      {
        kind: 'candidate',
        at: T0,
        service: 'cart',
        incident: 'i',
        analysis: 1,
        rank: 1,
        score: 0.25,
        rejected: false,
        causeKind: 'metric',
        title: 't',
        cites: ['failure/x', 'alert_fired/y'],
        reasoning: '{"a":1}',
      },
    ];
    const events = contents.map((content) => receiptFor(content));
    const appended = await store.append({ events });
    expect(appended).toMatchObject({ commit: 1, events: 5, repeatedEvents: [] });
    const sorted = [...events].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(await allEvents()).toEqual(sorted);
    await reopen();
    expect(await allEvents()).toEqual(sorted);
    const [one] = events;
    if (one === undefined) throw new TypeError('no event');
    expect(await store.event(one.kind, one.at, one.id)).toEqual(one);
    expect(await store.event(one.kind, instantOf(one.at + 1), one.id)).toBeUndefined();
  });

  it('are recorded once, however often and in whatever company they are sent', async () => {
    const events = [failure('a', 0), failure('a', 1), failure('b', 2)];
    await store.append({ events: [...events, ...events.slice(0, 1)] });
    const again = await store.append({ events: [failure('c', 3), ...events] });
    expect(again.events).toBe(1);
    expect(again.repeatedEvents.map(({ item }) => item)).toEqual([1, 2, 3]);
    await reopen();
    expect((await store.append({ events })).commit).toBeUndefined();
    expect(await allEvents()).toHaveLength(4);
  });

  it('tell the time of the first receipt when a repeat carries another time', async () => {
    const id = identityOf('test', 'one');
    const first = receiptFor({ kind: 'circuit_closed', at: T0, component: 'db' }, id);
    await store.append({ events: [first] });
    const again = await store.append({ events: [{ ...first, at: instantOf(T0 + 5000) }] });
    expect(again.repeatedEvents).toEqual([{ item: 0, at: T0 }]);
  });

  it('are told apart from 300,000 others by their identity', async () => {
    const events = Array.from({ length: 60_000 }, (_, n) => failure('a', n));
    for (let part = 0; part < 5; part++)
      await store.append({ events: events.map((e) => ({ ...e, id: identityOf(`${part}`, e.id) })) });
    const fresh = await store.append({ events: events.slice(0, 1000) });
    expect(fresh.events).toBe(1000);
    await reopen();
    const again = await store.append({ events: events.slice(0, 1001) });
    expect([again.events, again.repeatedEvents.length]).toEqual([1, 1000]);
    expect((await store.totals()).events.failure).toBe(301_001);
  }, 60_000);

  it('are found by kind, service, window, field, in both orders and page by page', async () => {
    await store.append({
      events: Array.from({ length: 25 }, (_, n) => failure(n % 2 ? 'odd' : 'even', n % 5, `r${n % 3}`)),
    });
    const base = { kinds: ['failure'], services: ['odd'], order: 'newest-first' } as const;
    const whole = await store.events({ ...base, limit: 100 });
    expect(whole).toHaveLength(12);
    const paged: EventReceipt[] = [];
    for (;;) {
      const after = paged.at(-1);
      const page = await store.events({ ...base, limit: 5, ...(after === undefined ? {} : { after }) });
      paged.push(...page);
      if (page.length < 5) break;
    }
    expect(paged).toEqual(whole);
    const windowed = await store.events({
      order: 'oldest-first',
      limit: 100,
      window: { from: instantOf(T0 + 1), to: instantOf(T0 + 3) },
      where: { reason: ['r1'] },
    });
    expect(
      windowed.every((e) => e.kind === 'failure' && e.reason === 'r1' && e.at >= T0 + 1 && e.at < T0 + 3),
    ).toBe(true);
    expect(windowed.length).toBeGreaterThan(0);
    expect(await store.services()).toEqual(['even', 'odd']);
  });
});

describe('samples', () => {
  it('keep order, staleness markers, NaN and infinities, after a restart too', async () => {
    const rows: SampleRow[] = [
      [cpu, 0, 1],
      [cpu, 15, Number.NaN],
      [cpu, 30, Number.POSITIVE_INFINITY],
      [cpu, 45, null],
      [heap, 0, -0.5],
    ];
    const appended = await store.append({ events: [], samples: blockOf(store, rows) });
    expect(appended).toMatchObject({ commit: 1, samples: 5, repeatedSamples: 0, refusedSamples: [] });
    const expected = rows.map(([labels, at, value]) => [labels.__name__, at, value]);
    expect(await allSamples()).toEqual(expected);
    await reopen();
    expect(await allSamples()).toEqual(expected);
    expect(store.findSeries({ services: ['payments'] })).toMatchObject([
      { metric: 'process_cpu_seconds_total', component: 'a:1' },
    ]);
  });

  it('are recorded once; another value at the same time is a conflict, and over an hour late is too old', async () => {
    await store.append({
      events: [],
      samples: blockOf(store, [
        [cpu, 0, 1],
        [cpu, 2 * HOUR_MS, 2],
        [heap, 0, null],
      ]),
    });
    const second = await store.append({
      events: [],
      samples: blockOf(store, [
        [cpu, 2 * HOUR_MS, 2],
        [cpu, 2 * HOUR_MS, 3],
        [cpu, HOUR_MS + 1, 9],
        [cpu, HOUR_MS + 1, 9],
        [cpu, HOUR_MS, 4],
        [heap, 0, null],
        [heap, 0, 1],
      ]),
    });
    expect(second.samples).toBe(1);
    expect(second.repeatedSamples).toBe(3);
    expect([...second.refusedSamples].sort((a, b) => a.item - b.item)).toEqual([
      { item: 1, why: 'conflict' },
      { item: 4, why: 'too-old' },
      { item: 6, why: 'conflict' },
    ]);
  });

  it('are repeats however old they are, when they were recorded before', async () => {
    const samples = (): ReturnType<typeof blockOf> =>
      blockOf(store, [
        [cpu, -3 * HOUR_MS, 1],
        [cpu, -HOUR_MS, 2],
        [cpu, 0, 3],
      ]);
    expect(await store.append({ events: [], samples: samples() })).toMatchObject({ samples: 3 });
    expect(await store.append({ events: [], samples: samples() })).toMatchObject({
      samples: 0,
      repeatedSamples: 3,
      refusedSamples: [],
    });
  });

  it('of a series that was silent for long are still recorded once after a restart', async () => {
    await store.append({ events: [], samples: blockOf(store, [[cpu, -3 * HOUR_MS, 1]]) });
    await store.append({ events: [], samples: blockOf(store, [[heap, 0, 1]]) });
    await reopen();
    const again = await store.append({
      events: [],
      samples: blockOf(store, [
        [cpu, -3 * HOUR_MS, 1],
        [cpu, -3 * HOUR_MS + 1, 2],
      ]),
    });
    expect(again).toMatchObject({ samples: 1, repeatedSamples: 1 });
  });

  it('hold the law: any order and any repeats within the hour leave each (series, time) once, the first value standing', async () => {
    const row = fc.tuple(
      fc.constantFrom(cpu, heap),
      fc.integer({ min: 0, max: 30 }),
      fc.constantFrom(1, 2, null),
    );
    let salt = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { maxLength: 12 }), { maxLength: 6 }),
        fc.boolean(),
        async (batches, together) => {
          const name = `metric_${salt++}`;
          const blocks = batches.map((rows) =>
            blockOf(
              store,
              rows.map(
                ([labels, at, value]): SampleRow => [
                  { ...labels, __name__: name, was: labels.__name__ ?? '' },
                  at,
                  value,
                ],
              ),
            ),
          );
          const model = new Map<string, number | null>();
          for (const [labels, at, value] of batches.flat()) {
            const key = `${labels.__name__}@${at}`;
            if (!model.has(key)) model.set(key, value);
          }
          const sent = blocks.map((samples) => () => store.append({ events: [], samples }));
          const outcomes = together ? await Promise.all(sent.map((send) => send())) : await inTurn(sent);
          const recorded = outcomes.reduce((sum, outcome) => sum + outcome.samples, 0);
          expect(recorded).toBe(model.size);
          const series = store.findSeries({ metrics: [name] });
          const columns = await store.samples(
            series.map(({ ref }) => ref),
            WINDOW,
            10_000,
          );
          const stored = columns.at.map((at, item) => [
            `${series.find(({ ref }) => ref === columns.series[item])?.labels.was}@${at - T0}`,
            columns.stale.includes(item) ? null : columns.value[item],
          ]);
          expect(new Map(stored as [string, number | null][])).toEqual(model);
          expect(stored).toHaveLength(model.size);
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });
});

async function inTurn<T>(work: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  for (const one of work) results.push(await one());
  return results;
}

describe('the store', () => {
  it('commits what is sent at once in few commits, all of it counted', async () => {
    await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        store.append({ events: [failure('a', n)], samples: blockOf(store, [[cpu, n, n]]) }),
      ),
    );
    const totals = await store.totals();
    expect(totals).toMatchObject({
      samples: 200,
      series: 1,
      events: { failure: 200 },
      firstAt: T0,
      lastAt: T0 + 199,
    });
    expect(totals.commits).toBeLessThan(20);
  });

  it('refuses a batch that cannot be written alone, and records what came in with it', async () => {
    // No door lets such a time through; the store must not take its neighbours down with it all the same.
    const broken = { ...failure('a', 1), at: Number.NaN } as EventReceipt;
    const sent = [failure('a', 0), broken, failure('a', 2)].map((event, n) =>
      store.append({ events: [event], samples: blockOf(store, [[cpu, n, n]]) }),
    );
    const ends = await Promise.allSettled(sent);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await allEvents()).map(({ at }) => at - T0)).toEqual([0, 2]);
    expect((await allSamples()).map(([, at]) => at)).toEqual([0, 2]);
    await reopen();
    expect((await allEvents()).length).toBe(2);
  });

  it('refuses a data folder that is open elsewhere, and calls after its end', async () => {
    const other = await freshFolder();
    const closed = await openStore(other.folder);
    await closed.close();
    await expect(closed.append({ events: [] })).rejects.toMatchObject({ code: 'store-closed' });
    await expect(closed.services()).rejects.toBeInstanceOf(EvidenceError);
    await other.remove();
  });
});
