/**
 * `npm run attack [-- --minutes 10 --seed 1 --only TEXT]`: attacks by name on a server that normal clients use
 * meanwhile, then hostile queries from a generator for so many minutes; `--only generator` leaves out the names. Without `--minutes` the generator runs for some
 * seconds.
 *
 * Exit codes: 0 every attack came to what it may come to, normal clients stayed within three times their p99 without
 * a failed request, and memory came back; 1 not.
 */
import { fork } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { table } from '../../bench/table.mjs';
import { seededRandom } from '../../dist/cli/demo/random.js';
import { accessAttacks, guardedServer } from './access.mjs';
import { doorAttacks } from './doors.mjs';
import { graphqlAttacks } from './graphql.mjs';
import { judge, percentile } from './judge.mjs';
import { misbehavingServer, outgoingAttacks } from './outgoing.mjs';
import { pageAttacks } from './pages.mjs';
import { prepare } from './prepare.mjs';
import { slowAttacks, slowestAttacks, socketAttacks } from './sockets.mjs';
import { askSparql, families, sparqlAttacks } from './sparql.mjs';

/** @typedef {import('../../dist/cli/demo/random.js').Random} Random */
/** @typedef {import('./send.mjs').Answer} Answer */
/** @typedef {import('./server.mjs').Figures} Figures */
/** @typedef {{ url: URL, random: Random }} Target */
/** @typedef {{ statuses: readonly number[], withinMs: number, loopMs: number, memoryMib?: number, retryAfter?: boolean }} Expectation what may be answered, for how long it may take and hold up the event loop (0: not judged), and what it may leave behind */
/** @typedef {{ name: string, expect: Expectation, run: (target: Target) => Promise<readonly Answer[]> }} Attack */
/** @typedef {import('./clients.mjs').Measured} Measured */

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    out: { type: 'string', default: 'bench-results/attack.json' },
  },
});
const minutes = Number(options.minutes);
const isLong = minutes > 0;

/** By what times may be longer than they are on a machine that has nothing else to do. */
const slackNow = () => Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());

/** How long the clients are measured alone, and the generator runs, in the short form. */
const ALONE_MS = isLong ? 30_000 : 5_000;
const FLOOD_MS = isLong ? minutes * 60_000 : 8_000;
/** Hostile queries that are under way at once. */
const FLOOD_WIDTH = 6;
/** How far the p99 of normal clients may rise, and what nobody would notice of it, in milliseconds. */
const MOST_RISE = 3;
const UNNOTICED_MS = isLong ? 50 : 250;
/** What may be left in the heap at the end, beside what was recorded: a share of the limit on series. */
const LEFT_MIB = 128;

/** What bounds the attacked server; else it is as users start it. */
const SETTINGS = {
  port: 0,
  logLevel: 'silent',
  maxSeries: 20_000,
  maxServices: 2_000,
  maxAlertNames: 500,
  maxConnectionsPerAddress: 400,
};

/** A process that answers messages. */
class Helper {
  /** @param {string} script @param {readonly string[]} args */
  constructor(script, args, execArgv = /** @type {string[]} */ ([])) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    this.child = fork(path, [...args], { execArgv });
  }

  /** @returns {Promise<any>} */
  next() {
    return new Promise((resolve, reject) => {
      const ended = (/** @type {number | null} */ code) => reject(new Error(`a process ended with ${code}`));
      this.child.once('exit', ended);
      this.child.once('message', (message) => {
        this.child.off('exit', ended);
        resolve(message);
      });
    });
  }

  /** @param {string} message */
  ask(message) {
    const answer = this.next();
    this.child.send(message);
    return answer;
  }

  async stop() {
    if (this.child.exitCode !== null) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.send('stop');
    await exited;
  }
}

/**
 * How late a process was that does nothing, since the last time, in milliseconds.
 * @param {Helper} canary
 * @returns {Promise<number>}
 */
async function noiseOf(canary) {
  return (await canary.ask('noise')).latestMs;
}

/**
 * Runs one attack and judges it.
 * @param {{ server: Helper, canary: Helper }} helpers
 * @param {Attack} attack
 * @param {Target} target
 */
async function attackWith({ server, canary }, attack, target) {
  await noiseOf(canary);
  const before = (await server.ask('figures')).figures;
  server.child.send('reset');
  const answers = await attack.run(target);
  // What an engine was given up for is thrown away right after the answer.
  await pause(50);
  const after = (await server.ask('figures')).figures;
  const verdict = judge(attack, answers, { before, after, noiseMs: await noiseOf(canary) }, slackNow());
  const state = verdict.faults.length === 0 ? 'ok  ' : 'FAIL';
  console.log(
    `${state} ${attack.name.padEnd(60)} ${verdict.statuses.padEnd(22)} ${verdict.ms.toFixed(0).padStart(6)} ms ` +
      `loop ${verdict.loopMaxMs.toFixed(0).padStart(4)} ms  ${before.residentMib.toFixed(0)} -> ${after.residentMib.toFixed(0)} MiB`,
  );
  for (const fault of verdict.faults) console.log(`     ${fault}`);
  return verdict;
}

