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
import { countInGenchi, countInPrometheus } from './count.mjs';
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
  const servers = await startServers(folder);
  const from = Math.floor((Date.now() - (rounds * steps + 4) * STEP_MS) / STEP_MS) * STEP_MS;
  /** @type {Round[]} */
  const measured = [];
  try {
    for (let round = 0; round < rounds; round++) {
      // Who begins changes, so that neither always has the warmer machine.
      for (const server of round % 2 === 0 ? servers : [...servers].reverse()) {
        const span = { shape, from: from + round * steps * STEP_MS, steps, seed: round + 1 };
        const result = { ...(await sendSpan(server, span)), round };
        measured.push(result);
        console.log(
          `  ${shape} ${round + 1}/${rounds}  ${server.name.padEnd(10)}  ${Math.round(result.perSecond).toLocaleString('en-US').padStart(9)} samples/s`,
        );
      }
    }
    const summaries = [];
    for (const server of servers)
      summaries.push(await summarize(server, shape, measured, { from, steps: rounds * steps }));
    return { shape, measured, summaries, ratio: ratioOf(measured) };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/**
 * @param {string} folder
 * @returns {Promise<Program[]>}
 */
async function startServers(folder) {
  const data = await mkdtemp(join(folder, 'data-'));
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
 * @param {Shape} shape
 * @param {readonly Round[]} measured
 * @param {{ from: number, steps: number }} span
 */
async function summarize(server, shape, measured, span) {
  const own = measured.filter((round) => round.server === server.name);
  const residentBytes = (await figuresOf(server.pid))?.residentBytes ?? Number.NaN;
  const acknowledged = own.reduce((sum, round) => sum + round.samples, 0);
  const count = server.name === 'genchi' ? countInGenchi : countInPrometheus;
  const startedAt = performance.now();
  const { found, distinct } = await count(server.url, { ...span, stepMs: STEP_MS });
  const countSeconds = (performance.now() - startedAt) / 1_000;
  return {
    server: server.name,
    shape,
    perSecond: median(own.map((round) => round.perSecond)),
    slowest: Math.min(...own.map((round) => round.perSecond)),
    fastest: Math.max(...own.map((round) => round.perSecond)),
    cpuSecondsPerMillion: (own.reduce((sum, round) => sum + round.cpuSeconds, 0) / acknowledged) * 1_000_000,
    residentMib: residentBytes / 1_048_576,
    p50Ms: median(own.map((round) => round.p50Ms)),
    p99Ms: median(own.map((round) => round.p99Ms)),
    acknowledged,
    found,
    distinct,
    countSeconds,
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
