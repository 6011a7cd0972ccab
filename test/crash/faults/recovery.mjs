/** Damaged stores, from the command line: refused loudly, and the instructions in the refusal lead to every receipt. */
import { copyFile, mkdir, open, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { countFound, expect, expectAll, expectCleanStart, post, run, sendAll, startOn } from './server.mjs';

/** @typedef {import('./server.mjs').Fault} Fault */

const STORE = 'evidence.duckdb';
const BATCHES = 30;

/**
 * Changes one bit of a file.
 * @param {string} path
 * @param {number} place
 */
async function flip(path, place) {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, place);
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 0x10]), 0, 1, place);
  } finally {
    await file.close();
  }
}

/**
 * The commands that a refusal tells to run, each as the words after `genchi`.
 * @param {string} text
 */
function commandsIn(text) {
  return [...text.matchAll(/`genchi ([^`]+)`/g)].map(([, words = '']) => words.split(' '));
}

/**
 * Follows one instruction to the letter: only what it leaves to the reader is put in.
 * @param {string} text
 * @param {string} verb
 * @param {Record<string, string>} names
 */
async function follow(text, verb, names) {
  const words = commandsIn(text).find(([first]) => first === verb);
  expect(words !== undefined, `the refusal does not say how to ${verb}: ${text}`);
  return await run((words ?? []).map((word) => names[word] ?? word));
}

/**
 * A folder with receipts in the store and in its write-ahead log, as a kill leaves it, and a backup that has all.
 * @param {string} data
 */
async function killedFolder(data) {
  const first = await startOn(data);
  const stored = await sendAll(first.url, BATCHES);
  await first.stop('SIGTERM');
  const genchi = await startOn(data);
  const logged = await sendAll(genchi.url, BATCHES);
  const made = await run(['backup', '--url', genchi.url, '--data', data]);
  expect(made.code === 0, `backup: ${made.err}`);
  await genchi.stop('SIGKILL');
  const backups = join(data, 'backups');
  const backup = join(backups, (await readdir(backups)).sort().at(-1) ?? '');
  return { batches: [...stored, ...logged], backup };
}

/**
 * Whether a server refuses a folder; answers what it says then.
 * @param {string} data
 */
async function refusalOf(data) {
  const { code, err } = await run(['serve', '--data', data, '--port', '0', '--log-level', 'error']);
  expect(code === 1 && err.includes('The store is damaged'), `a server ended with ${code}: ${err}`);
  return err;
}

/** @type {Fault} */
export async function flippedByte(folder) {
  const data = join(folder, 'flipped');
  const { batches, backup } = await killedFolder(data);
  const wal = join(data, `${STORE}.wal`);
  // An entry begins 16 bytes before the object that it holds; a bit of its length makes the engine drop what follows.
  await flip(wal, Math.floor((await stat(wal)).size / 2));
  const text = await refusalOf(data);
  const recovered = join(folder, 'recovered');
  const recovery = await follow(text, 'recover', { NEW: recovered });
  expect(recovery.code === 1 && /bytes could be read/.test(recovery.out), `recover: ${recovery.err}`);
  const genchi = await startOn(recovered);
  const kept = await countFound(genchi.url, batches);
  // Senders may send again what they have: what is there already is recorded once.
  for (const batch of batches) expect((await post(genchi.url, batch)).status === 200, 'sent again: refused');
  const all = await expectAll(genchi.url, batches);
  await genchi.stop('SIGTERM');
  const verified = await run(['verify', '--data', recovered]);
  expect(verified.code === 0, `verify of what was recovered: ${verified.out}${verified.err}`);
  const restored = join(folder, 'restored');
  const restore = await follow(text, 'restore', { BACKUP: backup, NEW: restored });
  expect(restore.code === 0, `restore: ${restore.err}`);
  await expectCleanStart(restored, batches);
  expect(kept >= all / 2 && kept < all, `recovery kept ${kept} of ${all}`);
  return `refused; recover kept ${kept} of ${all} receipts, and had all when they were sent again; restore had all ${all}`;
}

/** @type {Fault} */
export async function truncatedStore(folder) {
  const data = join(folder, 'whole');
  const genchi = await startOn(data);
  const batches = await sendAll(genchi.url, BATCHES);
  await genchi.stop('SIGTERM');
  const { size } = await stat(join(data, STORE));
  const outcomes = { refused: 0, whole: 0 };
  for (const missing of [1, 4_096, 262_144, Math.floor(size / 2), size - 5_000]) {
    const copy = join(folder, `cut-${missing}`);
    await mkdir(copy);
    await copyFile(join(data, STORE), join(copy, STORE));
    await truncate(join(copy, STORE), size - missing);
    const { code, err } = await run(['verify', '--data', copy]);
    if (code === 0) {
      await expectCleanStart(copy, batches);
      outcomes.whole += 1;
    } else {
      expect(commandsIn(err).length >= 2, `${missing} bytes missing: ${err}`);
      if (outcomes.refused === 0) await refusalOf(copy);
      outcomes.refused += 1;
    }
  }
  expect(outcomes.refused > 0, 'no folder was refused');
  return `of 5 lengths ${outcomes.refused} refused with what to do, ${outcomes.whole} had everything`;
}