/**
 * Asks hostile queries from the generator, so many at once, until a time.
 * @param {Target} target
 * @param {number} untilMs
 */
async function flood({ url, random }, untilMs) {
  const makers = Object.values(families);
  const counts = new Map();
  const ask = async () => {
    while (performance.now() < untilMs) {
      const make = makers[Math.floor(random.uniform() * makers.length)];
      const { status } = await askSparql(url, make?.(random.uniform(), random) ?? '');
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: FLOOD_WIDTH }, ask));
  return counts;
}

/**
 * What clients measured, by what they did.
 * @param {readonly Measured[]} measured
 */
function summaryOf(measured) {
  const of = (/** @type {readonly Measured[]} */ some) => ({
    requests: some.length,
    failed: some.filter(({ status }) => status < 200 || status >= 300).length,
    p50Ms: percentile(
      some.map(({ ms }) => ms),
      50,
    ),
    p99Ms: percentile(
      some.map(({ ms }) => ms),
      99,
    ),
  });
  const kinds = [...new Set(measured.map(({ kind }) => kind))].sort();
  return {
    all: of(measured),
    kinds: Object.fromEntries(kinds.map((kind) => [kind, of(measured.filter((one) => one.kind === kind))])),
  };
}

/** @param {Record<string, ReturnType<typeof summaryOf>>} phases */
function clientTable(phases) {
  const rows = Object.entries(phases).flatMap(([phase, { all, kinds }]) =>
    Object.entries({ ...kinds, all }).map(([kind, { requests, failed, p50Ms, p99Ms }]) => [
      phase,
      kind,
      requests,
      failed,
      p50Ms,
      p99Ms,
    ]),
  );
  return table(['while', 'clients', 'requests', 'failed', 'p50 ms', 'p99 ms'], rows);
}

/**
 * Everything, against one server, and what concerns who may against another one.
 * @param {Helper} server
 * @param {URL} url
 * @param {import('./access.mjs').Guarded} guarded
 * @param {import('./outgoing.mjs').Misbehaving} misbehaving
 */
async function run(server, url, guarded, misbehaving) {
  const target = { url, random: seededRandom(Number(options.seed)) };
  const clients = new Helper('./clients.mjs', [url.href]);
  const canary = new Helper('./canary.mjs', []);
  try {
    // Once through everything, so that nothing is measured that happens once.
    await pause(isLong ? 10_000 : 2_500);
    await clients.ask('take');
    const begun = (await server.ask('figures')).figures;
    await pause(ALONE_MS);
    const alone = summaryOf((await clients.ask('take')).measured);
    const before = (await server.ask('figures')).figures;

    const wanted = (/** @type {readonly Attack[]} */ some) =>
      some.filter(({ name }) => name.includes(options.only));
    // They take over a minute, beside all others; alone when they are asked for.
    const isWhole = isLong || options.only === '' || options.only.startsWith('slow');
    const slow = wanted([...slowAttacks, ...(isWhole ? slowestAttacks : [])]).map(async (attack) => ({
      attack,
      answers: await attack.run(target),
    }));
    const verdicts = [];
    for (const attack of wanted([...sparqlAttacks, ...graphqlAttacks, ...socketAttacks, ...doorAttacks])) {
      verdicts.push(await attackWith({ server, canary }, attack, target));
    }
    for (const attack of wanted([
      ...pageAttacks,
      ...outgoingAttacks(misbehaving),
      ...accessAttacks(guarded),
    ])) {
      verdicts.push(await attackWith({ server, canary }, attack, target));
    }
    for (const { attack, answers } of await Promise.all(slow)) {
      const now = (await server.ask('figures')).figures;
      const verdict = judge(attack, answers, { before: now, after: now, noiseMs: 0 }, slackNow());
      console.log(
        `${verdict.faults.length === 0 ? 'ok  ' : 'FAIL'} ${attack.name.padEnd(60)} ${verdict.statuses.padEnd(22)} ${verdict.ms.toFixed(0).padStart(6)} ms`,
      );
      for (const fault of verdict.faults) console.log(`     ${fault}`);
      verdicts.push(verdict);
    }
    const attacked = summaryOf((await clients.ask('take')).measured);
    await noiseOf(canary);
    const atFlood = (await server.ask('figures')).figures;
    const counts =
      options.only === '' || options.only === 'generator'
        ? await flood(target, performance.now() + FLOOD_MS)
        : new Map();
    const flooded = summaryOf((await clients.ask('take')).measured);
    const noiseMs = await noiseOf(canary);
    const afterFlood = (await server.ask('figures')).figures;
    await pause(2_000);
    const after = (await server.ask('figures')).figures;
    return {
      verdicts,
      alone,
      attacked,
      flooded,
      counts,
      noiseMs,
      figures: { begun, before, atFlood, afterFlood, after },
    };
  } finally {
    await Promise.all([clients.stop(), canary.stop()]);
  }
}

