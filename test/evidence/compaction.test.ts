import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../src/evidence/duckdb/schema.js';
import { type EvidenceStore, Housekeeper } from '../../src/evidence/index.js';
import { DAY_MS, HOUR_MS, type Instant, type Labels, shift } from '../../src/model/index.js';
import { blockOf, freshFolder, openStore, type SampleRow, T0 } from './fixture.js';

const LATER = shift(T0, 3 * DAY_MS);
const labels = (n: number): Labels => ({ __name__: `m${n % 2}`, service: `s${n}` });

let folder: string;
let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  ({ folder, remove } = await freshFolder());
  store = await openStore(folder, LATER);
});
afterEach(async () => {
  await store.close();
  await remove();
});

const append = (rows: readonly SampleRow[]) => store.append({ events: [], samples: blockOf(store, rows) });

async function reopen(now: Instant = LATER): Promise<void> {
  await store.close();
  store = await openStore(folder, now);
}

async function compactAll(): Promise<number> {
  let parts = 0;
  while ((await store.compact()) !== undefined) parts++;
  return parts;
}

/** All samples as text, by series and time. */
async function everything(): Promise<readonly string[]> {
  const series = store.findSeries({});
  const columns = await store.samples(
    series.map(({ ref }) => ref),
    { from: shift(T0, -10 * DAY_MS), to: shift(T0, 10 * DAY_MS) },
    1_000_000,
  );
  const stale = new Set(columns.stale);
  return columns.at
    .map(
      (at, item) => `${columns.series[item]} ${at - T0} ${stale.has(item) ? 'stale' : columns.value[item]}`,
    )
    .sort();
}

