/**
 * `npm run crash [-- --runs 30 --seed 1]`: writers post to all four doors while the server is killed with SIGKILL and
 * started again on the same folder. Afterwards every receipt that was acknowledged must be found, and none twice.
 *
 * Exit codes: 0 all found and none twice, 1 not, or a start that was not clean.
 */
import { fork } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { table } from '../../bench/table.mjs';
import { seededRandom } from '../../dist/cli/demo/random.js';
import { freePort, startGenchi } from '../integration/programs.mjs';
import { countRows } from '../integration/store-rows.mjs';
import { doorNames, lookFor } from './verify.mjs';

/** @typedef {import('./verify.mjs').Acknowledged} Acknowledged */
/** @typedef {{ door: (typeof doorNames)[number], child: import('node:child_process').ChildProcess, acknowledged: Acknowledged[] }} Writer */

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'bench-results/crash.json' },
  },
});
const runs = Number(options.runs);

/** How long a start on what a kill left behind may take. */
const READY_MS = 10_000;
/** When the kill comes, in milliseconds after the start. */
const KILL_AFTER_MS = /** @type {const} */ ([200, 1_500]);
/** Old samples are sorted into parts as often as can be, so that kills meet that too. */
const COMPACTING = ['--compaction-every-ms', '50'];
/** After so many kills what was acknowledged up to then is looked for, beside the end. */
const LOOK_EVERY = 10;

/**
 * Has a writer write until the server is gone; answers what it got acknowledged.
 * @param {Writer} writer
 * @param {string} url
 * @returns {Promise<{ acknowledged: Acknowledged[], resent: number }>}
 */
function writeUntilGone(writer, url) {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`the writer of ${writer.door} ended`));
    writer.child.once('exit', ended);
    writer.child.once('message', (/** @type {any} */ message) => {
      writer.child.off('exit', ended);
      if (message.failed !== undefined) reject(new Error(`${writer.door}: ${message.failed}`));
      else resolve(message);
    });
    writer.child.send({ url });
  });
}

/**
 * Looks for everything acknowledged so far.
 * @param {readonly Writer[]} writers
 * @param {string} url
 */
async function look(writers, url) {
  const results = [];
  for (const { door, acknowledged } of writers)
    results.push({ door, ...(await lookFor(url, door, acknowledged)) });
  return results;
}

/** @param {Awaited<ReturnType<typeof look>>} results */
function faultsOf(results) {
  return results.flatMap(({ door, missing, twice }) => [
    ...(missing.length > 0 ? [`${door}: ${missing.length} missing, first ${missing[0]}`] : []),
    ...(twice.length > 0 ? [`${door}: ${twice.length} twice, first ${twice[0]}`] : []),
  ]);
}

/**
 * One start, some writing, one kill.
 * @param {{ run: number, data: string, port: number, killAfterMs: number, writers: readonly Writer[] }} options
 */
async function killOnce({ run, data, port, killAfterMs, writers }) {
  const startedAt = performance.now();
  const genchi = await startGenchi({ data, port, settings: COMPACTING, timeoutMs: READY_MS });
  const readyMs = performance.now() - startedAt;
  if (run > 1 && run % LOOK_EVERY === 1) {
    const faults = faultsOf(await look(writers, genchi.url));
    if (faults.length > 0) throw new Error(faults.join('; '));
    console.log(`  all of it found after ${run - 1} kills`);
  }
  const writing = Promise.all(writers.map((writer) => writeUntilGone(writer, genchi.url)));
  await Promise.race([pause(killAfterMs), writing]);
  if (!genchi.running) throw new Error(`genchi ended on its own:\n${genchi.output}`);
  await genchi.stop('SIGKILL');
  const written = await writing;
  for (const [index, result] of written.entries()) writers[index]?.acknowledged.push(...result.acknowledged);
  const acknowledged = written
    .flatMap((result) => result.acknowledged)
    .reduce((sum, batch) => sum + batch.tokens.length, 0);
  const resent = written.reduce((sum, result) => sum + result.resent, 0);
  console.log(
    `  kill ${String(run).padStart(2)}/${runs}  ready in ${readyMs.toFixed(0).padStart(5)} ms, killed ${killAfterMs.toFixed(0).padStart(4)} ms later, ` +
      `${acknowledged} receipts acknowledged, ${resent} batches sent again`,
  );
  return { run, readyMs, killAfterMs, acknowledged, resent };
}

/**
 * @param {string} data
 * @param {readonly Writer[]} writers
 */
async function crash(data, writers) {
  const random = seededRandom(Number(options.seed));
  const port = await freePort();
  const kills = [];
  for (let run = 1; run <= runs; run++) {
    kills.push(await killOnce({ run, data, port, killAfterMs: random.between(...KILL_AFTER_MS), writers }));
  }
  const genchi = await startGenchi({ data, port, timeoutMs: READY_MS });
  const results = await look(writers, genchi.url);
  const exitCode = await genchi.stop('SIGTERM');
  if (exitCode !== 0) throw new Error(`genchi ended with ${exitCode} on SIGTERM:\n${genchi.output}`);
  return { kills, results, rows: await countRows(join(data, 'evidence.duckdb')) };
}

/** @param {Awaited<ReturnType<typeof crash>>} outcome */
async function report({ kills, results, rows }) {
  const lines = results.map(({ door, acknowledged, missing, twice }) => [
    door,
    acknowledged,
    acknowledged - missing.length,
    missing.length,
    twice.length,
  ]);
  console.log(`\n${table(['door', 'acknowledged', 'found', 'missing', 'twice'], lines)}\n`);
  console.log(
    `${rows.events} events in the store, ${rows.repeatedEvents} repeated; ${rows.samples} samples, ${rows.repeatedSamples} repeated`,
  );
  console.log(`${rows.sortedSamples} samples were sorted into parts, the last is number ${rows.parts}`);
  console.log(`${runs} kills, slowest start ${Math.max(...kills.map((kill) => kill.readyMs)).toFixed(0)} ms`);
  const faults = faultsOf(results);
  for (const fault of faults) console.log(fault);
  // A run in which nothing was sorted would say nothing about sorting.
  const good =
    faults.length === 0 && rows.sortedSamples > 0 && rows.repeatedEvents === 0 && rows.repeatedSamples === 0;
  const counted = results.map(({ door, acknowledged, missing, twice }) => ({
    door,
    acknowledged,
    missing: missing.length,
    twice: twice.length,
  }));
  await mkdir(join(options.out, '..'), { recursive: true });
  await writeFile(
    options.out,
    `${JSON.stringify({ at: new Date().toISOString(), node: process.version, seed: Number(options.seed), good, doors: counted, rows, kills }, undefined, 2)}\n`,
  );
  console.log(
    `${good ? 'Everything acknowledged was found, nothing twice.' : 'NOT GOOD.'} Written to ${options.out}`,
  );
  process.exitCode = good ? 0 : 1;
}

const folder = await mkdtemp(join(tmpdir(), 'genchi-crash-'));
const writers = doorNames.map((door) => ({
  door,
  child: fork(fileURLToPath(new URL('./writer.mjs', import.meta.url)), [door]),
  acknowledged: /** @type {Acknowledged[]} */ ([]),
}));
console.log(`${runs} kills with SIGKILL while four writers post to ${doorNames.join(', ')}`);
try {
  await report(await crash(join(folder, 'data'), writers));
} finally {
  for (const { child } of writers) child.kill();
  await rm(folder, { recursive: true, force: true });
}
