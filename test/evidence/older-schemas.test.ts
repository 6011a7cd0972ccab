import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../src/evidence/duckdb/schema.js';
import { type EvidenceStore, openDuckDbStore } from '../../src/evidence/index.js';
import { identityOfContent, instantOf } from '../../src/model/index.js';
import { blockOf, failure, freshFolder, openStore, T0 } from './fixture.js';
import { SCHEMA_STEPS, schemaOf } from './old-schemas.mjs';

const CPU = { __name__: 'cpu', service: 'checkout' };
const OLD = failure('checkout', 1_000);

let folder: string;
let remove: () => Promise<void>;
let store: EvidenceStore | undefined;
beforeEach(async () => {
  ({ folder, remove } = await freshFolder());
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  await remove();
});

/** Runs statements in the file of the folder, of which nobody else has it open; answers the rows of the last. */
async function inside(...statements: readonly string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'));
  const connection = await instance.connect();
  let rows: unknown[][] = [];
  for (const statement of statements) rows = (await connection.runAndReadAll(statement)).getRows();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** Makes the folder as that version did, with a sample and an event in it. */
async function makeOld(version: number): Promise<void> {
  const key = await keyOfCpu();
  await inside(
    schemaOf(version),
    `INSERT INTO meta VALUES ('schema', '${version}'), ('base', 'http://127.0.0.1:4600')`,
    `INSERT INTO batch VALUES (1, ${T0}, 1, 1)`,
    `INSERT INTO series VALUES (64, '${key}', 'cpu', 'checkout', NULL, '${JSON.stringify({ __name__: 'cpu', service: 'checkout' })}')`,
    `INSERT INTO sample VALUES (64, ${T0}, 7, 1)`,
    `INSERT INTO event (batch, kind, id, "at", "receivedAt", door, service, component, reason)
     VALUES (1, 'failure', '${identityOfContent(OLD)}', ${T0 + 1_000}, ${T0}, 'events', 'checkout', 'db', 'timeout')`,
  );
}

/** The key of the series in another folder. */
async function keyOfCpu(): Promise<string> {
  const other = await freshFolder();
  const fresh = await openStore(other.folder);
  const { key } = fresh.seriesOf(fresh.intern(CPU));
  await fresh.close();
  await other.remove();
  return key;
}

/** Every column of every table and view, with its type. */
const shape = () =>
  inside(
    'SELECT table_name, column_name, data_type FROM information_schema.columns ORDER BY table_name, column_name',
  );

describe.each([1, 2, 3, 4])('a folder of version %i', (version) => {
  it('is brought to the tables of a fresh one, and keeps what it has', async () => {
    await makeOld(version);
    store = await openStore(folder);
    expect(await store.events({ order: 'oldest-first', limit: 10 })).toEqual([
      expect.objectContaining({ kind: 'failure', id: OLD.id, service: 'checkout', reason: 'timeout' }),
    ]);
    const window = { from: T0, to: instantOf(T0 + 60_000) };
    expect(await store.samples([store.intern(CPU)], window, 10)).toMatchObject({ value: [7] });
    const again = await store.append({
      events: [OLD, failure('checkout', 2_000)],
      samples: blockOf(store, [[CPU, 5_000, 8]]),
    });
    expect(again).toMatchObject({ events: 1, samples: 1, repeatedEvents: [{ item: 0 }] });
    await store.close();
    store = undefined;
    expect(await inside("SELECT value FROM meta WHERE key = 'schema'")).toEqual([[String(SCHEMA_VERSION)]]);
    const brought = await shape();
    await remove();
    ({ folder, remove } = await freshFolder());
    await (await openStore(folder)).close();
    expect(brought).toEqual(await shape());
  });
});

it('says once from which version a folder was brought', async () => {
  await makeOld(4);
  const open = async () => {
    const options = { folder, clock: () => T0, memoryMiB: 256, threads: 1, publicUrl: '' };
    const opened = await openDuckDbStore(options);
    await opened.store.close();
    return opened.migratedFrom;
  };
  expect(await open()).toBe(4);
  expect(await open()).toBeUndefined();
});

describe('a folder of a version to come', () => {
  it('is refused with what to do, and is not touched', async () => {
    await (await openStore(folder)).close();
    await inside(`UPDATE meta SET value = '${SCHEMA_VERSION + 1}' WHERE key = 'schema'`);
    const before = await shape();
    await expect(openStore(folder)).rejects.toMatchObject({
      code: 'data-folder-foreign',
      message: expect.stringContaining('use a newer Genchi'),
    });
    expect(await shape()).toEqual(before);
  });

  it('is one of whose versions none was forgotten here', () => {
    expect(Object.keys(SCHEMA_STEPS).map(Number)).toEqual(
      Array.from({ length: Object.keys(SCHEMA_STEPS).length }, (_, index) => index + 1),
    );
    expect(Object.keys(SCHEMA_STEPS)).toHaveLength(SCHEMA_VERSION - 1);
  });
});
