/**
 * `npm run bench:sparql`: SPARQL over 60 million samples and a million events, asked of the server as users start it,
 * and of triple stores in memory with as much of the same data as they can hold. `--help` says more.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { figuresOf, freePort, startGenchi } from '../test/integration/programs.mjs';
import { ask, askAlone, askTogether, peakBytesOf } from './sparql/ask.mjs';
import { build } from './sparql/build.mjs';
import { writePart } from './sparql/part.mjs';
import { measurePeer } from './sparql/peers.mjs';
import { questionsOf } from './sparql/questions.mjs';
import { table } from './table.mjs';

const HELP = `Usage: npm run bench:sparql -- [options]

Builds 60 million samples of 2,500 series over 30 days and a million events (once; kept with --data), starts the server
on them, and asks: each question five times, the median counts, and every answer is checked against one that was worked
out by other means. Then as much of the data as fits goes into Oxigraph and into Comunica over an N3.Store, and they are
asked the same. Each answer is worked out anew (Cache-Control: no-cache), but in the first of these: then 20 clients ask
at once, all the same questions, as people do who look at one incident, whose p99 has a target; and each of them others,
which cannot be faster than 20 / processors times the single one where each keeps a processor busy. That one, and a
client that asks small questions while another asks large ones, are printed without a target.

Options:
  --data DIR    keep the data here, and take what stands there (default: a temporary folder, removed at the end)
  --json FILE   write all figures to this file
  --quick       about a fifteenth of the data, for a first look; the targets are those of the whole
  --no-peers    Genchi alone
  --help        this text

Exit codes: 0 all targets met and all answers right, 1 not, 2 wrong usage.`;

const TARGET = { readyMs: 3_000, residentBytes: 1.5 * 1_073_741_824, together: 4 };

const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);

function optionsOf() {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: 'string' },
        json: { type: 'string' },
        quick: { type: 'boolean', default: false },
        peers: { type: 'boolean', default: true },
        help: { type: 'boolean', default: false },
      },
      allowNegative: true,
    });
    return values;
  } catch (error) {
    say(`bench:sparql: ${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
}

/**
 * Everything that is asked of Genchi, with one process from its start on.
 * @param {{ data: string, plan: import('./sparql/plan.mjs').Plan, questions: import('./sparql/questions.mjs').Question[] }} options
 */
async function measureGenchi({ data, plan, questions }) {
  // What is recent stays in the order in which it came, as on a server that has been up all the time.
  const settings = ['--compaction-every-ms', '86400000', '--log-level', 'error'];
  const port = await freePort();
  const startedAt = performance.now();
  const genchi = await startGenchi({ data, port, settings, timeoutMs: 120_000 });
  const readyMs = performance.now() - startedAt;
  const readyCpuMs = ((await figuresOf(genchi.pid))?.cpuSeconds ?? Number.NaN) * 1_000;
  say(`ready after ${readyMs.toFixed(0)} ms`);
  try {
    const startBytes = await peakBytesOf(genchi.pid);
    // The first query of a process compiles what all others run.
    await ask(genchi.url, { path: '/sparql', body: 'ASK { ?service a <http://example.com/tps/Service> }' });
    /** @type {Record<string, { ms: number, cpuMs?: number, fault: string | undefined }>} */
    const answers = {};
    for (const question of questions) {
      const answer = await askAlone(genchi, question);
      answers[question.name] = answer;
      say(`  ${question.title}: ${answer.fault ?? `${answer.ms.toFixed(1)} ms`}`);
    }
    say('  20 clients at once');
    const [large] = questions.filter(({ name }) => name === 'guide');
    if (large === undefined) throw new TypeError('there is no large question');
    const together = await askTogether(genchi.url, plan, large).catch((error) => ({ fault: String(error) }));
    return { readyMs, readyCpuMs, answers, together, startBytes, peakBytes: await peakBytesOf(genchi.pid) };
  } finally {
    await genchi.stop();
  }
}

/** @typedef {{ what: string, value: number, target: number, unit: string, met: boolean, cpuMs?: number | undefined, fault?: string | undefined }} Check */

/**
 * @param {Awaited<ReturnType<typeof measureGenchi>>} genchi
 * @param {import('./sparql/questions.mjs').Question[]} questions
 * @returns {Check[]}
 */
function checksOf(genchi, questions) {
  const check = (
    /** @type {string} */ what,
    /** @type {number} */ value,
    /** @type {number} */ target,
    unit = 'ms',
  ) => ({
    what,
    value,
    target,
    unit,
    met: value < target,
  });
  const { together } = genchi;
  const ratio = 'fault' in together ? Number.NaN : together.same.p99Ms / together.alone.p99Ms;
  return [
    { ...check('start to ready', genchi.readyMs, TARGET.readyMs), cpuMs: genchi.readyCpuMs },
    ...questions.map(({ name, title, targetMs = 0 }) => {
      const { ms = Number.NaN, cpuMs, fault } = genchi.answers[name] ?? {};
      return { ...check(title, ms, targetMs), cpuMs, fault };
    }),
    {
      ...check('20 clients at once ask the same, p99 to that of one', ratio, TARGET.together, 'times'),
      fault: 'fault' in together ? together.fault : undefined,
    },
    check(
      'most resident memory',
      (genchi.peakBytes ?? Number.NaN) / 1_048_576,
      TARGET.residentBytes / 1_048_576,
      'MiB',
    ),
  ];
}

