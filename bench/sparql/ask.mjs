/** Asks a running Genchi the questions of the benchmark and takes the time, over HTTP as users do. */
import { readFile } from 'node:fs/promises';
import { figuresOf } from '../../test/integration/programs.mjs';
import { median } from '../table.mjs';
import { timesOf } from './plan.mjs';
import { faultOf, windowQuery } from './questions.mjs';

/**
 * @typedef {import('./questions.mjs').Question} Question
 * @typedef {import('./questions.mjs').Row} Row
 */

const ROUNDS = 5;
const CLIENTS = 20;
const REQUESTS_PER_CLIENT = 15;

/**
 * One request; answers its rows and how long they took to be there, parsing left out. Unless answers may be shared, it is
 * one that the server works out for this request alone.
 * @param {string} url
 * @param {{ path: string, body?: string, isShared?: boolean }} question
 * @returns {Promise<{ ms: number, rows: Row[] }>}
 */
export async function ask(url, { path, body, isShared = false }) {
  const headers = {
    accept: 'application/sparql-results+json',
    'content-type': 'application/sparql-query',
    ...(isShared ? {} : { 'cache-control': 'no-cache' }),
  };
  const startedAt = performance.now();
  const response = await fetch(
    url + path,
    body === undefined ? { headers } : { method: 'POST', headers, body },
  );
  const text = await response.text();
  const ms = performance.now() - startedAt;
  if (!response.ok) throw new Error(`${response.status}: ${text.slice(0, 300)}`);
  return { ms, rows: JSON.parse(text).results?.bindings ?? [] };
}

/**
 * One question, {@link ROUNDS} times one after the other; every answer is checked. The processor time of the server says
 * more than the clock where others use the machine too.
 * @param {{ url: string, pid: number }} server
 * @param {Question} question
 */
export async function askAlone({ url, pid }, question) {
  const times = [];
  const before = await figuresOf(pid);
  for (let round = 0; round < ROUNDS; round++) {
    try {
      const { ms, rows } = await ask(url, question);
      const fault = faultOf(question, rows);
      if (fault !== undefined) return { ms: Number.NaN, fault };
      times.push(ms);
    } catch (error) {
      return { ms: Number.NaN, fault: error instanceof Error ? error.message : String(error) };
    }
  }
  const cpuSeconds = ((await figuresOf(pid))?.cpuSeconds ?? Number.NaN) - (before?.cpuSeconds ?? 0);
  return { ms: median(times), cpuMs: (cpuSeconds * 1_000) / ROUNDS, fault: undefined };
}

const p99 = (/** @type {number[]} */ times) =>
  [...times].sort((one, other) => one - other)[Math.ceil(times.length * 0.99) - 1] ?? Number.NaN;

/**
 * What engineers ask of one incident: what was measured of a service and its neighbours in the minutes before and after.
 * @param {import('./plan.mjs').Plan} plan
 * @param {number} first the number of the service
 */
function windowsOf(plan, first) {
  const { window } = timesOf(plan);
  return Array.from({ length: REQUESTS_PER_CLIENT }, (_, request) => {
    const service = `service-${String((first + request) % plan.services).padStart(2, '0')}`;
    return windowQuery(service, window);
  });
}

/**
 * Asks one question after the other; answers how long each took.
 * @param {string} url
 * @param {readonly string[]} queries
 * @param {boolean} isShared
 */
async function askInTurn(url, queries, isShared) {
  const times = [];
  for (const body of queries) {
    const { ms, rows } = await ask(url, { path: '/sparql', body, isShared });
    if (rows.length === 0) throw new Error(`no rows: ${body}`);
    times.push(ms);
  }
  return times;
}

/**
 * {@link CLIENTS} at once, each with questions of its own to ask one after the other.
 * @param {string} url
 * @param {(client: number) => readonly string[]} questionsOf
 * @param {boolean} isShared
 */
async function askAtOnce(url, questionsOf, isShared) {
  const startedAt = performance.now();
  const all = await Promise.all(
    Array.from({ length: CLIENTS }, (_, client) => askInTurn(url, questionsOf(client), isShared)),
  );
  const times = all.flat();
  const seconds = (performance.now() - startedAt) / 1_000;
  return { p99Ms: p99(times), medianMs: median(times), perSecond: times.length / seconds };
}

/**
 * Windows of one service, asked by one client and then by {@link CLIENTS} at once: all of them the same questions, which
 * the server may work out once, and each of them others, worked out for each request alone; and by one client while
 * another asks for all series over and over.
 * @param {string} url
 * @param {import('./plan.mjs').Plan} plan
 * @param {Question} large
 */
export async function askTogether(url, plan, large) {
  const own = Array.from({ length: 4 }, (_, round) => windowsOf(plan, round * 7)).flat();
  const alone = await askInTurn(url, own, false);
  // None of these was asked in a way that may be shared before.
  const same = await askAtOnce(url, () => windowsOf(plan, 3), true);
  const different = await askAtOnce(url, (client) => windowsOf(plan, client * 7), false);
  let isOver = false;
  const asking = (async () => {
    while (!isOver) await ask(url, large);
  })();
  const beside = await askInTurn(url, own, false);
  isOver = true;
  await asking;
  return {
    clients: CLIENTS,
    alone: { p99Ms: p99(alone), medianMs: median(alone) },
    same,
    different,
    beside: { p99Ms: p99(beside), medianMs: median(beside) },
  };
}

/**
 * The most memory that a process has had resident so far, in bytes; undefined where there is no /proc.
 * @param {number} pid
 */
export async function peakBytesOf(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1_024;
}
