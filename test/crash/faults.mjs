/** Faults that are no kill, each a case of `npm run crash -- --faults`: what must hold then, as a failure when it does not. */
import { execFileSync } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { table } from '../../bench/table.mjs';
import { freePort, startGenchi, until } from '../integration/programs.mjs';
import { doors } from './batches.mjs';
import { EAGER, faultsOf, Writers } from './lane.mjs';

const READY_MS = 60_000;
const MIB = 1_048_576;

/** @typedef {(folder: string) => Promise<string>} Fault a sentence of what was seen; fails when it is not what must hold */

/**
 * @param {string} url
 * @param {number} number
 */
async function send(url, number) {
  const { path, headers, body } = await doors.events(`events-${number}`, Date.now());
  const response = await fetch(url + path, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

/** @type {Fault} */
async function diskFull(folder) {
  const disk = join(folder, 'disk');
  await mkdir(disk);
  // A file system of its own in memory: where that is not permitted, this case fails and does not pass quietly.
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk]);
  try {
    const settings = ['--checkpoint-mib', '1'];
    const data = join(disk, 'data');
    const genchi = await startGenchi({ data, port: await freePort(), settings, timeoutMs: READY_MS });
    const first = await send(genchi.url, 0);
    await writeFile(join(disk, 'filler'), Buffer.alloc(40 * MIB));
    const full = await send(genchi.url, 1);
    const read = await fetch(`${genchi.url}/sparql?query=${encodeURIComponent('ASK { ?s ?p ?o }')}`);
    const backup = await fetch(`${genchi.url}/backups`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await until('the backup', 20_000, async () => {
      const text = await (await fetch(`${genchi.url}/backups/last`)).text();
      return JSON.parse(text).state !== 'running';
    });
    await rm(join(disk, 'filler'));
    const again = await send(genchi.url, 2);
    const code = await genchi.stop('SIGTERM');
    const seen = `${first.status}, full ${full.status}, read ${read.status}, with room again ${again.status}, stopped with ${code}`;
    if (seen !== '200, full 507, read 200, with room again 200, stopped with 0' || backup.status !== 202)
      throw new Error(`${seen}, backup ${backup.status}: ${full.text}`);
    return seen;
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
}

/** @type {Fault} */
async function twoServers(folder) {
  const data = join(folder, 'two');
  const one = await startGenchi({ data, port: await freePort(), timeoutMs: READY_MS });
  await send(one.url, 0);
  const other = await startGenchi({ data, port: await freePort(), timeoutMs: READY_MS }).then(
    () => 'started',
    (/** @type {Error} */ error) => error.message,
  );
  const still = await send(one.url, 1);
  const code = await one.stop('SIGTERM');
  if (!other.includes('is in use by another process') || still.status !== 200 || code !== 0)
    throw new Error(`${other}, then ${still.status}, stopped with ${code}`);
  return 'the second is refused, the first goes on';
}

/** @type {Fault} */
async function stopUnderLoad(folder) {
  const writers = new Writers();
  const data = join(folder, 'stop');
  try {
    const genchi = await startGenchi({ data, port: await freePort(), settings: EAGER, timeoutMs: READY_MS });
    const writing = writers.until(genchi.url);
    await Promise.race([writers.underWay.then(() => pause(500)), writing]);
    const code = await genchi.stop('SIGTERM');
    const { receipts } = await writing;
    const again = await startGenchi({ data, port: await freePort(), timeoutMs: READY_MS });
    const faults = faultsOf(await writers.look(again.url));
    await again.stop('SIGTERM');
    if (code !== 0 || faults.length > 0) throw new Error(`stopped with ${code}; ${faults.join('; ')}`);
    return `stopped with 0 under writers on every door, ${receipts} receipts acknowledged and found`;
  } finally {
    writers.close();
  }
}

/** @type {Readonly<Record<string, Fault>>} */
const faults = { 'disk full': diskFull, 'two servers': twoServers, 'stop under load': stopUnderLoad };

/**
 * Runs every case, or the one of a name; answers whether all held.
 * @param {{ folder: string, only: string | undefined, keep: (record: unknown) => Promise<string> }} options
 */
export async function runFaults({ folder, only, keep }) {
  const wanted = Object.entries(faults).filter(([name]) => only === undefined || name === only);
  if (wanted.length === 0) throw new Error(`--only: expected one of ${Object.keys(faults).join(', ')}`);
  const cases = [];
  for (const [name, fault] of wanted) {
    const startedAt = performance.now();
    const outcome = await fault(folder).then(
      (seen) => ({ held: true, seen }),
      (/** @type {Error} */ error) => ({ held: false, seen: error.message }),
    );
    cases.push({ name, ...outcome, seconds: (performance.now() - startedAt) / 1_000 });
  }
  const rows = cases.map(({ name, held, seen }) => [name, held ? 'held' : 'NOT HELD', seen]);
  console.log(`\n${table(['fault', '', 'seen'], rows)}\n`);
  const good = cases.every(({ held }) => held);
  console.log(
    `Written to ${await keep({ at: new Date().toISOString(), node: process.version, good, cases })}`,
  );
  return good;
}