/** @param {readonly Check[]} checks */
function printChecks(checks) {
  const rows = checks.map(({ what, value, target, unit, met, cpuMs, fault }) => [
    what,
    Number.isNaN(value) ? '-' : value.toFixed(unit === 'times' ? 2 : 1),
    `< ${target.toLocaleString('en-US')} ${unit}`,
    cpuMs === undefined ? '' : cpuMs.toFixed(0),
    met ? 'met' : 'MISSED',
    fault?.slice(0, 60) ?? '',
  ]);
  console.log(`\n${table(['Genchi', 'median', 'target', 'cpu ms', '', ''], rows)}`);
}

/** @param {Awaited<ReturnType<typeof measureGenchi>>} genchi */
function printTogether({ together }) {
  if ('fault' in together) return;
  const { clients, alone, same, different, beside } = together;
  const bound = clients / cpus().length;
  const ratio = (/** @type {{ p99Ms: number }} */ { p99Ms }) => `${(p99Ms / alone.p99Ms).toFixed(1)}x`;
  const row = (
    /** @type {string} */ who,
    /** @type {{ p99Ms: number, medianMs: number }} */ figures,
    /** @type {string} */ note,
  ) => [who, figures.medianMs.toFixed(1), figures.p99Ms.toFixed(1), ratio(figures), note];
  const rows = [
    row('one client', alone, ''),
    row(`${clients} clients, the same questions`, same, 'may share answers'),
    row(`${clients} clients, each others`, different, `${bound}x where each keeps one processor busy`),
    row('one client beside one that asks large ones', beside, ''),
  ];
  console.log(`\n${table(['5 minutes of one service', 'median ms', 'p99 ms', 'p99 to one', ''], rows)}`);
}

/**
 * @param {readonly import('./sparql/peers.mjs').PeerFigures[]} peers
 * @param {Awaited<ReturnType<typeof measureGenchi>>} genchi
 * @param {import('./sparql/questions.mjs').Question[]} questions
 * @param {{ samples: number, bytes: number, buildMs: number }} whole
 */
function printPeers(peers, genchi, questions, { samples, bytes, buildMs }) {
  const holding = [
    ['genchi, all of it', samples, buildMs / 1_000, bytes / samples, 'on disk'],
    ...peers.map((peer) => [
      `${peer.name}, what it holds`,
      peer.samples,
      peer.loadMs / 1_000,
      peer.rss / Math.max(1, peer.receipts),
      'in memory',
    ]),
  ];
  console.log(`\n${table(['store', 'samples', 'load s', 'bytes a sample', ''], holding)}`);
  const rows = questions
    .filter(({ onPart }) => onPart)
    .map(({ name, title }) => {
      const own = genchi.answers[name]?.ms ?? Number.NaN;
      const others = peers.flatMap((peer) => {
        const { ms = Number.NaN, fault } = peer.answers[name] ?? {};
        return fault === undefined
          ? [ms.toFixed(1), `${(ms / own).toFixed(2)}x`]
          : [fault.split('\n')[0]?.slice(0, 40) ?? '', '-'];
      });
      return [title, own.toFixed(1), ...others];
    });
  const head = peers.flatMap(({ name }) => [`${name} ms`, 'to genchi']);
  console.log(`\n${table(['question', 'genchi ms', ...head], rows)}`);
}

const options = optionsOf();
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const temporary = await mkdtemp(join(tmpdir(), 'genchi-sparql-'));
const data = options.data ?? join(temporary, 'data');
try {
  const { plan, sizes, usedBytes, answers, buildMs } = await build({
    folder: data,
    quick: options.quick,
    say,
  });
  const questions = await questionsOf(plan, answers);
  const genchi = await measureGenchi({ data, plan, questions });
  const peers = [];
  if (options.peers) {
    say('writing a part of it as N-Triples');
    const files = await writePart({ folder: data, plan, files: options.quick ? 4 : 14, into: temporary });
    for (const name of /** @type {const} */ (['oxigraph', 'comunica'])) {
      // Comunica answers on what Oxigraph holds, so that both are asked the same.
      const held = peers[0] === undefined ? files : files.slice(0, peers[0].files);
      peers.push(await measurePeer({ name, files: held, limitBytes: TARGET.residentBytes, questions, say }));
    }
  }
  const samples = plan.steps * plan.services * plan.metrics;
  const checks = checksOf(genchi, questions);
  console.log(
    `${samples.toLocaleString('en-US')} samples, ${plan.events.toLocaleString('en-US')} events, ${sizes.parts} sorted parts`,
  );
  printChecks(checks);
  printTogether(genchi);
  const [busy = 0] = loadavg();
  if (busy > cpus().length)
    console.log(
      `\nOthers use this machine too (load ${busy.toFixed(1)} on ${cpus().length} processors): times are longer than alone.`,
    );
  if (peers.length > 0) printPeers(peers, genchi, questions, { samples, bytes: usedBytes, buildMs });
  const good = checks.every(({ met, fault }) => met && fault === undefined);
  if (options.json !== undefined) {
    const machine = { node: process.version, cpus: cpus().length, cpu: cpus()[0]?.model };
    const figures = {
      at: new Date().toISOString(),
      good,
      quick: options.quick,
      machine,
      plan,
      sizes,
      usedBytes,
      buildMs,
      checks,
      genchi,
      peers,
    };
    await mkdir(dirname(options.json), { recursive: true });
    await writeFile(options.json, `${JSON.stringify(figures, undefined, 2)}\n`);
  }
  console.log(good ? '\nAll targets met, all answers right.' : '\nNOT all targets met and answers right.');
  process.exitCode = good ? 0 : 1;
} finally {
  await rm(temporary, { recursive: true, force: true });
}