/** Looks into the file of the closed store. */
async function inside<T>(look: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'));
  const connection = await instance.connect();
  try {
    return await look(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function tableOf(statement: string): Promise<readonly (readonly number[])[]> {
  await store.close();
  const rows = await inside(async (connection) => (await connection.runAndReadAll(statement)).getRows());
  store = await openStore(folder, LATER);
  return rows.map((row) => row.map(Number));
}

const threeDays: readonly SampleRow[] = [0, 1, 2].flatMap((day) =>
  [5, 3, 1, 4, 2, 0].map(
    (n): SampleRow => [
      labels(n),
      day * DAY_MS - 3 * HOUR_MS + n,
      n === 4 ? null : n === 5 ? Number.NaN : n + day,
    ],
  ),
);

describe('compaction', () => {
  it('sorts each closed day into a part by series and time, and changes nothing that a reader sees', async () => {
    await append(threeDays);
    const before = await everything();
    const totals = await store.totals();
    expect(await compactAll()).toBe(3);
    expect(await everything()).toEqual(before);
    expect(await store.totals()).toEqual(totals);
    expect(await tableOf('SELECT count(*) FROM sample')).toEqual([[0]]);
    const sorted = await tableOf('SELECT series, "at" FROM sorted_sample ORDER BY rowid');
    const byDay = [0, 6, 12].map((from) => sorted.slice(from, from + 6).map(([series]) => series ?? -1));
    for (const day of byDay) expect(day).toEqual([...day].sort((a, b) => a - b));
    const day = Math.floor(T0 / DAY_MS) * DAY_MS;
    expect(
      await tableOf('SELECT number, "from", until, samples, "committedAt" FROM part ORDER BY number'),
    ).toEqual([0, 1, 2].map((n) => [n + 1, day + n * DAY_MS, day + (n + 1) * DAY_MS, 6, LATER]));
    expect(await everything()).toEqual(before);
  });

  it('leaves what is recent in the order in which it came', async () => {
    await reopen(shift(T0, 2 * DAY_MS));
    await append(threeDays);
    expect(await compactAll()).toBe(2);
    expect(await tableOf('SELECT count(*) FROM sample')).toEqual([[6]]);
  });

  it('takes nothing twice and no other value for one that is sorted, after a restart too', async () => {
    await append([
      [labels(0), 0, 1],
      [labels(0), HOUR_MS / 2, 2],
    ]);
    await compactAll();
    for (const again of [false, true]) {
      if (again) await reopen();
      const repeated = await append([[labels(0), 0, 1]]);
      expect([repeated.samples, repeated.repeatedSamples]).toEqual([0, 1]);
      const conflict = await append([[labels(0), 0, 7]]);
      expect(conflict.refusedSamples).toEqual([{ item: 0, why: 'conflict' }]);
      const old = await append([[labels(0), -HOUR_MS, 7]]);
      expect(old.refusedSamples).toEqual([{ item: 0, why: 'too-old' }]);
    }
    const late = await append([[labels(0), 1000, 3]]);
    expect(late.samples).toBe(1);
    const [first, ...rest] = await everything();
    expect([first, rest.length]).toEqual([expect.stringContaining(' 0 1'), 2]);
  });

  it('writes a part again with what came late for it', async () => {
    await append(threeDays);
    await compactAll();
    await append([[labels(9), 0, 1]]);
    const before = await everything();
    expect(await compactAll()).toBe(1);
    expect(await everything()).toEqual(before);
    expect(await tableOf('SELECT number, samples FROM part ORDER BY "from"')).toEqual([
      [4, 7],
      [2, 6],
      [3, 6],
    ]);
  });

  it('holds the law: whatever comes in between, parts and all, each sample stands once and as it was sent', async () => {
    const sample = fc.tuple(fc.nat(3), fc.nat(59), fc.nat(2));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(sample, { maxLength: 20 }), { maxLength: 6 }), async (batches) => {
        const run = `r${Math.random()}`;
        const expected = new Map<string, number>();
        for (const batch of batches) {
          const rows = batch.map(
            ([n, minute, value]): SampleRow => [{ ...labels(n), run }, minute * 60_000, value],
          );
          await append(rows);
          for (const [n, minute, value] of batch) {
            const ref = store.intern({ ...labels(n), run });
            const name = `${ref} ${minute * 60_000}`;
            if (!expected.has(name)) expected.set(name, value);
          }
          await compactAll();
        }
        const mine = new Set(store.findSeries({}).flatMap((s) => (s.labels.run === run ? [`${s.ref}`] : [])));
        const found = (await everything()).filter((text) => mine.has(text.split(' ')[0] ?? ''));
        expect(found).toEqual([...expected].map(([name, value]) => `${name} ${value}`).sort());
      }),
      { numRuns: 12, seed: 7 },
    );
  });

  it('goes on beside appends, and loses none of them', async () => {
    await append(threeDays);
    const appends = Array.from({ length: 40 }, (_, n) => append([[labels(0), 3 * DAY_MS + n, n]]));
    const [parts] = await Promise.all([compactAll(), ...appends]);
    expect(parts).toBe(3);
    expect((await everything()).length).toBe(threeDays.length + 40);
  });

  it('is undone when it is ended, and done the next time', async () => {
    await append(threeDays);
    const before = await everything();
    const end = new AbortController();
    const step = store.compact(end.signal);
    end.abort();
    expect(await step).toBeUndefined();
    expect(await everything()).toEqual(before);
    expect(await compactAll()).toBe(3);
    expect(await everything()).toEqual(before);
  });

  it('runs in the background until it is closed, and tells of failures and goes on', async () => {
    await append(threeDays);
    const before = await everything();
    let calls = 0;
    const failures: unknown[] = [];
    const parts = await new Promise<number>((resolve) => {
      let made = 0;
      const compactor = new Housekeeper({
        step: (signal) => {
          calls += 1;
          return calls === 1 ? Promise.reject(new RangeError('disk')) : store.compact(signal);
        },
        everyMs: 1,
        onFailure: (error) => failures.push(error),
        onStep: () => {
          made += 1;
          if (made === 3) void compactor.close().then(() => resolve(made));
        },
      });
    });
    expect([parts, failures.length]).toEqual([3, 1]);
    expect(await everything()).toEqual(before);
    expect(await store.compact()).toBeUndefined();
  });
});

