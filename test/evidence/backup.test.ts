import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EvidenceStore, moveBackup, restoreBackup, verifyBackup } from '../../src/evidence/index.js';
import { DAY_MS, type EventReceipt, shift } from '../../src/model/index.js';
import { failure, freshFolder, openStore, type SampleRow, T0 } from './fixture.js';
import { appendSamples, everySample, gauge, openAt, retainAll } from './retention-fixture.js';

const NOW = shift(T0, 6 * DAY_MS);
const never = new AbortController().signal;
let root: string;
let remove: () => Promise<void>;
let store: EvidenceStore;
const at = (name: string) => join(root, name);

beforeEach(async () => {
  ({ folder: root, remove } = await freshFolder());
  store = await openAt(at('data'), { now: NOW });
  const rows = Array.from({ length: 300 }, (_, n): SampleRow => [gauge(`s${n % 3}`), n * 60_000, n]);
  await appendSamples(store, rows);
  await store.append({ events: [failure('shop', 0), failure('shop', 5 * DAY_MS)] });
});
afterEach(async () => {
  await store.close();
  await remove();
});

const failures = (of: EvidenceStore): Promise<readonly EventReceipt[]> =>
  of.events({ kinds: ['failure'], order: 'oldest-first', limit: 10_000 });

async function flip(path: string, place: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

describe('a backup', () => {
  it('is restored to a folder that answers the same, its archive with it', async () => {
    await retainAll(store);
    await writeFile(at('data/webhooks.json'), '{}');
    await writeFile(at('data/tokens.json'), 'secret');
    const before = [await everySample(store), await failures(store), await store.totals()];
    const backup = await store.backup.make({ into: at('one') }, never);
    expect(backup.manifest).toMatchObject({ withKeys: false, events: 3, samples: 0, missing: [] });
    expect(backup.manifest.files.map(({ path }) => path)).toEqual([
      'evidence.duckdb',
      'webhooks.json',
      'archive/sample/2026-01-05.parquet',
      'archive/failure/2026-01-05.parquet',
    ]);
    await restoreBackup(at('one'), at('fresh'));
    expect((await stat(at('fresh'))).mode & 0o777).toBe(0o700);
    const again = await openAt(at('fresh'), { now: NOW });
    expect([await everySample(again), await failures(again), await again.totals()]).toEqual(before);
    await again.close();
  });

  it('holds whole commits, of one moment, while others go on', async () => {
    const sent: Promise<unknown>[] = [];
    const writing = setInterval(() => {
      const n = sent.length;
      const events = [failure('pair', n * 2, `a${n}`), failure('pair', n * 2 + 1, `b${n}`)];
      sent.push(store.append({ events }));
    }, 1);
    const { manifest } = await store.backup.make({ into: at('one') }, never);
    clearInterval(writing);
    await Promise.all(sent);
    expect((await store.totals()).commits).toBeGreaterThan(manifest.commits);
    await restoreBackup(at('one'), at('fresh'));
    const again = await openStore(at('fresh'), NOW);
    const found = await failures(again);
    expect(found.length).toBe(manifest.events);
    expect((await again.totals()).commits).toBe(manifest.commits);
    const pairs = found.flatMap((one) =>
      one.kind === 'failure' && one.service === 'pair' ? [one.reason] : [],
    );
    for (const reason of pairs)
      expect(pairs).toContain(reason?.replace(/^[ab]/, (c) => (c === 'a' ? 'b' : 'a')));
    // The identities are known again: nothing is recorded twice.
    const appended = await again.append({ events: found });
    expect(appended).toMatchObject({ events: 0 });
    await again.close();
  });

  it('links what an earlier one has of the archive, and copies the rest', async () => {
    await retainAll(store);
    await store.backup.make({ into: at('one') }, never);
    await store.backup.make({ into: at('two'), previous: at('one') }, never);
    const inode = async (name: string) => (await stat(at(`${name}/archive/sample/2026-01-05.parquet`))).ino;
    expect(await inode('two')).toBe(await inode('one'));
    expect(await inode('two')).not.toBe(await inode('data'));
    await rm(at('one'), { recursive: true });
    for await (const check of verifyBackup(at('two'))) expect(check.state).toBe('sound');
  });

  it('takes keys along only when asked', async () => {
    await mkdir(at('data/log'), { recursive: true });
    for (const name of ['log/key', 'log/checkpoint', 'tokens.json'])
      await writeFile(at(`data/${name}`), name);
    const paths = async (withKeys: boolean) =>
      (await store.backup.make({ into: at(String(withKeys)), withKeys }, never)).manifest.files.map(
        ({ path }) => path,
      );
    expect(await paths(false)).toEqual(['evidence.duckdb', 'log/checkpoint']);
    expect(await paths(true)).toEqual(['evidence.duckdb', 'log/checkpoint', 'log/key', 'tokens.json']);
  });

  it('leaves nothing behind when it is ended, or when a file of the archive is damaged', async () => {
    await retainAll(store);
    const ended = store.backup.make({ into: at('one') }, AbortSignal.abort());
    await expect(ended).rejects.toMatchObject({ code: 'backup-failed' });
    await flip(at('data/archive/sample/2026-01-05.parquet'), 40);
    const damaged = store.backup.make({ into: at('one') }, never);
    await expect(damaged).rejects.toMatchObject({ code: 'archive-damaged' });
    expect(await readdir(root)).toEqual(['data']);
    expect(await failures(store)).toHaveLength(2);
  });

  it('is refused where something is, and while another one is made', async () => {
    await expect(store.backup.make({ into: at('data') }, never)).rejects.toThrow('part of the data folder');
    const [first, second] = [1, 2].map((n) => store.backup.make({ into: at(`b${n}`) }, never));
    await expect(second).rejects.toMatchObject({ code: 'backup-busy' });
    await first;
    await expect(store.backup.make({ into: at('b1') }, never)).rejects.toThrow('not empty');
  });
});

describe('a restore', () => {
  it('refuses a folder that holds something, a damaged backup, and what is none', async () => {
    await store.backup.make({ into: at('one') }, never);
    await expect(restoreBackup(at('one'), at('data'))).rejects.toThrow('not empty');
    await expect(restoreBackup(root, at('fresh'))).rejects.toMatchObject({ code: 'backup-damaged' });
    await flip(at('one/evidence.duckdb'), 5_000);
    await expect(restoreBackup(at('one'), at('fresh'))).rejects.toMatchObject({ code: 'backup-damaged' });
    expect(await readdir(at('fresh'))).toEqual([]);
    const manifest = JSON.parse(await readFile(at('one/manifest.json'), 'utf8'));
    manifest.files[0].path = '../outside';
    await writeFile(at('one/manifest.json'), JSON.stringify(manifest));
    await expect(restoreBackup(at('one'), at('fresh'))).rejects.toThrow('is not the manifest');
  });

  it('that was cut short is told, and begun anew', async () => {
    await store.backup.make({ into: at('one') }, never);
    await mkdir(at('fresh/.restoring'), { recursive: true });
    await mkdir(at('fresh/archive'));
    await expect(openStore(at('fresh'))).rejects.toThrow('run `genchi restore` again');
    await restoreBackup(at('one'), at('fresh'));
    expect((await readdir(at('fresh'))).sort()).toEqual(['evidence.duckdb']);
  });

  it('takes a backup from another disk only whole', async () => {
    await store.backup.make({ into: at('one') }, never);
    await moveBackup(at('one'), at('moved'));
    expect(await readdir(root)).toEqual(['data', 'moved']);
    for await (const check of verifyBackup(at('moved'))) expect(check.state).toBe('sound');
    await flip(at('moved/evidence.duckdb'), 5_000);
    await expect(moveBackup(at('moved'), at('away'))).rejects.toMatchObject({ code: 'backup-damaged' });
    expect((await readdir(root)).sort()).toEqual(['data', 'moved']);
  });
});
