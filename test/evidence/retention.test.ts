import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvidenceStore } from '../../src/evidence/index.js';
import {
  DAY_MS,
  type EventReceipt,
  HOUR_MS,
  identityOf,
  instantOf,
  MINUTE_MS,
  pathOf,
  pathOfEvent,
  shift,
} from '../../src/model/index.js';
import { failure, freshFolder, receiptFor, type SampleRow, T0 } from './fixture.js';
import {
  appendSamples,
  archived,
  counter,
  everySample,
  gauge,
  MIDNIGHT,
  openAt,
  retainAll,
  rules,
} from './retention-fixture.js';

let folder: string;
let remove: () => Promise<void>;
let store: EvidenceStore;
const clock = { now: T0 };

beforeEach(async () => {
  ({ folder, remove } = await freshFolder());
  clock.now = T0;
  store = await openAt(folder, clock);
});
afterEach(async () => {
  await store.close();
  await remove();
});

async function reopen(): Promise<void> {
  await store.close();
  store = await openAt(folder, clock);
}

const threeDays: readonly SampleRow[] = [0, 1, 2].flatMap((day) => [
  [gauge('a'), MIDNIGHT + day * DAY_MS + HOUR_MS, day + 0.5] satisfies SampleRow,
  [gauge('b'), MIDNIGHT + day * DAY_MS + HOUR_MS + 1, day === 1 ? null : Number.NaN] satisfies SampleRow,
  [counter('a'), MIDNIGHT + day * DAY_MS + HOUR_MS, day * 10] satisfies SampleRow,
]);

const reading = (afterMs: number): EventReceipt =>
  receiptFor({ kind: 'queue_depth', at: instantOf(T0 + afterMs), service: 'a', queue: 'q', depth: 1 });

