/** Disks that are full, or that nothing can be written to. */
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../../integration/programs.mjs';
import { expect, send, startOn } from './server.mjs';

/** @typedef {import('./server.mjs').Fault} Fault */

const MIB = 1_048_576;

/**
 * Gives work a file system of its own in memory; where that is not permitted, the case fails and does not pass quietly.
 * @template T
 * @param {string} folder
 * @param {number} mib
 * @param {(disk: string) => Promise<T>} work
 */
async function withDisk(folder, mib, work) {
  const disk = join(folder, `disk-${mib}`);
  await mkdir(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', disk]);
  try {
    return await work(disk);
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
}

/**
 * Asks a server for a backup and waits for its end.
 * @param {string} url
 */
async function backUp(url) {
  const headers = { 'content-type': 'application/json' };
  const asked = await fetch(`${url}/backups`, { method: 'POST', headers, body: '{}' });
  expect(asked.status === 202, `POST /backups was answered ${asked.status}`);
  return await until('the backup', 20_000, async () => {
    const job = JSON.parse(await (await fetch(`${url}/backups/last`)).text());
    return job.state === 'running' ? undefined : job;
  });
}

/** @type {Fault} */
export async function diskFull(folder) {
  return await withDisk(folder, 64, async (disk) => {
    const genchi = await startOn(join(disk, 'data'), ['--checkpoint-mib', '1']);
    const first = await send(genchi.url);
    await writeFile(join(disk, 'filler'), Buffer.alloc(40 * MIB));
    const full = await send(genchi.url);
    const read = await fetch(`${genchi.url}/sparql?query=${encodeURIComponent('ASK { ?s ?p ?o }')}`);
    await backUp(genchi.url);
    await rm(join(disk, 'filler'));
    const again = await send(genchi.url);
    const code = await genchi.stop('SIGTERM');
    const seen = `${first.status}, full ${full.status}, read ${read.status}, with room again ${again.status}, stopped with ${code}`;
    expect(
      seen === '200, full 507, read 200, with room again 200, stopped with 0',
      () => `${seen}: ${full.text}`,
    );
    return seen;
  });
}

/** @type {Fault} */
export async function backupOnFullDisk(folder) {
  return await withDisk(folder, 1, async (disk) => {
    const genchi = await startOn(join(folder, 'backed-up'), ['--backup-dir', disk]);
    await send(genchi.url);
    // The store alone is larger than what is left.
    await writeFile(join(disk, 'filler'), Buffer.alloc(MIB - 100_000));
    const failed = await backUp(genchi.url);
    const left = (await readdir(disk)).filter((name) => name !== 'filler');
    await rm(join(disk, 'filler'));
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    const made = await backUp(genchi.url);
    const written = await send(genchi.url);
    const code = await genchi.stop('SIGTERM');
    const seen = `${failed.state}, ${left.length} entries left of it, with room again ${made.state}, events ${written.status}, stopped with ${code}`;
    expect(
      seen === 'failed, 0 entries left of it, with room again finished, events 200, stopped with 0' &&
        /disk is full/.test(failed.why),
      () => `${seen}: ${failed.why}; ${left.join(', ')}`,
    );
    return `${seen}; it says: ${failed.why}`;
  });
}
