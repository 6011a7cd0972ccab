/**
 * `npm run soak [-- --minutes 20]`: all doors and all readers at once. First each asks as often as it can, which is what
 * the server can bear with everything at once; then half of that, for minutes. No request may fail, no subscription
 * may end, and memory must be flat after the first quarter.
 *
 * Exit codes: 0 all of it held, 1 not, 2 wrong usage.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../dist/cli/demo/random.js';
import { figuresOf, freePort, startGenchi } from '../integration/programs.mjs';
import { Client } from './client.mjs';
import { doorsOf } from './doors.mjs';
import { runLoops } from './loops.mjs';
import { judgeMemory } from './memory.mjs';
import { readersOf, SUBSCRIPTIONS } from './readers.mjs';
import { printReport } from './report.mjs';
import { prologue } from './scene.mjs';

const usage = `usage: npm run soak -- [--minutes N] [--capacity-seconds N] [--share N] [--series N] [--memory-mib N]
                      [--without NAME]... [--seed N] [--data DIR] [--out FILE]
  --minutes N           how long (20)
  --capacity-seconds N  how long the capacity is measured before (30), after as long of warming up
  --share N             how much of the capacity is asked for (0.5)
  --series N            series that are written (10000)
  --memory-mib N        memory of the evidence store (512)
  --without NAME        leave a door or reader out, to find what something comes from; may be repeated
  --data DIR            keep the data in this folder, instead of one that is removed at the end
  --out FILE            where the figures go as JSON (bench-results/soak.json)`;

const { values: given } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    'capacity-seconds': { type: 'string', default: '30' },
    share: { type: 'string', default: '0.5' },
    series: { type: 'string', default: '10000' },
    'memory-mib': { type: 'string', default: '512' },
    without: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
    data: { type: 'string' },
    out: { type: 'string', default: 'bench-results/soak.json' },
    help: { type: 'boolean', default: false },
  },
});
const [minutes, capacitySeconds, share, series, seed] = [
  ...[given.minutes, given['capacity-seconds'], given.share, given.series, given.seed].map(Number),
];
if (given.help) {
  console.log(usage);
  process.exit(0);
}
if (![minutes, capacitySeconds, share, series, seed].every((value) => Number(value) > 0)) {
  console.error(usage);
  process.exit(2);
}

const READ_EVERY_MS = 1_000;
const CONNECTIONS = 64;

/**
 * Reads memory and processor time of the server every second, and how late its event loop was, until it is told to stop.
 * @param {import('../integration/programs.mjs').Program} server
 * @param {Client} client
 */
function watch(server, client) {
  /** @type {(import('./memory.mjs').Reading & { cpuSeconds: number, loopP99Ms: number, loopMaxMs: number, heapMib: number, externalMib: number })[]} */
  const readings = [];
  let watching = true;
  const gauge = (/** @type {string} */ text, /** @type {string} */ name) =>
    Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  const watched = (async () => {
    while (watching) {
      await pause(READ_EVERY_MS);
      const figures = await figuresOf(server.pid);
      if (figures === undefined) throw new TypeError(`the server ended:\n${server.output}`);
      const { text } = await client.ask('/metrics');
      readings.push({
        atMs: performance.now(),
        bytes: figures.residentBytes,
        cpuSeconds: figures.cpuSeconds,
        loopP99Ms: gauge(text, 'nodejs_eventloop_lag_p99_seconds') * 1_000,
        loopMaxMs: gauge(text, 'nodejs_eventloop_lag_max_seconds') * 1_000,
        heapMib: gauge(text, 'nodejs_heap_size_used_bytes') / 1_048_576,
        externalMib: gauge(text, 'nodejs_external_memory_bytes') / 1_048_576,
      });
    }
  })();
  const stop = async () => {
    watching = false;
    await watched;
    return readings;
  };
  return { readings, stop };
}

/** @param {Client} client */
function subscribe(client) {
  const ending = new AbortController();
  const told = SUBSCRIPTIONS.map((query) => ({ query, heard: 0, fault: '' }));
  const listening = Promise.all(
    told.map((one) =>
      client
        .listen(
          one.query,
          () => {
            one.heard += 1;
          },
          ending.signal,
        )
        .catch((error) => {
          one.fault = String(error);
        }),
    ),
  );
  const stop = async () => {
    ending.abort();
    await listening;
    return told;
  };
  return { stop };
}

