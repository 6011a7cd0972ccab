/** One server on a folder of its own that is killed and started again while it is written to on every door. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, startGenchi, until } from '../integration/programs.mjs';
import { countRows } from '../integration/store-rows.mjs';
import { proveSigned, signedBy } from './checkpoints.mjs';
import { openFolder } from './folder.mjs';
import { doorNames, lookFor } from './verify.mjs';

/** @typedef {import('./verify.mjs').Acknowledged} Acknowledged */
/** @typedef {import('./verify.mjs').Door} Door */
/** @typedef {{ door: Door, acknowledged: Acknowledged[], resent: number }} Written */

/** How long a start on what a kill left behind may take; several servers share two cores here. */
const READY_MS = 120_000;
/** When the kill comes, in milliseconds after the doors are written to, and how many come while the server still starts. */
const KILL_AFTER_MS = /** @type {const} */ ([0, 600]);
const DOORS_UNDER_WAY = 6;
const EARLY_SHARE = 0.15;
const EARLY_MS = /** @type {const} */ ([100, 1_500]);
/** Of so many runs one asks for a backup, which the kill mostly meets. */
const BACKUP_EVERY = 3;

/** Everything that goes on in the background does so as often as it can, so that kills meet it. */
export const EAGER = [
  ...['--checkpoint-mib', '1', '--compaction-every-ms', '50'],
  ...['--retention-every-ms', '50', '--retention-sample-days', '30', '--retention-reading-days', '30'],
  ...['--retention-minute-days', '60', '--retention-hour-days', '90', '--retention-event-days', '365'],
  ...['--evaluation-every-ms', '200', '--minute-grace-ms', '2000', '--backup-keep', '2'],
];

/** The writers of one server, in a process of their own. */
export class Writers {
  #child = fork(fileURLToPath(new URL('./writer.mjs', import.meta.url)));
  /** Resolves when doors are written to. */
  /** @type {Promise<undefined>} */
  underWay = Promise.resolve(undefined);
  /** What was acknowledged so far, by door. */
  acknowledged = new Map(doorNames.map((door) => [door, /** @type {Acknowledged[]} */ ([])]));

  /**
   * Has every door written to until the server is gone; answers how many receipts were acknowledged and how many
   * batches sent again.
   * @param {string} url
   */
  async until(url) {
    this.#child.removeAllListeners();
    const doors = new Set();
    /** @type {() => void} */
    let begun = () => undefined;
    this.underWay = new Promise((resolve) => {
      begun = () => resolve(undefined);
    });
    const written = await new Promise((resolve, reject) => {
      this.#child.once('exit', () => reject(new Error('the writers ended')));
      this.#child.on('message', (/** @type {any} */ message) => {
        doors.add(message.acknowledged);
        // Kills come when most doors are written to, however fast the machine is.
        if (doors.size >= DOORS_UNDER_WAY) begun();
        if (message.failed !== undefined) reject(new Error(message.failed));
        else if (message.written !== undefined) resolve(/** @type {Written[]} */ (message.written));
      });
      this.#child.send({ url });
    });
    let [receipts, resent] = [0, 0];
    for (const one of /** @type {Written[]} */ (written)) {
      this.acknowledged.get(one.door)?.push(...one.acknowledged);
      receipts += one.acknowledged.reduce((sum, { tokens }) => sum + tokens.length, 0);
      resent += one.resent;
    }
    return { receipts, resent };
  }

  /**
   * Looks for everything acknowledged so far.
   * @param {string} url
   */
  async look(url) {
    const results = [];
    for (const [door, acknowledged] of this.acknowledged)
      results.push({ door, ...(await lookFor(url, door, acknowledged)) });
    return results;
  }

  close() {
    this.#child.kill();
  }
}

/** @param {Awaited<ReturnType<Writers['look']>>} results */
export function faultsOf(results) {
  return results.flatMap(({ door, missing, twice }) => [
    ...(missing.length > 0 ? [`${door}: ${missing.length} missing, first ${missing[0]}`] : []),
    ...(twice.length > 0 ? [`${door}: ${twice.length} twice, first ${twice[0]}`] : []),
  ]);
}

/** @typedef {{ name: number, data: string, port: number, writers: Writers, signed: import('./checkpoints.mjs').Signed[], random: { between(from: number, to: number): number } }} Lane */

/**
 * Kills a server before it is ready.
 * @param {Lane} lane
 * @param {number} afterMs
 */
async function killEarly({ data, port }, afterMs) {
  const starting = startGenchi({ data, port, settings: EAGER, timeoutMs: READY_MS, killAfterMs: afterMs });
  const genchi = await starting.catch(() => undefined);
  await genchi?.stop('SIGKILL');
  return { receipts: 0, resent: 0, readyMs: undefined };
}