// The statements of version 1 as they stood; a field that came later is added by the next start.
const VERSION_1 = `
  CREATE TABLE meta (key VARCHAR, value VARCHAR);
  CREATE TABLE batch (number UINTEGER, committedAt BIGINT, events UINTEGER, samples UINTEGER);
  CREATE TABLE series (
    ref UINTEGER, key VARCHAR, metric VARCHAR, service VARCHAR, component VARCHAR, labels VARCHAR
  );
  CREATE TABLE sample (series UINTEGER, "at" BIGINT, value DOUBLE, batch UINTEGER);
  CREATE TABLE event (
    batch UINTEGER, kind VARCHAR, id VARCHAR, "at" BIGINT, "receivedAt" BIGINT, door VARCHAR, service VARCHAR,
    labels VARCHAR
  );
  INSERT INTO meta VALUES ('schema', '1'), ('base', 'http://127.0.0.1:4600');
`;

describe('a folder of version 1', () => {
  async function old(): Promise<void> {
    await append([
      [labels(0), 0, 1],
      [labels(1), 0, 2],
    ]);
    await store.close();
    const file = join(folder, 'evidence.duckdb');
    await copyFile(file, join(folder, 'new.duckdb'));
    await inside(async (connection) => {
      await connection.run(`ATTACH '${join(folder, 'new.duckdb')}' AS now`);
      await connection.run('DROP VIEW samples; DROP VIEW rollup; DROP VIEW log_part');
      for (const table of [
        'meta',
        'batch',
        'series',
        'sample',
        'sorted_sample',
        'part',
        'event',
        'removal',
        'archive',
      ])
        await connection.run(`DROP TABLE IF EXISTS ${table}`);
      await connection.run('DROP TABLE rollup_minute; DROP TABLE rollup_hour');
      await connection.run(VERSION_1);
      await connection.run(
        'INSERT INTO batch SELECT * EXCLUDE (parts) FROM now.batch; INSERT INTO sample SELECT * FROM now.sample',
      );
      // Numbers were given in the order of arrival.
      await connection.run('INSERT INTO series SELECT * EXCLUDE (batch) FROM now.series');
      await connection.run(
        'UPDATE series SET ref = 1 WHERE ref = 64; UPDATE sample SET series = 1 WHERE series = 64',
      );
    });
  }

  it('is brought forward when it is opened, and is as it was', async () => {
    await old();
    store = await openStore(folder, LATER);
    expect(await everything()).toEqual(['0 0 1', '1 0 2']);
    expect((await append([[labels(0), 0, 1]])).repeatedSamples).toBe(1);
    await append([[labels(2), 0, 3]]);
    expect(store.findSeries({}).map(({ ref }) => Number(ref))).toEqual([0, 1, 64]);
    expect(await compactAll()).toBe(1);
    expect(await everything()).toEqual(['0 0 1', '1 0 2', '64 0 3']);
    expect(await tableOf("SELECT value::INTEGER FROM meta WHERE key = 'schema'")).toEqual([[SCHEMA_VERSION]]);
  });

  it('stays as it was when that fails half way', async () => {
    await old();
    await inside((connection) => connection.run('CREATE TABLE part (in_the_way INTEGER)'));
    await expect(openStore(folder, LATER)).rejects.toThrow();
    const tables = await inside(async (connection) =>
      (
        await connection.runAndReadAll(
          "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'sorted_sample'",
        )
      ).getRows(),
    );
    expect(tables).toEqual([[0n]]);
    await inside((connection) => connection.run('DROP TABLE part'));
    store = await openStore(folder, LATER);
    expect(await everything()).toEqual(['0 0 1', '1 0 2']);
  });
});
