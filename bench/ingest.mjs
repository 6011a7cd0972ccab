/**
 * `npm run bench:ingest`: samples a second that Genchi acknowledges through `/api/v1/write`, and Prometheus the same
 * stream, in turn in one run; afterwards every acknowledged sample is counted.
 *
 * Exit codes: 0 Genchi is at least as fast and nothing is missing, 1 it is slower or a sample is missing, 2 Prometheus
 * is not installed and Genchi was measured alone.
 */
import { fork } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  figuresOf,
  freePort,
  isInstalled,
  startGenchi,
  startPrometheus,
  versionOf,
} from '../test/integration/programs.mjs';
import { countInGenchi, countInPrometheus } from './count.mjs';
import { BATCH, SERIES, STEP_MS, shapes } from './stream.mjs';
import { median, table } from './table.mjs';

/** @typedef {import('../test/integration/programs.mjs').Program} Program */
/** @typedef {{ server: string, shape: string, samples: number, seconds: number, perSecond: number, cpuSeconds: number, p50Ms: number, p99Ms: number, bytes: number, retries: number }} Round */

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '200' },
    shape: { type: 'string', multiple: true, default: Object.keys(shapes) },
    out: { type: 'string', default: 'bench-results/ingest.json' },
  },
});
const rounds = Number(options.rounds);
const steps = Number(options.steps);

/** Both servers take remote write at the same path. */
const WRITE_PATH = '/api/v1/write';

/**
 * Has a process of its own send a span of the stream to a server; answers what it measured.
 * @param {Program} server
 * @param {{ shape: string, from: number, steps: number, seed: number }} span
 * @returns {Promise<Round>}
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
 * @param {keyof typeof shapes} shape
 * @param {string} folder
 */
async function measure(shape, folder) {
  const servers = await startServers(folder);
  const from = Math.floor((Date.now() - (rounds * steps + 4) * STEP_MS) / STEP_MS) * STEP_MS;
  /** @type {Round[]} */
  const measured = [];
  try {
    for (let round = 0; round < rounds; round++) {
      // Who begins changes, so that neither always has the warmer machine.
      for (const server of round % 2 === 0 ? servers : [...servers].reverse()) {
        const span = { shape, from: from + round * steps * STEP_MS, steps, seed: round + 1 };
        const result = await sendSpan(server, span);
        measured.push(result);
        console.log(
          `  ${shape} ${round + 1}/${rounds}  ${server.name.padEnd(10)}  ${rate(result.perSecond)}`,
        );
      }
    }
    const summaries = [];
    for (const server of servers)
      summaries.push(await summarize(server, shape, measured, { from, steps: rounds * steps }));
    return { measured, summaries };
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
 * @param {string} shape
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

/** @param {number} perSecond */
function rate(perSecond) {
  return `${Math.round(perSecond).toLocaleString('en-US').padStart(9)} samples/s`;
}

const HEAD = [
  'requests',
  'server',
  'samples/s',
  'slowest',
  'fastest',
  'cpu s/M',
  'RSS MiB',
  'p50 ms',
  'p99 ms',
  'acknowledged',
  'found',
];

async function main() {
  const folder = await mkdtemp(join(tmpdir(), 'genchi-bench-'));
  const alone = !isInstalled('prometheus');
  const versions = { genchi: 'dist/main.js', ...(alone ? {} : { prometheus: versionOf('prometheus') }) };
  console.log(
    `${SERIES} series, requests of ${BATCH} samples, ${rounds} rounds of ${(steps * SERIES).toLocaleString('en-US')} samples`,
  );
  console.log(
    `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}${alone ? '; Prometheus is not installed, Genchi is measured alone' : `, ${versions.prometheus}`}\n`,
  );
  try {
    const results = [];
    for (const shape of options.shape) {
      if (!Object.hasOwn(shapes, shape))
        throw new Error(`unknown shape ${shape}: expected one of ${Object.keys(shapes)}`);
      results.push(await measure(/** @type {keyof typeof shapes} */ (shape), folder));
    }
    await report(results, alone, versions);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Prints and writes the results, and sets the exit code.
 * @param {readonly Awaited<ReturnType<typeof measure>>[]} results
 * @param {boolean} alone
 * @param {Record<string, string>} versions
 */
async function report(results, alone, versions) {
  const summaries = results.flatMap((result) => result.summaries);
  const rows = summaries.map((one) => [
    one.shape,
    one.server,
    one.perSecond,
    one.slowest,
    one.fastest,
    one.cpuSecondsPerMillion,
    one.residentMib,
    one.p50Ms,
    one.p99Ms,
    one.acknowledged,
    one.found,
  ]);
  console.log(`\n${table(HEAD, rows)}\n`);
  const ratios = results.flatMap(({ summaries: [genchi, prometheus] }) =>
    genchi === undefined || prometheus === undefined
      ? []
      : [{ shape: genchi.shape, ratio: genchi.perSecond / prometheus.perSecond }],
  );
  for (const { shape, ratio } of ratios) console.log(`${shape}: Genchi / Prometheus = ${ratio.toFixed(2)}`);
  const missing = summaries.filter(
    (one) => one.found !== one.acknowledged || one.distinct !== one.acknowledged,
  );
  for (const one of missing)
    console.log(
      `${one.shape}: ${one.server} acknowledged ${one.acknowledged} and has ${one.found} (${one.distinct} distinct)`,
    );
  await mkdir(join(options.out, '..'), { recursive: true });
  const rawRounds = results.flatMap((result) => result.measured);
  await writeFile(
    options.out,
    `${JSON.stringify({ at: new Date().toISOString(), node: process.version, cpus: cpus().length, versions, series: SERIES, batch: BATCH, rounds, steps, ratios, summaries, measured: rawRounds }, undefined, 2)}\n`,
  );
  console.log(`\nWritten to ${options.out}`);
  const bad = missing.some((one) => one.server === 'genchi') || ratios.some(({ ratio }) => ratio < 1);
  process.exitCode = bad ? 1 : alone ? 2 : 0;
}

await main();
