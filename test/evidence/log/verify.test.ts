import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DAY_MS,
  type EventReceipt,
  HOUR_MS,
  identityOf,
  instantOf,
  shift,
} from '../../../src/model/index.js';
import { blockOf, failure, receiptFor, type SampleRow, T0 } from '../fixture.js';
import { gauge, retainAll } from '../retention-fixture.js';
import { otherHashes, sceneOfEach, tamper } from './log-fixture.js';

const scene = sceneOfEach();

/** The verdict, which says that everything is as it was recorded. */
async function sound() {
  const verdict = await scene.store.log.verify({});
  expect(verdict.difference).toBeUndefined();
  return verdict;
}

const rows = (count: number, fromMs = 0): readonly SampleRow[] =>
  Array.from({ length: count }, (_, nth) => [gauge(`s${nth % 7}`), fromMs + 1_000 * nth, nth / 3] as const);

/** Three batches: samples of two days with markers and odd values, events of several kinds, and both. */
async function recordSome(): Promise<void> {
  await scene.store.append({ events: [], samples: blockOf(scene.store, rows(600)) });
  await scene.store.append({
    events: [failure('checkout', 10), failure('payment', -DAY_MS), failure('cart', 20)],
    samples: blockOf(scene.store, [
      [gauge('s1'), DAY_MS, Number.NaN],
      [gauge('s2'), DAY_MS, null],
      [gauge('s3'), DAY_MS, Number.POSITIVE_INFINITY],
      [gauge('s4'), DAY_MS, -0],
      [gauge('s0'), 1_500, 17.25],
      [gauge('s0'), 500, 18],
    ]),
  });
  await scene.store.append({
    events: [
      receiptFor({
        kind: 'deployment',
        at: T0,
        service: 'checkout',
        version: '1.2.3',
        labels: { z: '1', a: 'ä"\\\n\u2028' },
      }),
    ],
  });
}

describe('the log', () => {
  it('has a leaf for each commit, and is computed again from what is stored', async () => {
    expect((await sound()).size).toBe(0);
    await recordSome();
    const verdict = await sound();
    expect(verdict.size).toBe(3);
    expect(verdict.receipts).toBe(600 + 3 + 6 + 1 + 7);
    expect(verdict.bytes).toBeGreaterThan(16 * 606);
    expect(verdict.before).toEqual({ batches: 0, receipts: 0 });
  });

  it('stays the same after a restart, compaction and the archive, and without its files of hashes', async () => {
    await recordSome();
    const { root } = await sound();
    await scene.reopen();
    expect((await sound()).root).toBe(root);
    scene.clock.now = shift(T0, 2 * DAY_MS);
    while ((await scene.store.compact()) !== undefined);
    expect((await sound()).root).toBe(root);
    await scene.reopen();
    scene.clock.now = shift(T0, 9 * DAY_MS);
    expect((await retainAll(scene.store)).length).toBeGreaterThan(2);
    const archived = await sound();
    // The receipts of the archive's files are batches of their own.
    expect(archived.size).toBeGreaterThan(3);
    await scene.reopen((folder) => rm(join(folder, 'log'), { recursive: true }));
    expect((await sound()).root).toBe(archived.root);
  });

  it('has no leaf for what records nothing, and one for series alone', async () => {
    await recordSome();
    await scene.store.append({ events: [failure('checkout', 10)] });
    expect((await sound()).size).toBe(3);
    scene.store.intern(gauge('never-sampled'));
    await scene.store.append({ events: [] });
    expect((await sound()).size).toBe(4);
  });

  it('holds the law: whatever is recorded in whatever order is computed again as it was', async () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, null), fc.integer());
    const sample = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 3 * HOUR_MS }), value);
    const text = fc.string({ unit: 'binary', maxLength: 8 }).map((one) => one.replaceAll('\0', ''));
    const event = fc.record({
      after: fc.integer({ min: -2 * DAY_MS, max: DAY_MS }),
      service: text,
      reason: text,
    });
    const batch = fc.record({
      samples: fc.array(sample, { maxLength: 300 }),
      events: fc.array(event, { maxLength: 8 }),
      labels: fc.dictionary(text, text, { maxKeys: 3 }),
    });
    let nth = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 4 }), async (batches) => {
        nth += 1;
        for (const { samples, events, labels } of batches) {
          await scene.store.append({
            events: events.map(
              ({ after, service, reason }, item): EventReceipt =>
                receiptFor(
                  { kind: 'failure', at: instantOf(T0 + after), service, component: 'c', reason, labels },
                  identityOf('law', `${nth}`, `${item}`, service, reason, `${after}`),
                ),
            ),
            samples: blockOf(
              scene.store,
              samples.map(([series, afterMs, one]) => [gauge(`law ${nth} ${series}`), afterMs, one] as const),
            ),
          });
        }
        await sound();
      }),
      { seed: 3, numRuns: 25 },
    );
    const { root } = await sound();
    await scene.reopen();
    scene.clock.now = shift(T0, 2 * DAY_MS);
    while ((await scene.store.compact()) !== undefined);
    await scene.reopen();
    expect((await sound()).root).toBe(root);
  });
});

