import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failureOf } from '../../src/evidence/duckdb/engine-failure.js';
import type { EvidenceStore } from '../../src/evidence/index.js';
import { failure, freshFolder, openStore } from './fixture.js';

let root: string;
let remove: () => Promise<void>;
let data: string;
let store: EvidenceStore;
beforeEach(async () => {
  ({ folder: root, remove } = await freshFolder());
  data = join(root, 'data');
  store = await openStore(data);
});
afterEach(() => remove());

const append = (second: number) => store.append({ events: [failure('shop', second * 1_000)] });

it('nothing is recorded in a folder that is not where it was, and it goes on when that is back', async () => {
  await append(1);
  await rename(data, `${data}-away`);
  const gone = { code: 'data-folder-gone', status: 503 };
  await expect(append(2)).rejects.toMatchObject(gone);
  await expect(store.checkDisk()).rejects.toMatchObject(gone);
  await expect(
    store.backup.make({ into: join(data, 'backups/one') }, new AbortController().signal),
  ).rejects.toMatchObject(gone);
  await mkdir(data);
  await writeFile(join(data, 'evidence.duckdb'), 'another one');
  await expect(append(2)).rejects.toMatchObject({ ...gone, message: expect.stringContaining('not the one') });
  await rm(data, { recursive: true });
  await rename(`${data}-away`, data);
  await store.checkDisk();
  expect(await append(2)).toMatchObject({ events: 1 });
  await store.close();
  store = await openStore(data);
  expect((await store.totals()).events.failure).toBe(2);
  await rename(data, `${data}-away`);
  await store.close();
});

it('a disk that takes no writes is told as such', async () => {
  await store.close();
  const refused = failureOf(
    new Error('Could not write file "evidence.duckdb.wal": Read-only file system'),
    'commit',
  );
  expect(refused).toMatchObject({ code: 'store-read-only', status: 503 });
});

it('a store file that was cut short as it was made is made again', async () => {
  await store.close();
  const fresh = join(root, 'fresh');
  await mkdir(fresh);
  await writeFile(join(fresh, 'evidence.duckdb.new'), 'half of a header');
  store = await openStore(fresh);
  expect(await append(1)).toMatchObject({ events: 1 });
  expect((await readdir(fresh)).filter((name) => name.endsWith('.new'))).toEqual([]);
  await store.close();
});
