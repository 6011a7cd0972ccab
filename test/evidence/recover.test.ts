import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { damageOf } from '../../src/evidence/duckdb/wal.js';
import { EvidenceError, recoverFolder } from '../../src/evidence/index.js';
import { failure, freshFolder, openStore } from './fixture.js';

const COMMITS = 12;
let root: string;
let remove: () => Promise<void>;
const at = (name: string) => join(root, name);

/** What a kill leaves of a store: one commit in the file, the others in the write-ahead log. */
beforeEach(async () => {
  ({ folder: root, remove } = await freshFolder());
  const first = await openStore(at('live'));
  await first.append({ events: Array.from({ length: 4_000 }, (_, n) => failure('old', n, `old ${n}`)) });
  await first.close();
  const store = await openStore(at('live'));
  for (let n = 0; n < COMMITS; n++) {
    await store.append({ events: [failure('shop', 10_000 + n, `new ${n}`), failure('shop', 20_000 + n)] });
  }
  await mkdir(at('left'));
  for (const name of ['evidence.duckdb', 'evidence.duckdb.wal'])
    await copyFile(at(`live/${name}`), at(`left/${name}`));
  await store.close();
});
afterEach(() => remove());

let copies = 0;
async function withFile(name: string, bytes: Uint8Array): Promise<string> {
  const folder = at(`copy-${copies++}`);
  await cp(at('left'), folder, { recursive: true });
  await writeFile(join(folder, name), bytes);
  return folder;
}

async function countIn(folder: string): Promise<number | string> {
  try {
    const store = await openStore(folder);
    const { events } = await store.totals();
    await store.close();
    return events.failure ?? 0;
  } catch (error) {
    return error instanceof EvidenceError ? error.code : String(error);
  }
}

const flipped = (bytes: Buffer, place: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed[place] = (changed[place] ?? 0) ^ 0x10;
  return changed;
};

/** The places of the entries of a write-ahead log. */
function entriesOf(log: Buffer): readonly number[] {
  const places: number[] = [];
  for (let place = 8; place < log.length; place += 16 + Number(log.readBigUInt64LE(place)))
    places.push(place);
  return places;
}

describe('a write-ahead log', () => {
  it('with a flipped byte is refused, wherever it is, or nothing of it is missing', {
    timeout: 120_000,
  }, async () => {
    const log = await readFile(at('left/evidence.duckdb.wal'));
    const entries = entriesOf(log);
    const all = 4_000 + 2 * COMMITS;
    expect(await countIn(at('left'))).toBe(all);
    // Lengths, where the engine alone would drop what follows, checksums and contents, and the header.
    const middle = entries[Math.floor(entries.length / 2)] ?? 0;
    for (const place of [
      0,
      3,
      middle,
      middle + 1,
      middle + 3,
      middle + 9,
      middle + 30,
      (entries[2] ?? 0) + 2,
    ]) {
      const found = await countIn(await withFile('evidence.duckdb.wal', flipped(log, place)));
      expect(found, `byte ${place}`).toBe('store-damaged');
    }
  });

  it('that a kill cut short is none the worse, at any byte', async () => {
    const log = await readFile(at('left/evidence.duckdb.wal'));
    for (let length = 0; length <= log.length; length += 7)
      expect(damageOf(log.subarray(0, length))).toBeUndefined();
    const cut = await countIn(await withFile('evidence.duckdb.wal', log.subarray(0, log.length - 5)));
    expect(cut).toBe(4_000 + 2 * (COMMITS - 1));
  });
});

describe('a recovery', () => {
  it('brings what stands before a damaged place of the write-ahead log', async () => {
    const log = await readFile(at('left/evidence.duckdb.wal'));
    const entries = entriesOf(log);
    const place = entries[Math.floor(entries.length / 2)] ?? 0;
    const damaged = await withFile('evidence.duckdb.wal', flipped(log, place + 2));
    const { writeAheadLog, tables } = await recoverFolder(damaged, at('new'));
    expect(writeAheadLog).toMatchObject({ bytes: log.length, read: place });
    expect(tables.every(({ lost }) => lost === 0)).toBe(true);
    const found = await countIn(at('new'));
    expect(found).toBeGreaterThan(4_000);
    expect(found).toBeLessThan(4_000 + 2 * COMMITS);
    await expect(recoverFolder(damaged, at('new'))).rejects.toMatchObject({ code: 'data-folder-foreign' });
  });

  it('brings the rows that can be read of a store with a damaged block, whichever it is, and counts the others', {
    timeout: 120_000,
  }, async () => {
    const all = 4_000 + 2 * COMMITS;
    const store = await readFile(at('left/evidence.duckdb'));
    const outcomes: string[] = [];
    for (let block = 12_288; block < store.length; block += 262_144) {
      const damaged = await withFile('evidence.duckdb', flipped(store, block + 4_096));
      const into = at(`new-${block}`);
      const recovered = await recoverFolder(damaged, into).catch((error: EvidenceError) => error);
      if (!(recovered instanceof EvidenceError)) {
        const lost = recovered.tables.find(({ table }) => table === 'event')?.lost ?? 0;
        expect(await countIn(into)).toBe(all - lost);
        outcomes.push(lost > 0 ? 'some rows' : 'all rows');
        continue;
      }
      // What cannot be taken out cannot be opened either, and says so.
      expect(recovered).toMatchObject({
        code: 'store-damaged',
        message: expect.stringContaining('genchi recover'),
      });
      expect(await countIn(damaged)).toBe('store-damaged');
      outcomes.push('nothing');
    }
    expect(outcomes).toContain('some rows');
  });

  it('says so where nothing can be read', async () => {
    const store = await readFile(at('left/evidence.duckdb'));
    const damaged = await withFile('evidence.duckdb', store.subarray(0, 6_000));
    expect(await countIn(damaged)).toBe('store-damaged');
    await expect(recoverFolder(damaged, at('new'))).rejects.toMatchObject({ code: 'store-damaged' });
  });
});
