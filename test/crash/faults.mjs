/** Faults that are no kill at random, each a case of `npm run crash -- --faults`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { table } from '../../bench/table.mjs';
import { clockSteps } from './faults/clock.mjs';
import { backupOnFullDisk, diskFull } from './faults/disk.mjs';
import { folderGone, readOnlyDisk } from './faults/gone.mjs';
import { killedImport, killedMigration } from './faults/kills.mjs';
import { killedOutbox } from './faults/outbox.mjs';
import { pauseInBackup } from './faults/pause.mjs';
import { flippedByte, truncatedStore } from './faults/recovery.mjs';
import { stopUnderLoad, twoServers } from './faults/servers.mjs';
import { stopsInVerbs, stopsInWork } from './faults/stops.mjs';
import { workerEnded } from './faults/worker.mjs';

/** @typedef {import('./faults/server.mjs').Fault} Fault */

/** @type {Readonly<Record<string, Fault>>} */
const faults = {
  'disk full': diskFull,
  'backup onto a full disk': backupOnFullDisk,
  'read-only disk': readOnlyDisk,
  'folder gone': folderGone,
  'two servers': twoServers,
  'stop under load': stopUnderLoad,
  'stops in the middle of work': stopsInWork,
  'stops of verbs': stopsInVerbs,
  'writers beside a backup': pauseInBackup,
  'clock steps': clockSteps,
  'SPARQL thread ended': workerEnded,
  'kill in an import': killedImport,
  'kill in a migration': killedMigration,
  'kill before the outbox': killedOutbox,
  'flipped byte': flippedByte,
  'store cut short': truncatedStore,
};

/**
 * The cases of some names, all unless there are any.
 * @param {string | undefined} only
 */
function wantedOf(only) {
  const names = only?.split(',').map((name) => name.trim()) ?? Object.keys(faults);
  const unknown = names.filter((name) => faults[name] === undefined);
  if (unknown.length > 0)
    throw new Error(
      `--only: no case is named ${unknown.join(', ')}; expected ${Object.keys(faults).join(', ')}`,
    );
  return names;
}

/**
 * Runs every case, or those of some names, each in a folder of its own; answers whether all held.
 * @param {{ folder: string, only: string | undefined, keep: (record: unknown) => Promise<string> }} options
 */
export async function runFaults({ folder, only, keep }) {
  const wanted = wantedOf(only);
  const cases = [];
  for (const name of wanted) {
    const startedAt = performance.now();
    const place = join(folder, name.replaceAll(' ', '-'));
    await mkdir(place);
    const outcome = await (faults[name] ?? (() => Promise.reject(new Error('no such case'))))(place).then(
      (seen) => ({ held: true, seen }),
      (/** @type {Error} */ error) => ({ held: false, seen: error.message }),
    );
    const seconds = (performance.now() - startedAt) / 1_000;
    console.log(`${outcome.held ? 'held    ' : 'NOT HELD'}  ${seconds.toFixed(1).padStart(5)} s  ${name}`);
    cases.push({ name, ...outcome, seconds });
  }
  const rows = cases.map(({ name, held, seconds, seen }) => [
    name,
    held ? 'held' : 'NOT HELD',
    seconds,
    seen,
  ]);
  console.log(`\n${table(['fault', '', 's', 'seen'], rows)}\n`);
  const notRun = Object.keys(faults).filter((name) => !wanted.includes(name));
  if (notRun.length > 0) console.log(`NOT RUN: ${notRun.join(', ')}`);
  const good = cases.every(({ held }) => held);
  console.log(
    `Written to ${await keep({ at: new Date().toISOString(), node: process.version, good, cases, notRun })}`,
  );
  return good;
}
