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
 * One request; answers its rows and how long they took to be there, parsing left out.
 * @param {string} url
 * @param {{ path: string, body?: string }} question
 * @returns {Promise<{ ms: number, rows: Row[] }>}
 */
export async function ask(url, { path, body }) {
  const headers = { accept: 'application/sparql-results+json', 'content-type': 'application/sparql-query' };
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
 * Windows of one service, asked by one client and then by {@link CLIENTS} at once, each of them one after the other; the
 * services differ, so that nobody is served from another's answer.
 * @param {string} url
 * @param {import('./plan.mjs').Plan} plan
 */
export async function askTogether(url, plan) {
  const { window } = timesOf(plan);
  const client = async (/** @type {number} */ number, /** @type {number} */ requests) => {
    const times = [];
    for (let request = 0; request < requests; request++) {
      const service = `service-${String((number * 7 + request) % plan.services).padStart(2, '0')}`;
      const { ms, rows } = await ask(url, { path: '/sparql', body: windowQuery(service, window) });
      if (rows.length === 0) throw new Error(`${service} had no rows`);
      times.push(ms);
    }
    return times;
  };
  const alone = await client(0, REQUESTS_PER_CLIENT * 4);
  const startedAt = performance.now();
  const together = await Promise.all(
    Array.from({ length: CLIENTS }, (_, number) => client(number, REQUESTS_PER_CLIENT)),
  );
  const seconds = (performance.now() - startedAt) / 1_000;
  const times = together.flat();
  return {
    clients: CLIENTS,
    aloneP99Ms: p99(alone),
    aloneMedianMs: median(alone),
    togetherP99Ms: p99(times),
    togetherMedianMs: median(times),
    perSecond: times.length / seconds,
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
