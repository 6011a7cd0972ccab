#!/usr/bin/env node
/**
 * How long the live evaluation takes over many services and weeks of minutes: everything from scratch, and again when
 * half a minute has passed; how fast GraphQL answers health, objectives and trends of one service to many clients at once;
 * what the review of a week and a scrape of all of it take; and what a year of hourly roll-ups does. Run with `npm run bench:kaizen`; ends with 1 where a limit is not held.
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  assessAll,
  healthSettingsOf,
  LiveLoop,
  metricTableOf,
  StandingBoard,
  TrendBoard,
} from '../dist/analysis/index.js';
import { Recorder } from '../dist/evidence/index.js';
import { readOntologyTerms } from '../dist/graph/index.js';
import { build, opening, serviceOf } from './kaizen/build.mjs';
import { askMany } from './kaizen/clients.mjs';
import { table } from './table.mjs';

const usage = `usage: npm run bench:kaizen -- [--services N] [--days N] [--metrics N] [--clients N] [--seconds N]
                               [--series N] [--folder DIR] [--json FILE]
  --services N  services (200)
  --days N      days of minutes (30)
  --metrics N   metrics of the pillars kept of each (19)
  --clients N   clients that ask GraphQL at once (50)
  --seconds N   for so long (10)
  --series N    series with a year of hourly roll-ups (2500)
  --folder DIR  where the data are made anew (./bench-kaizen)
  --json FILE   write all figures to this file`;

const { values: given } = parseArgs({
  options: {
    services: { type: 'string', default: '200' },
    days: { type: 'string', default: '30' },
    metrics: { type: 'string', default: '19' },
    clients: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '10' },
    series: { type: 'string', default: '2500' },
    folder: { type: 'string', default: './bench-kaizen' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (given.help) {
  console.log(usage);
  process.exit(0);
}
const [services, days, metrics, clients, seconds, series] = [
  ...[given.services, given.days, given.metrics, given.clients, given.seconds, given.series].map(Number),
];
if (
  ![services, days, metrics, clients, seconds, series].every((n) => Number.isSafeInteger(n) && Number(n) > 0)
) {
  console.error(usage);
  process.exit(2);
}

/** @param {() => Promise<unknown>} work */
async function timed(work) {
  const [startedMs, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - startedMs, cpuMs: (user + system) / 1_000 };
}

/** @type {{ name: string, wallMs: number, cpuMs: number, limitMs: number | undefined }[]} */
const figures = [];
/** @param {string} name @param {{ wallMs: number, cpuMs: number }} took @param {number} [limitMs] */
const note = (name, took, limitMs) => figures.push({ name, ...took, limitMs });

/** Evaluations that follow the first one: long enough that recommendations and the trends of many services are due. */
const TICKS = 12;

/** @param {readonly { wallMs: number, cpuMs: number }[]} runs @param {number} share */
const ranked = (runs, share) => {
  const sorted = [...runs].sort((a, b) => a.wallMs - b.wallMs);
  return sorted[Math.round(share * (sorted.length - 1))] ?? { wallMs: Number.NaN, cpuMs: Number.NaN };
};

