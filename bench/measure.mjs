/** Runs the rounds of one shape of requests on fresh servers, in turn, and counts what they kept. */
import { fork } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  figuresOf,
  freePort,
  isInstalled,
  startGenchi,
  startPrometheus,
} from '../test/integration/programs.mjs';
import { countRows } from '../test/integration/store-rows.mjs';
import { countInPrometheus, countInSparql } from './count.mjs';
import { STEP_MS } from './stream.mjs';
import { median } from './table.mjs';

/** @typedef {import('../test/integration/programs.mjs').Program} Program */
/** @typedef {keyof typeof import('./stream.mjs').shapes} Shape */
/** @typedef {{ server: string, shape: Shape, round: number, samples: number, seconds: number, perSecond: number, cpuSeconds: number, p50Ms: number, p99Ms: number, bytes: number, retries: number }} Round */
/** @typedef {Awaited<ReturnType<typeof measure>>} Measured */

/** Both servers take remote write at the same path. */
const WRITE_PATH = '/api/v1/write';

/**
 * Has a process of its own send a span of the stream to a server; answers what it measured.
 * @param {Program} server
 * @param {{ shape: Shape, from: number, steps: number, seed: number }} span
 * @returns {Promise<Omit<Round, 'round'>>}
 */
function sendSpan(server, span) {
  const url = server.url + WRITE_PATH;
  const sender = fork(fileURLToPath(new URL('./sender.mjs', import.meta.url)), [
    JSON.stringify({ url, ...span }),
  ]);
  return new Promise((resolve, reject) => {
    let cpuBefore = 0;
    sender.on('message', async (/** @type {any} */ message) => {
      if (message.say === 'failed') reject(new Error(`${server.name}: ${message.why}\n${server.output}`));
      if (message.say === 'encoded') {
        cpuBefore = (await figuresOf(server.pid))?.cpuSeconds ?? Number.NaN;
        sender.send('go');
      }
      if (message.say === 'sent') {
        const cpuSeconds = ((await figuresOf(server.pid))?.cpuSeconds ?? Number.NaN) - cpuBefore;
        const { say: _, ...measured } = message;
        const perSecond = message.samples / message.seconds;
        resolve({ server: server.name, shape: span.shape, ...measured, perSecond, cpuSeconds });
      }
    });
    sender.once('error', reject);
    sender.once('exit', (code) => code !== 0 && reject(new Error(`the sender ended with ${code}`)));
  });
}

/**
 * Runs the rounds of one shape on fresh servers, in turn, and counts what they kept.
 * @param {{ shape: Shape, folder: string, rounds: number, steps: number }} options
 */
export async function measure({ shape, folder, rounds, steps }) {
  const data = await mkdtemp(join(folder, 'data-'));
  const servers = await startServers(data);
  const from = Math.floor((Date.now() - (rounds * steps + 4) * STEP_MS) / STEP_MS) * STEP_MS;
  const whole = { from, steps: rounds * steps, stepMs: STEP_MS };
  /** @type {Round[]} */
  const measured = [];
  try {
    for (let round = 0; round < rounds; round++) {
      // Who begins changes, so that neither always has the warmer machine.
      for (const server of round % 2 === 0 ? servers : [...servers].reverse()) {
        const span = { shape, from: from + round * steps * STEP_MS, steps, seed: round + 1 };
        measured.push({ ...(await sendSpan(server, span)), round });
        console.log(`  ${lineOf(measured.at(-1), rounds)}`);
      }
    }
    const summaries = [];
    for (const server of servers) summaries.push(await summarize(server, measured));
    const sparql = await countInSparql(servers[0]?.url ?? '', whole);
    const found = new Map();
    for (const server of servers) found.set(server.name, await countIn(server, whole, data));
    return {
      shape,
      ratio: ratioOf(measured),
      sparql,
      summaries: summaries.map((one) => ({ ...one, found: found.get(one.server) ?? 0 })),
      measured,
    };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/**
 * @param {Round | undefined} round
 * @param {number} rounds
 */
function lineOf(round, rounds) {
  if (round === undefined) return '';
  const rate = Math.round(round.perSecond).toLocaleString('en-US').padStart(9);
  return `${round.shape} ${round.round + 1}/${rounds}  ${round.server.padEnd(10)}  ${rate} samples/s`;
}

/**
 * Counts every distinct sample that a server kept: Prometheus says it itself, Genchi is stopped and its store counted.
 * @param {Program} server
 * @param {{ from: number, steps: number, stepMs: number }} span
 * @param {string} data
 */
async function countIn(server, span, data) {
  if (server.name === 'prometheus') return countInPrometheus(server.url, span);
  await server.stop();
  const { samples, repeatedSamples } = await countRows(join(data, 'genchi', 'evidence.duckdb'));
  return samples - repeatedSamples;
}

/**
 * @param {string} data
 * @returns {Promise<Program[]>}
 */
async function startServers(data) {
  const genchi = await startGenchi({ data: join(data, 'genchi'), port: await freePort() });
  if (!isInstalled('prometheus')) return [genchi];
  const config = join(data, 'prometheus.yml');
  await writeFile(config, 'global:\n  scrape_interval: 1h\n');
  const prometheus = await startPrometheus({
    folder: data,
    port: await freePort(),
    config,
    flags: ['--web.enable-remote-write-receiver', '--query.max-samples=100000000'],
  });
  return [genchi, prometheus];
}

/**
 * @param {Program} server
 * @param {readonly Round[]} measured
 */
async function summarize(server, measured) {
  const own = measured.filter((round) => round.server === server.name);
  const residentBytes = (await figuresOf(server.pid))?.residentBytes ?? Number.NaN;
  const acknowledged = own.reduce((sum, round) => sum + round.samples, 0);
  const rates = own.map((round) => round.perSecond);
  return {
    server: server.name,
    perSecond: median(rates),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    cpuSecondsPerMillion: (own.reduce((sum, round) => sum + round.cpuSeconds, 0) / acknowledged) * 1_000_000,
    residentMib: residentBytes / 1_048_576,
    p50Ms: median(own.map((round) => round.p50Ms)),
    p99Ms: median(own.map((round) => round.p99Ms)),
    acknowledged,
  };
}

/**
 * How much faster Genchi was: the median of the ratios of rounds that ran one right after the other, so that a busy
 * moment of the machine weighs little. Undefined when Genchi was measured alone.
 * @param {readonly Round[]} measured
 */
function ratioOf(measured) {
  const ratios = measured.flatMap(({ server, round, perSecond }) => {
    const other = measured.find((one) => one.server !== server && one.round === round);
    return server !== 'genchi' || other === undefined ? [] : [perSecond / other.perSecond];
  });
  return ratios.length === 0 ? undefined : median(ratios);
}