/**
 * How often each loop asks when it shares the server with all others, in requests a second.
 * @param {readonly import('./loops.mjs').Loop[]} loops
 * @param {() => number} random
 */
async function measureCapacity(loops, random) {
  await runLoops({ loops, seconds: Number(capacitySeconds), random });
  const tallies = await runLoops({ loops, seconds: Number(capacitySeconds), random });
  return new Map([...tallies].map(([name, { answers }]) => [name, answers / Number(capacitySeconds)]));
}

/**
 * Says once a minute how it goes.
 * @param {ReturnType<typeof watch>} watched
 * @param {AbortSignal} signal
 */
async function sayProgress({ readings }, signal) {
  for (let minute = 1; !signal.aborted; minute++) {
    await pause(60_000, undefined, { signal }).catch(() => undefined);
    const latest = readings.at(-1);
    if (signal.aborted || latest === undefined) return;
    const parts = `heap ${latest.heapMib.toFixed(0)}, external ${latest.externalMib.toFixed(0)}`;
    console.log(
      `  minute ${minute}: ${(latest.bytes / 1_048_576).toFixed(0)} MiB resident (${parts}), event loop p99 ${latest.loopP99Ms.toFixed(0)} ms`,
    );
  }
}

/** @param {import('../integration/programs.mjs').Program} server */
async function soak(server) {
  const random = seededRandom(Number(seed)).uniform;
  const client = new Client(server.url, CONNECTIONS);
  const headers = { 'content-type': 'application/x-ndjson' };
  // Before minutes are spent on measuring: everything else is there when it starts.
  await client.ask('/', { headers: { accept: 'text/html' } }).catch((cause) => {
    throw new TypeError('the soak asks for the pages, which are not there: run npm run build first', {
      cause,
    });
  });
  const told = prologue().map((event) => JSON.stringify(event));
  await client.ask('/api/v1/events', { method: 'POST', headers, body: told.join('\n') });
  const run = `soak-${Date.now()}`;
  const doors = doorsOf(client, { series: Number(series), seed: Number(seed), run });
  const loops = [...doors, ...(await readersOf(client))].filter(({ name }) => !given.without.includes(name));
  const capacity = await measureCapacity(loops, random);
  console.log(`\nEach as often as it can, all at once: ${Math.round(sampleRate(capacity))} samples/s.\n`);
  const asked = new Map([...capacity].map(([name, rate]) => [name, rate * Number(share)]));
  const subscribers = subscribe(client);
  const watched = watch(server, client);
  const ended = new AbortController();
  const saying = sayProgress(watched, ended.signal);
  const tallies = await runLoops({ loops, seconds: Number(minutes) * 60, random, perSecond: asked });
  ended.abort();
  await saying;
  const readings = await watched.stop();
  const subscriptions = await subscribers.stop();
  client.close();
  return { capacity, asked, tallies, readings, subscriptions };
}

/** @param {ReadonlyMap<string, number>} rates */
const sampleRate = (rates) => (rates.get('remote write') ?? 0) * Math.min(2_000, Number(series) / 4);

const folder = await mkdtemp(join(tmpdir(), 'genchi-soak-'));
const data = given.data ?? folder;
const machine = { node: process.version, cpus: cpus().length, loadBefore: loadavg()[0] };
console.log(
  `${minutes} minutes at ${share} of the capacity; ${series} series; load of the machine before ${machine.loadBefore?.toFixed(1)} on ${machine.cpus} cores`,
);
try {
  const settings = ['--memory-mib', given['memory-mib']];
  const server = await startGenchi({ data, port: await freePort(), settings });
  const outcome = await soak(server).catch(async (error) => {
    await server.stop('SIGKILL');
    throw error;
  });
  const exitCode = await server.stop();
  const memory = judgeMemory(outcome.readings);
  if (server.output !== '') console.log(`\nThe server's last words:\n${server.output.slice(-4_000)}`);
  const report = printReport({ ...outcome, memory, minutes: Number(minutes), exitCode });
  await mkdir(dirname(given.out), { recursive: true });
  const written = {
    at: new Date().toISOString(),
    ...machine,
    loadAfter: loadavg(),
    options: given,
    ...report,
  };
  await writeFile(given.out, `${JSON.stringify(written, undefined, 2)}\n`);
  console.log(`\n${report.good ? 'All of it held.' : 'NOT GOOD.'} Written to ${given.out}`);
  process.exitCode = report.good ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
