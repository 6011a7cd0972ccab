import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { baseOfParquet, type EvidenceStore } from '../../src/evidence/index.js';
import { type Instant, instantOf } from '../../src/model/index.js';
import { blockOf, failure, freshFolder, openStore, receiptFor, T0 } from './fixture.js';

let folder: string;
let remove: () => Promise<void>;
let store: EvidenceStore;

beforeEach(async () => {
  ({ folder, remove } = await freshFolder());
  store = await openStore(join(folder, 'data'));
});
afterEach(async () => {
  await store.close();
  await remove();
});

/** Rows of a statement, as another program would read them. */
async function read(statement: string): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(statement);
  const rows = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

describe('spans of rows', () => {
  it('hold every row within the bounds once, in order, and no more rows than asked but in one millisecond', async () => {
    const times = [0, 0, 0, 0, 1, 2, 3, 60_000, 60_001, 3_600_000, 3_600_000, 86_400_000, 86_400_001];
    const events = times.map((afterMs, nth) => failure(`service-${nth}`, afterMs));
    await store.append({ events });
    const bound = fc.option(fc.constantFrom(...times, 30, 90_000_000), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 14 }), bound, bound, async (most, from, to) => {
        const bounds = {
          ...(from === undefined ? {} : { since: instantOf(T0 + from) }),
          ...(to === undefined ? {} : { until: instantOf(T0 + to) }),
        };
        const spans = await store.transfer.spans('event', bounds, most);
        const within = times.filter(
          (time) => time >= (from ?? 0) && time <= (to ?? times.length * 86_400_000),
        );
        expect(spans.reduce((sum, { rows }) => sum + rows, 0)).toBe(within.length);
        let after = Number.NEGATIVE_INFINITY;
        for (const { since, until, rows } of spans) {
          expect(since).toBeGreaterThan(after);
          after = until;
          expect(within.filter((time) => T0 + time >= since && T0 + time <= until)).toHaveLength(rows);
          expect(rows <= most || since === until).toBe(true);
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('know the kinds of events, and samples', async () => {
    const up = { __name__: 'up' };
    await store.append({
      events: [failure('a', 0), receiptFor({ kind: 'circuit_closed', at: T0, component: 'c' })],
      samples: blockOf(store, [
        [up, 0, 1],
        [up, 1_000, 2],
        [up, 2_000, null],
      ]),
    });
    const rowsOf = async (...asked: Parameters<EvidenceStore['transfer']['spans']>) =>
      (await store.transfer.spans(...asked)).map(({ rows }) => rows);
    expect(await rowsOf('event', { kinds: ['failure'] }, 10)).toEqual([1]);
    expect(await rowsOf('event', { kinds: [] }, 10)).toEqual([]);
    expect(await rowsOf('sample', {}, 2)).toEqual([2, 1]);
    expect(await rowsOf('sample', { since: instantOf(T0 + 1_000) }, 2)).toEqual([2]);
  });
});

describe('Parquet files', () => {
  const path = (name: string): string => join(folder, `it's ${name}.parquet`);

  it('read in other programs: samples by series and time, with names, zones and staleness markers', async () => {
    const [up, down] = [
      { __name__: 'up', service: 'shop', pod: 'p' },
      { __name__: 'down', service: 'shop' },
    ];
    const rows = [0, 1, 2].flatMap((n) => [
      [up, n * 1_000, n === 1 ? null : n] as const,
      [down, n * 1_000, Number.NaN] as const,
    ]);
    await store.append({ events: [], samples: blockOf(store, rows) });
    const file = { table: 'sample', path: path('sample'), bounds: {}, baseIri: 'http://x.test' } as const;
    await store.transfer.writeParquet(file);
    expect(await baseOfParquet(file.path)).toBe('http://x.test');
    const quotedPath = `'${file.path.replaceAll("'", "''")}'`;
    expect(
      await read(
        `SELECT metric, service, strftime("at" AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ') AS "at", value, stale FROM ${quotedPath}`,
      ),
    ).toEqual(
      ['up', 'down'].flatMap((metric) =>
        [0, 1, 2].map((n) => ({
          metric,
          service: 'shop',
          at: `2026-01-05T10:00:0${n}Z`,
          value: metric === 'down' ? 'NaN' : n === 1 ? null : n,
          stale: metric === 'up' && n === 1,
        })),
      ),
    );
    expect(await read(`SELECT DISTINCT compression FROM parquet_metadata(${quotedPath})`)).toEqual([
      { compression: 'ZSTD' },
    ]);
  });

  it('hold the labels of events and series as maps, and times of fields as times', async () => {
    const alert = receiptFor({
      ...{ kind: 'alert_fired', at: T0, name: 'Slow', severity: 'critical' },
      ...{ startsAt: instantOf(T0 - 1), labels: { pod: 'p', 'a"b': '' } },
    });
    await store.append({ events: [alert] });
    await store.transfer.writeParquet({ table: 'event', path: path('event'), bounds: {}, baseIri: 'x:' });
    const quotedPath = `'${path('event').replaceAll("'", "''")}'`;
    expect(
      await read(
        `SELECT labels['pod'][1] AS pod, epoch_ms("startsAt")::DOUBLE AS started FROM ${quotedPath}`,
      ),
    ).toEqual([{ pod: 'p', started: T0 - 1 }]);
  });

  it('are refused with their path where there are none, and stop when they are told to', async () => {
    await expect(baseOfParquet(path('none'))).rejects.toMatchObject({
      code: 'store-failed',
      message: expect.stringContaining(path('none')),
    });
    const stopped = AbortSignal.abort();
    const file = { table: 'event', path: path('late'), bounds: {}, baseIri: 'x:' } as const;
    await expect(store.transfer.writeParquet(file, stopped)).rejects.toMatchObject({ name: 'AbortError' });
    await expect(readFile(file.path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('staging', () => {
  it('gives back by time what was added in any order, and makes none of it evidence', async () => {
    const staging = await store.transfer.openStaging();
    const events = [failure('b', 2_000), failure('a', 1_000)];
    await staging.addEvents(events);
    staging.addSamples({
      ...{ length: 3, series: Uint32Array.of(7, 3, 7), at: Float64Array.of(T0 + 2, T0 + 1, T0) },
      ...{ value: Float64Array.of(1.5, Number.NaN, 0), stale: [2] },
    });
    const found = [];
    for await (const batch of staging.events()) found.push(...batch);
    expect(found).toEqual([...events].reverse());
    const blocks = [];
    for await (const { length, series, at, value, stale } of staging.samples()) {
      blocks.push({ stale, rows: Array.from({ length }, (_, row) => [series[row], at[row], value[row]]) });
    }
    expect(blocks).toEqual([
      {
        stale: [0],
        rows: [
          [7, T0, Number.NaN],
          [3, T0 + 1, Number.NaN],
          [7, T0 + 2, 1.5],
        ],
      },
    ]);
    staging.close();
    const { events: recorded, samples } = await store.totals();
    expect({ recorded, samples }).toEqual({ recorded: {}, samples: 0 });
    const window = { from: 0 as Instant, to: instantOf(T0 + 10_000) };
    expect(await store.events({ window, order: 'oldest-first', limit: 10 })).toEqual([]);
  });
});