/** @param {string} folder @param {number} end */
async function evaluations(folder, end) {
  let now = end;
  const { store } = await opening(folder, () => now);
  const metrics = metricTableOf(await readOntologyTerms());
  const board = new StandingBoard();
  const recorder = new Recorder(store);
  /** @type {{ wallMs: number, cpuMs: number } | undefined} */
  let evaluated;
  let [startedMs, before] = [performance.now(), process.cpuUsage()];
  const loop = new LiveLoop({
    ...{ store, recorder, board, metrics, trends: new TrendBoard({ store, metrics }) },
    ...{ signals: () => [], graceMs: 30_000, everyMs: 30_000 },
    ...{ clock: /** @type {any} */ (() => now), stopwatch: () => performance.now() },
    onEvaluated: () => {
      const { user, system } = process.cpuUsage(before);
      evaluated = { wallMs: performance.now() - startedMs, cpuMs: (user + system) / 1_000 };
    },
    onFailure: (error) => {
      throw error;
    },
  });
  recorder.subscribe(loop.hear);
  /** What an evaluation took, and what was looked at after it. */
  const evaluate = async () => {
    [startedMs, before] = [performance.now(), process.cpuUsage()];
    const whole = await timed(() => loop.evaluate());
    const own = evaluated ?? whole;
    return { own, after: { wallMs: whole.wallMs - own.wallMs, cpuMs: whole.cpuMs - own.cpuMs } };
  };
  note('everything, from scratch', (await evaluate()).own, 2_000);
  const again = [];
  for (let tick = 0; tick < TICKS; tick++) {
    now += 30_000;
    again.push(await evaluate());
  }
  const own = again.map((run) => run.own);
  note(`again, each 30 s later: median of ${TICKS}`, ranked(own, 0.5), 200);
  note('  nine of ten within', ranked(own, 0.9), 200);
  note('  the slowest, beside other work of the store', ranked(own, 1));
  note(
    '  trends and advice between them: median',
    ranked(
      again.map((run) => run.after),
      0.5,
    ),
  );
  const names = Array.from({ length: Number(services) }, (_, n) => serviceOf(n));
  const trends = new TrendBoard({ store, metrics });
  note(
    `the trends of all ${services} services at once`,
    await timed(() => trends.measured(names, '24h', /** @type {any} */ (now))),
  );
  const window = /** @type {any} */ ({ from: now - 300_000, to: now });
  const settings = healthSettingsOf(metrics);
  note('health of all, alone', await timed(() => assessAll(store, window, settings)));
  const counts = board.current();
  console.log(
    `${counts?.scopes.length} scopes, ${counts?.slos.length} objectives, ${counts?.trends.length} trends so far`,
  );
  await loop.close();
  await store.close();
}

const folder = String(given.folder);
const end = Math.floor(Date.now() / 60_000) * 60_000;
const startedAt = performance.now();
const plan = {
  folder: join(folder, 'minutes'),
  services: Number(services),
  days: Number(days),
  metrics: Number(metrics),
  end,
};
const built = await build(plan, (line) => console.log(line));
console.log(
  `${built.samples} samples, ${(built.bytes / 1e6).toFixed(0)} MB, built in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`,
);
await evaluations(plan.folder, end);
const asked = await askMany({
  folder: plan.folder,
  clients: Number(clients),
  seconds: Number(seconds),
  services: Array.from({ length: Number(services) }, (_, n) => serviceOf(n)),
});

const held = (/** @type {number} */ value, /** @type {number | undefined} */ limit) =>
  limit === undefined ? '' : value < limit ? 'held' : 'NOT HELD';
console.log(
  table(
    ['evaluation', 'ms', 'processor ms', 'limit ms', ''],
    figures.map(({ name, wallMs, cpuMs, limitMs }) => [
      name,
      wallMs,
      cpuMs,
      limitMs === undefined ? '' : String(limitMs),
      held(wallMs, limitMs),
    ]),
  ),
);
const [whole, again] = figures;
console.log(
  `from scratch takes ${((whole?.wallMs ?? 0) / (again?.wallMs ?? 1)).toFixed(1)} times as long as again`,
);
console.log(
  table(
    ['GraphQL', 'answers', 'per second', 'p50 ms', 'p99 ms', 'limit ms', ''],
    [
      [
        'health, objective, trends of one service',
        asked.answers,
        asked.perSecond,
        asked.p50Ms,
        asked.p99Ms,
        '50',
        held(asked.p99Ms, 50),
      ],
    ],
  ),
);
if (given.json !== undefined) {
  await writeFile(given.json, `${JSON.stringify({ built, figures, asked }, undefined, 2)}\n`);
}
const isHeld =
  figures.every(({ wallMs, limitMs }) => limitMs === undefined || wallMs < limitMs) && asked.p99Ms < 50;

/** @param {string} file @param {readonly string[]} argv */
const program = (file, ...argv) =>
  spawnSync(process.execPath, [fileURLToPath(new URL(`./kaizen/${file}`, import.meta.url)), ...argv], {
    stdio: 'inherit',
  }).status === 0;
const isReviewed = program('review.mjs', '--folder', plan.folder, '--services', String(services));
const isScraped = program('scrape.mjs');
const isRolledUp = program('rollups.mjs', '--series', String(series), '--real-days', '1', '--runs', '3');
process.exit(isHeld && isReviewed && isScraped && isRolledUp ? 0 : 1);