describe('what somebody changed in the closed store', () => {
  /** What the check says after these statements. */
  async function differenceAfter(...statements: readonly string[]) {
    await recordSome();
    await scene.reopen((folder) => tamper(folder, ...statements));
    return (await scene.store.log.verify({})).difference;
  }

  it('is named: the value of a sample', async () => {
    const difference = await differenceAfter('UPDATE sample SET value = value + 1 WHERE value = 100');
    expect(difference).toMatchObject({ batch: 1, kind: 'sample', day: '2026-01-05' });
    expect(difference?.what).toMatch(/hash is another/);
    // One hash stands for 600 samples: all that can be said is which they are.
    expect(difference?.receipt).toBeUndefined();
    expect(difference?.among?.first).toMatch(/^sample\/20260105T100000\.000Z\//);
    expect(difference?.among?.last).toMatch(/^sample\/20260105T10\d{4}\.000Z\//);
  });

  it('is named: the time of a sample, a marker, a sample that is gone, and one that was added', async () => {
    for (const [statement, batch] of [
      [`UPDATE sample SET "at" = "at" + 1 WHERE value = 100`, 1],
      [`UPDATE sample SET value = 'NaN' WHERE value IS NULL`, 2],
      ['DELETE FROM sample WHERE value = 17.25', 2],
      [`INSERT INTO sample SELECT series, "at" + 5, value, batch FROM sample WHERE value = 17.25`, 2],
    ] as const) {
      expect(await differenceAfter(statement), statement).toMatchObject({ batch, kind: 'sample' });
      await scene.beginAnew();
    }
  });

  it('is named with its receipt where a part has one alone', async () => {
    const difference = await differenceAfter(`UPDATE event SET version = '6.6.6' WHERE kind = 'deployment'`);
    expect(difference).toMatchObject({ batch: 3, kind: 'deployment', day: '2026-01-05' });
    expect(difference?.receipt).toMatch(/^deployment\/20260105T100000\.000Z\//);
  });

  it('is named: an event that is gone, one without a batch, and the labels of a series', async () => {
    expect(await differenceAfter(`DELETE FROM event WHERE service = 'payment'`)).toMatchObject({
      ...{ batch: 2, kind: 'failure', day: '2026-01-04' },
    });
    await scene.reopen((folder) =>
      tamper(folder, `UPDATE event SET batch = 0 WHERE service = 'checkout' AND kind = 'failure'`),
    );
    expect((await scene.store.log.verify({})).difference).toBeDefined();
    await scene.reopen((folder) =>
      tamper(folder, `UPDATE series SET labels = '{"service":"other"}' WHERE ref = 0`),
    );
    expect((await scene.store.log.verify({})).difference).toMatchObject({ kind: 'series' });
  });

  it('is named: a part that was made to fit, by the leaf that it was', async () => {
    await recordSome();
    for (let nth = 0; nth < 3_000; nth++) void scene.store.append({ events: [failure('x', nth)] });
    await scene.store.append({ events: [failure('y', 0)] });
    await scene.reopen(async (folder) => {
      await copyFile(join(folder, 'log', 'level-0'), join(folder, 'kept'));
      await tamper(folder, otherHashes(1));
    });
    // Opening makes the newest leaves again; what a caller saved tells them from those that were.
    await copyFile(join(scene.folder, 'kept'), join(scene.folder, 'log', 'level-0'));
    expect((await scene.store.log.verify({})).difference).toMatchObject({ batch: 1 });
  });
});

describe('a folder from before there was a log', () => {
  it('begins its log with the next batch, whose leaf says so', async () => {
    await recordSome();
    await scene.reopen(async (folder) => {
      await tamper(
        folder,
        `DROP VIEW samples; DROP VIEW log_part; ALTER TABLE batch DROP COLUMN parts;
         ALTER TABLE series DROP COLUMN batch; ALTER TABLE sorted_sample DROP COLUMN batch;
         CREATE VIEW samples AS
           SELECT series, "at", value FROM sample UNION ALL SELECT series, "at", value FROM sorted_sample;
         UPDATE meta SET value = '4' WHERE key = 'schema'`,
      );
    });
    const fresh = await sound();
    expect(fresh).toMatchObject({ size: 0, before: { batches: 3, receipts: 610 } });
    await scene.store.append({
      events: [failure('late', 0)],
      samples: blockOf(scene.store, [[gauge('s1'), 2 * DAY_MS, 1]]),
    });
    await scene.reopen();
    const verdict = await sound();
    expect(verdict).toMatchObject({ size: 1, receipts: 2 });
    scene.clock.now = shift(T0, 4 * DAY_MS);
    while ((await scene.store.compact()) !== undefined);
    expect(await sound()).toEqual(verdict);
    await retainAll(scene.store);
    expect((await sound()).before).toEqual({ batches: 3, receipts: 610 });
  });
});

describe('what its owner deleted from the archive', () => {
  it('is told as removed, and its hashes stay', async () => {
    await recordSome();
    scene.clock.now = shift(T0, 9 * DAY_MS);
    await retainAll(scene.store);
    const before = await sound();
    await rm(join(scene.folder, 'archive', 'sample', '2026-01-05.parquet'));
    const verdict = await sound();
    expect(verdict.root).toBe(before.root);
    expect(verdict.removed).toEqual([{ kind: 'sample', day: '2026-01-05', parts: 2, receipts: 602 }]);
    expect(verdict.receipts).toBe(before.receipts - 602);
  });
});