/** @param {Awaited<ReturnType<typeof run>>} outcome */
function faultsOf({ verdicts, alone, attacked, flooded, figures }) {
  const most = Math.max(alone.all.p99Ms * MOST_RISE, UNNOTICED_MS);
  const faults = verdicts.flatMap(({ name, faults: some }) => some.map((fault) => `${name}: ${fault}`));
  if (flooded.all.p99Ms > most) {
    faults.push(
      `normal clients: p99 ${flooded.all.p99Ms.toFixed(0)} ms under hostile queries, over ${most.toFixed(0)}`,
    );
  }
  for (const [when, { all, kinds }] of Object.entries({ attacked, flooded })) {
    if (all.failed === 0) continue;
    const which = Object.entries(kinds)
      .filter(([, { failed }]) => failed > 0)
      .map(([kind, { failed }]) => `${failed} of ${kind}`);
    faults.push(`normal clients, ${when}: ${which.join(', ')} failed`);
  }
  const left = figures.after.heapMib - figures.before.heapMib;
  if (left > LEFT_MIB) faults.push(`memory: ${left.toFixed(0)} MiB more than before, over ${LEFT_MIB}`);
  return faults;
}

/** @param {Awaited<ReturnType<typeof run>>} outcome */
async function report(outcome) {
  const { verdicts, alone, attacked, flooded, counts, figures } = outcome;
  console.log(`\n${clientTable({ alone, 'attacks by name': attacked, 'hostile queries': flooded })}\n`);
  const asked = [...counts.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${asked} hostile queries, ${FLOOD_WIDTH} at once: ${[...counts].map(([status, count]) => `${status}x${count}`).join(' ')}`,
  );
  const { before, atFlood, afterFlood, after } = figures;
  console.log(
    `resident MiB: before ${before.residentMib.toFixed(0)}, before the queries ${atFlood.residentMib.toFixed(0)}, after ${after.residentMib.toFixed(0)}; heap ${before.heapMib.toFixed(0)}, ${atFlood.heapMib.toFixed(0)}, ${after.heapMib.toFixed(0)}`,
  );
  console.log(
    `event loop under hostile queries: p99 ${afterFlood.loopP99Ms.toFixed(0)} ms, longest ${afterFlood.loopMaxMs.toFixed(0)} ms; a process that does nothing ${outcome.noiseMs.toFixed(0)} ms; load of the machine ${loadavg()[0]?.toFixed(1)}`,
  );
  const faults = faultsOf(outcome);
  for (const fault of faults) console.log(`NOT GOOD: ${fault}`);
  const good = faults.length === 0;
  await mkdir(dirname(options.out), { recursive: true });
  const written = {
    at: new Date().toISOString(),
    node: process.version,
    seed: Number(options.seed),
    minutes,
    load: loadavg(),
    good,
    faults,
    figures,
  };
  await writeFile(
    options.out,
    `${JSON.stringify({ ...written, attacks: verdicts, clients: { alone, attacked, flooded }, queries: Object.fromEntries(counts) }, undefined, 2)}\n`,
  );
  console.log(
    `${verdicts.length} attacks, ${good ? 'all of them held' : `${faults.length} faults`}. Written to ${options.out}`,
  );
  process.exitCode = good ? 0 : 1;
}

const folder = await mkdtemp(join(tmpdir(), 'genchi-attack-'));
const misbehaving = await misbehavingServer();
const server = new Helper(
  './server.mjs',
  [JSON.stringify({ ...SETTINGS, ...misbehaving.settings, data: join(folder, 'data') })],
  ['--expose-gc'],
);
try {
  const { url } = await server.next();
  await prepare(new URL(url));
  const guarded = await guardedServer(folder);
  try {
    await report(await run(server, new URL(url), guarded, misbehaving));
  } finally {
    await guarded.stop();
  }
} finally {
  await server.stop();
  await misbehaving.stop();
  await rm(folder, { recursive: true, force: true });
}