describe('what is older than its rule', () => {
  it('goes to a file by kind and day, and every read sees it as before, after a restart too', async () => {
    await appendSamples(store, threeDays);
    const events = [failure('a', MIDNIGHT), reading(MIDNIGHT), failure('a', MIDNIGHT + 2 * DAY_MS)];
    await store.append({ events });
    const before = await everySample(store);
    const totals = await store.totals();
    clock.now = shift(T0, 4 * DAY_MS);
    const steps = await retainAll(store);
    expect(steps.map(({ what, action, rows }) => `${action} ${what} ${rows}`)).toEqual([
      'archive sample 3',
      'archive sample 3',
      'archive failure 1',
      'archive queue_depth 1',
    ]);
    expect(await archived(folder)).toEqual([
      'failure/2026-01-05.parquet',
      'queue_depth/2026-01-05.parquet',
      'sample/2026-01-05.parquet',
      'sample/2026-01-06.parquet',
    ]);
    for (const again of [false, true]) {
      if (again) await reopen();
      expect(await everySample(store)).toEqual(before);
      const kinds = ['failure', 'queue_depth'] as const;
      const found = await store.events({ kinds, order: 'oldest-first', limit: 10 });
      expect(found.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
      for (const event of events) expect(await store.event(event.kind, event.at, event.id)).toEqual(event);
      const now = await store.totals();
      expect([now.samples, now.firstAt, now.events.failure]).toEqual([totals.samples, totals.firstAt, 2]);
      expect(await store.countRows({ from: 'sample' }, 100)).toBe(9);
    }
    expect(await retainAll(store)).toEqual([]);
  });

  it('leaves a receipt with the hash and the rule of each file', async () => {
    await appendSamples(store, threeDays);
    clock.now = shift(T0, 4 * DAY_MS);
    await retainAll(store);
    const receipts = await store.events({ kinds: ['archive'], order: 'oldest-first', limit: 10 });
    const checks = [];
    for await (const check of store.retention.verify()) checks.push(check);
    const told = receipts.flatMap((each) => (each.kind === 'archive' ? [each] : []));
    expect(told.map(({ file, sha256, receipts: rows }) => `${file} ${sha256} ${rows}`).sort()).toEqual(
      checks.map(({ file, sha256, rows }) => `${file} ${sha256} ${rows}`),
    );
    expect(checks.map(({ state }) => state)).toEqual(['sound', 'sound']);
    expect(receipts[0]).toMatchObject({ archivedKind: 'sample', reason: 'samples are kept for 2 days' });
  });

  it('keeps what others cite in the store, and archives the rest', async () => {
    await appendSamples(store, threeDays);
    const cause = failure('a', MIDNIGHT);
    const [series] = store.findSeries({ metrics: ['load'], services: ['a'] });
    const sample = pathOf({
      type: 'sample',
      at: shift(T0, MIDNIGHT + HOUR_MS),
      series: series?.key ?? identityOf('none'),
    });
    const candidate = receiptFor(
      {
        ...{ kind: 'candidate', at: T0, incident: 'i', analysis: 1, rank: 1, score: 1, rejected: false },
        ...{ causeKind: 'failure', title: 't', reasoning: '{}', cause: pathOfEvent(cause), cites: [sample] },
      },
      identityOf('candidate'),
    );
    await store.append({ events: [cause, failure('b', MIDNIGHT), candidate] });
    const before = await everySample(store);
    clock.now = shift(T0, 6 * DAY_MS);
    const plan = await store.retention.plan(rules);
    expect(plan.cited).toEqual({ sample: 1, failure: 1 });
    expect(plan.due.filter(({ what }) => what === 'sample').map(({ rows }) => rows)).toEqual([2, 3, 3]);
    await retainAll(store);
    expect(await everySample(store)).toEqual(before);
    await rm(join(folder, 'archive'), { recursive: true });
    expect((await everySample(store)).length).toBe(1);
    expect(await store.event('failure', cause.at, cause.id)).toEqual(cause);
    expect((await store.retention.plan(rules)).due).toEqual([]);
  });

  it('still tells which alerts fired then, and the latest of each', async () => {
    const alert = (afterMs: number): EventReceipt =>
      receiptFor({
        ...{ kind: 'alert_fired', at: shift(T0, afterMs), service: 'a', name: 'slow', severity: 'critical' },
      });
    const [first, second, third] = [alert(MIDNIGHT), alert(MIDNIGHT + HOUR_MS), alert(MIDNIGHT + DAY_MS)];
    await store.append({ events: [first, second, third] });
    const at = shift(T0, MIDNIGHT + 2 * HOUR_MS);
    const window = { from: shift(T0, MIDNIGHT), to: shift(T0, MIDNIGHT + 2 * DAY_MS) };
    const ask = async () => [
      await store.firing({ at }),
      await store.latestEvents('alert_fired', ['name'], window),
      (await store.eventsNamed([first, third])).toSorted((one, other) => one.at - other.at),
      await store.events({ kinds: ['alert_fired'], order: 'newest-first', limit: 2 }),
    ];
    const before = await ask();
    expect(before[0]).toEqual([second]);
    clock.now = shift(T0, 4 * DAY_MS);
    expect((await retainAll(store)).map(({ rows }) => rows)).toEqual([2]);
    expect(await ask()).toEqual(before);
  });

  it('is done a piece a step, each undone when it is ended', async () => {
    await appendSamples(store, threeDays);
    const before = await everySample(store);
    clock.now = shift(T0, 4 * DAY_MS);
    const end = new AbortController();
    const step = store.retention.step(rules, end.signal);
    end.abort();
    expect(await step).toBeUndefined();
    expect(await everySample(store)).toEqual(before);
    expect((await store.events({ kinds: ['archive'], order: 'oldest-first', limit: 9 })).length).toBe(0);
    expect((await retainAll(store)).length).toBe(2);
    expect(await everySample(store)).toEqual(before);
  });

  it('is read whole at any moment, and what is appended meanwhile stays', async () => {
    const week: readonly SampleRow[] = Array.from({ length: 3_000 }, (_, n) => [
      counter(`s${n % 5}`),
      MIDNIGHT + n * 200_000,
      n,
    ]);
    await appendSamples(store, week);
    const window = { from: shift(T0, MIDNIGHT), to: shift(T0, MIDNIGHT + 10 * DAY_MS) };
    const refs = store.findSeries({}).map(({ ref }) => ref);
    const hourly = {
      ...{ groups: [refs], window, stepMs: HOUR_MS, limit: 1_000 },
      figure: 'value' as const,
    };
    const before = [...(await store.buckets(hourly)).count];
    clock.now = shift(T0, 9 * DAY_MS);
    let isDone = false;
    const appended = (async () => {
      let sent = 0;
      for (; !isDone; sent++) await appendSamples(store, [[gauge('live'), 9 * DAY_MS + sent * 1_000, sent]]);
      return sent;
    })();
    const reads = (async () => {
      for (; !isDone; ) {
        expect((await store.samples(refs, window, 10_000)).at.length).toBe(week.length);
        expect([...(await store.buckets(hourly)).count]).toEqual(before);
        const counted = await store.snapshot(async (rows) => {
          const values = { metric: ['requests_total'] };
          const first = await rows.countRows({ from: 'sample', values }, 10_000);
          return [first, await rows.countRows({ from: 'sample', values }, 10_000)];
        });
        expect(counted).toEqual([week.length, week.length]);
      }
    })();
    const steps = await retainAll(store);
    isDone = true;
    await reads;
    expect(steps.filter(({ what }) => what === 'sample').length).toBe(7);
    const live = await store.samples(
      [store.intern(gauge('live'))],
      { from: T0, to: shift(T0, 20 * DAY_MS) },
      100_000,
    );
    expect(live.at.length).toBe(await appended);
  });

  it('takes nothing when it is kept for good', async () => {
    await appendSamples(store, threeDays);
    await store.append({ events: [failure('a', MIDNIGHT)] });
    clock.now = shift(T0, 1_000 * DAY_MS);
    const forGood = { sampleDays: 0, minuteDays: 0, hourDays: 0, readingDays: 0, eventDays: 0 };
    expect(await retainAll(store, forGood)).toEqual([]);
  });
});

describe('what comes late', () => {
  it('of an archived day is refused when it is a sample, and taken once when it is an event', async () => {
    await appendSamples(store, threeDays);
    const first = failure('a', MIDNIGHT);
    await store.append({ events: [first] });
    clock.now = shift(T0, 4 * DAY_MS);
    await retainAll(store);
    for (const again of [false, true]) {
      if (again) await reopen();
      const sample = await appendSamples(store, [
        [gauge('a'), MIDNIGHT + HOUR_MS, 0.5],
        [gauge('new'), MIDNIGHT + HOUR_MS, 1],
      ]);
      expect(sample.refusedSamples.map(({ why }) => why)).toEqual(['too-old', 'too-old']);
      const repeat = await store.append({ events: [first] });
      expect(repeat.repeatedEvents).toEqual([{ item: 0, at: first.at }]);
    }
    const late = failure('late', MIDNIGHT + MINUTE_MS);
    expect((await store.append({ events: [late] })).events).toBe(1);
    const [step] = await retainAll(store);
    expect(step?.file).toBe('archive/failure/2026-01-05.2.parquet');
    expect(await store.event('failure', late.at, late.id)).toEqual(late);
    expect(await store.countRows({ from: 'event', kinds: ['failure'] }, 9)).toBe(2);
  });
});

describe('a folder of version 3', () => {
  it('is brought forward when it is opened, and retention works on it', async () => {
    await appendSamples(store, threeDays);
    await store.close();
    const instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'));
    const connection = await instance.connect();
    await connection.run(`DROP VIEW rollup; DROP TABLE rollup_minute; DROP TABLE rollup_hour; DROP TABLE archive;
      DROP VIEW samples; DROP VIEW log_part; ALTER TABLE batch DROP COLUMN parts;
      ALTER TABLE series DROP COLUMN batch; ALTER TABLE sorted_sample DROP COLUMN batch;
      CREATE VIEW samples AS
        SELECT series, "at", value FROM sample UNION ALL SELECT series, "at", value FROM sorted_sample;
      UPDATE meta SET value = '3' WHERE key = 'schema'`);
    connection.closeSync();
    instance.closeSync();
    store = await openAt(folder, clock);
    const before = await everySample(store);
    expect(before.length).toBe(threeDays.length);
    clock.now = shift(T0, 4 * DAY_MS);
    expect((await retainAll(store)).length).toBe(2);
    expect(await everySample(store)).toEqual(before);
  });
});

describe('a file of the archive', () => {
  async function archivedDay(): Promise<{ path: string; sha256: string }> {
    await appendSamples(store, threeDays);
    clock.now = shift(T0, 3 * DAY_MS);
    const [step] = await retainAll(store);
    const [receipt] = await store.events({ kinds: ['archive'], order: 'oldest-first', limit: 1 });
    const sha256 = receipt?.kind === 'archive' ? receipt.sha256 : '';
    return { path: join(folder, step?.file ?? ''), sha256 };
  }

  it('with a flipped byte is refused by name and hash, and by nothing else', async () => {
    const { path, sha256 } = await archivedDay();
    await everySample(store);
    const bytes = await readFile(path);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const window = { from: shift(T0, -DAY_MS), to: shift(T0, DAY_MS / 2) };
    await expect(store.samples([store.intern(gauge('a'))], window, 9)).rejects.toThrow(
      new RegExp(`sample/2026-01-05\\.parquet .*${sha256}`),
    );
    const later = { from: shift(T0, MIDNIGHT + DAY_MS), to: shift(T0, MIDNIGHT + 2 * DAY_MS) };
    expect((await store.samples([store.intern(gauge('a'))], later, 9)).at.length).toBe(1);
    const checks = [];
    for await (const check of store.retention.verify()) checks.push(check.state);
    expect(checks).toEqual(['damaged']);
  });

  it('that its owner deleted is told of as lost, of the kinds and the window that are asked for', async () => {
    const { path } = await archivedDay();
    const window = { from: shift(T0, MIDNIGHT + 2 * HOUR_MS), to: shift(T0, MIDNIGHT + 3 * DAY_MS) };
    expect(await store.retention.lost(window)).toEqual([]);
    await rm(path);
    expect(await store.retention.lost(window)).toEqual([
      { kind: 'sample', window: { from: window.from, to: shift(T0, MIDNIGHT + DAY_MS) } },
    ]);
    expect(await store.retention.lost(window, ['failure'])).toEqual([]);
    const later = { from: shift(T0, MIDNIGHT + DAY_MS), to: window.to };
    expect(await store.retention.lost(later, ['sample'])).toEqual([]);
  });

  it('still tells which services it speaks of, until it is damaged or deleted', async () => {
    await store.append({ events: [reading(0), failure('gone', 0)] });
    clock.now = shift(T0, 5 * DAY_MS);
    expect(await store.services()).toEqual(['a', 'gone']);
    await retainAll(store);
    const names = (await archived(folder)).filter((name) => name.startsWith('failure'));
    expect(names).toHaveLength(1);
    expect(await store.services()).toEqual(['a', 'gone']);
    await reopen();
    expect(await store.services()).toEqual(['a', 'gone']);
    const path = join(folder, 'archive', names[0] ?? '');
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(1));
    await reopen();
    expect(await store.services()).toEqual(['a']);
    await writeFile(path, bytes);
    expect(await store.services()).toEqual(['a', 'gone']);
    await rm(path);
    expect(await store.services()).toEqual(['a']);
  });

  it('that its owner deleted is gone by the rule, and its roll-ups tell what is left', async () => {
    const { path } = await archivedDay();
    const at = shift(T0, MIDNIGHT + HOUR_MS);
    expect(await store.removalOf('sample', at)).toBeUndefined();
    await rm(path);
    expect(await store.removalOf('sample', at)).toMatchObject({
      rule: 'samples are kept for 2 days, and archive/sample/2026-01-05.parquet, where they went, was deleted',
    });
    expect(await store.removalOf('sample', shift(at, DAY_MS))).toBeUndefined();
    expect((await everySample(store)).length).toBe(6);
    expect(await store.countRows({ from: 'rollup', values: { span: ['hour'] } }, 9)).toBe(2);
  });
});