/**
 * One start, some writing, one kill.
 * @param {Lane} lane
 * @param {number} afterMs
 * @param {boolean} isBackedUp
 */
async function killWriting({ data, port, writers, signed }, afterMs, isBackedUp) {
  const startedAt = performance.now();
  const genchi = await startGenchi({ data, port, settings: EAGER, timeoutMs: READY_MS });
  const readyMs = performance.now() - startedAt;
  const writing = writers.until(genchi.url);
  if (isBackedUp) {
    const headers = { 'content-type': 'application/json' };
    await fetch(`${genchi.url}/backups`, { method: 'POST', headers, body: '{}' });
  }
  await Promise.race([writers.underWay, writing]);
  signed.push(await signedBy(genchi.url));
  await Promise.race([pause(afterMs), writing]);
  if (!genchi.running) throw new Error(`genchi ended on its own:\n${genchi.output}`);
  await genchi.stop('SIGKILL');
  return { ...(await writing), readyMs };
}

/**
 * Checks a folder that no server has open: rows that say the same twice, and the whole log against the evidence.
 * @param {string} data
 */
export async function checkFolder(data) {
  const rows = await countRows(join(data, 'evidence.duckdb'));
  const { store, close } = await openFolder(data);
  try {
    const { difference, size, receipts } = await store.log.verify({});
    const archive = [];
    for await (const file of store.retention.verify()) archive.push(file);
    const faults = [
      ...(difference === undefined ? [] : [`the log differs: ${JSON.stringify(difference)}`]),
      ...(rows.repeatedEvents > 0 ? [`${rows.repeatedEvents} events twice in the store`] : []),
      ...(rows.repeatedSamples > 0 ? [`${rows.repeatedSamples} samples twice in the store`] : []),
      ...archive.filter(({ state }) => state !== 'sound').map(({ file, state }) => `${file} is ${state}`),
    ];
    return { rows, faults, leaves: size, verified: receipts, archived: archive.length };
  } finally {
    await close();
  }
}

/**
 * Waits until every alert of the last minutes belongs to an incident, and counts those that belong to more than one.
 * @param {string} url
 */
async function incidentsOf(url) {
  const query = '{ incidents(first: 100) { nodes { id alertCount } } }';
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  const { data, errors } = /** @type {any} */ (await response.json());
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data.incidents.nodes.length;
}

/**
 * @param {{ name: number, folder: string, runs: number, random: Lane['random'], say: (line: string) => void }} options
 */
export async function runLane({ name, folder, runs, random, say }) {
  const lane = {
    name,
    data: join(folder, `data-${name}`),
    port: await freePort(),
    writers: new Writers(),
    signed: [],
    random,
  };
  const kills = [];
  try {
    for (let run = 1; run <= runs; run++) {
      const isEarly = run > 1 && random.between(0, 1) < EARLY_SHARE;
      const afterMs = random.between(...(isEarly ? EARLY_MS : KILL_AFTER_MS));
      const result = isEarly
        ? await killEarly(lane, afterMs)
        : await killWriting(lane, afterMs, run % BACKUP_EVERY === 0);
      kills.push({ lane: name, run, afterMs, isEarly, ...result });
      const when =
        result.readyMs === undefined
          ? 'while it started   '
          : `ready in ${result.readyMs.toFixed(0).padStart(5)} ms`;
      say(
        `  server ${name}, kill ${String(run).padStart(2)}/${runs}  ${when}, killed after ${afterMs.toFixed(0).padStart(4)} ms, ` +
          `${result.receipts} receipts acknowledged, ${result.resent} batches sent again`,
      );
    }
    return { ...(await lastLook(lane)), kills };
  } finally {
    lane.writers.close();
  }
}

/** @param {Lane} lane */
async function lastLook({ data, port, writers, signed }) {
  const genchi = await startGenchi({ data, port, timeoutMs: READY_MS });
  const results = await writers.look(genchi.url);
  const proven = await proveSigned(genchi.url, signed);
  const incidents = await until('incidents', 20_000, () => incidentsOf(genchi.url));
  const exitCode = await genchi.stop('SIGTERM');
  const checked = await checkFolder(data);
  const faults = [
    ...faultsOf(results),
    ...checked.faults,
    ...proven.faults,
    ...(exitCode === 0 ? [] : [`genchi ended with ${exitCode} on SIGTERM: ${genchi.output}`]),
  ];
  return { results, ...checked, incidents, checkpoints: proven.checkpoints, faults };
}
