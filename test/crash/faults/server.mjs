/** Servers of the fault cases, what is sent to them, and what must hold of the folder that they leave. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort, startGenchi } from '../../integration/programs.mjs';
import { doors } from '../batches.mjs';
import { checkFolder } from '../lane.mjs';
import { lookFor } from '../verify.mjs';

/** @typedef {(folder: string) => Promise<string>} Fault a sentence of what was seen; fails when it is not what must hold */
/** @typedef {import('../verify.mjs').Acknowledged} Acknowledged */

/** The program, as it is built. */
export const MAIN = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
const READY_MS = 60_000;
/** How long a verb may take before it is killed, and counts as failed. */
const LONGEST_MS = 120_000;

/**
 * Starts a server on a data folder and waits until it is ready.
 * @param {string} data
 * @param {readonly string[]} [settings]
 * @param {Record<string, string>} [env]
 */
export async function startOn(data, settings = [], env = {}) {
  return await startGenchi({ data, port: await freePort(), settings, env, timeoutMs: READY_MS });
}

/**
 * Runs a verb of the command line, or any other program, to its end.
 * @param {readonly string[]} args
 * @param {{ command?: string, onStart?: (child: import('node:child_process').ChildProcess) => void }} [options]
 */
export async function run(args, { command, onStart = () => undefined } = {}) {
  const [program, all] = command === undefined ? [process.execPath, [MAIN, ...args]] : [command, [...args]];
  const child = spawn(program, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text;
  });
  onStart(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_MS);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  return { code, signal, out, err };
}

let sent = 0;

/**
 * Sends a batch of failures with ids of their own.
 * @param {string} url
 * @param {number} [at]
 */
export async function send(url, at = Date.now()) {
  const batch = await doors.events(`events-${sent++}`, at);
  return { ...batch, ...(await post(url, batch)) };
}

/**
 * Sends a batch, which may have been sent before.
 * @param {string} url
 * @param {{ path: string, headers: Record<string, string>, body: string | Buffer }} batch
 */
export async function post(url, { path, headers, body }) {
  const response = await fetch(url + path, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

/**
 * Sends batches one after the other, all of which must be taken.
 * @param {string} url
 * @param {number} count
 */
export async function sendAll(url, count) {
  const batches = [];
  for (let number = 0; number < count; number++) {
    const batch = await send(url);
    if (batch.status !== 200) throw new Error(`events were answered ${batch.status}: ${batch.text}`);
    batches.push(batch);
  }
  return batches;
}

/**
 * How many of the receipts of some batches a server has; fails when it has one twice.
 * @param {string} url
 * @param {readonly Acknowledged[]} batches
 */
export async function countFound(url, batches) {
  const { acknowledged, missing, twice } = await lookFor(url, 'events', batches);
  if (twice.length > 0) throw new Error(`${twice.length} receipts twice, first ${twice[0]}`);
  return acknowledged - missing.length;
}

/**
 * Fails unless a server has every receipt of some batches, once.
 * @param {string} url
 * @param {readonly Acknowledged[]} batches
 */
export async function expectAll(url, batches) {
  const all = batches.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const found = await countFound(url, batches);
  if (found !== all) throw new Error(`${found} of ${all} acknowledged receipts were found`);
  return all;
}

/**
 * Fails unless the log of a folder that nobody has open is what its evidence makes, its archive is sound and nothing is
 * there twice.
 * @param {string} data
 */
export async function expectSound(data) {
  const { faults, ...checked } = await checkFolder(data);
  if (faults.length > 0) throw new Error(faults.join('; '));
  return checked;
}

/**
 * Fails with what was seen unless it is what must hold.
 * @param {boolean} holds
 * @param {string | (() => string)} seen
 */
export function expect(holds, seen) {
  if (!holds) throw new Error(typeof seen === 'string' ? seen : seen());
}

/**
 * Starts a server on a folder that was left by a fault, which must have every acknowledged receipt and stop with 0;
 * then the folder must be sound.
 * @param {string} data
 * @param {readonly Acknowledged[]} batches
 */
export async function expectCleanStart(data, batches) {
  const genchi = await startOn(data);
  const found = await expectAll(genchi.url, batches);
  const code = await genchi.stop('SIGTERM');
  expect(code === 0, `the next server stopped with ${code}: ${genchi.output}`);
  await expectSound(data);
  return found;
}
