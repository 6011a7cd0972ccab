/**
 * Measures a year of hourly roll-ups: what they take up on disk, how long they take to make, and the time of a yearly
 * trend over them.
 *
 * Days of samples go through retention as they would in life, one after the other; their roll-ups are then repeated with
 * other values until the year is full, since a year of raw samples would take hours to write.
 * Options: --series 2500, --real-days 3, --runs 5, --out FILE.
 */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { openDuckDbStore } from '../../dist/evidence/index.js';
import { median, table } from '../table.mjs';

/** @typedef {import('../../src/model/index.js').Instant} Instant */

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const STEP_MS = 60_000;
const DAYS = 365;
const SERIES_PER_SERVICE = 10;
const RULES = { sampleDays: 1, minuteDays: 1, hourDays: 730, readingDays: 0, eventDays: 0 };

const { values: options } = parseArgs({
  options: {
    series: { type: 'string', default: '2500' },
    'real-days': { type: 'string', default: '3' },
    runs: { type: 'string', default: '5' },
    out: { type: 'string', default: 'bench-results/rollups.json' },
  },
});
const count = Number(options.series);
const realDays = Number(options['real-days']);
const runs = Number(options.runs);
const begin = /** @type {Instant} */ (Date.UTC(2025, 0, 1));
const clock = { now: begin };

/** @param {string} folder */
async function open(folder) {
  const { store } = await openDuckDbStore({
    ...{ folder, memoryMiB: 512, threads: 2, publicUrl: 'http://127.0.0.1:4600' },
    clock: () => clock.now,
  });
  return store;
}

/** @typedef {Awaited<ReturnType<typeof open>>} Store */

/** @param {Store} store */
function makeSeries(store) {
  return Array.from({ length: count }, (_, n) =>
    store.intern({
      __name__: n % 2 === 0 ? `gauge_${n % SERIES_PER_SERVICE}` : `counter_${n % SERIES_PER_SERVICE}_total`,
      service: `service-${Math.floor(n / SERIES_PER_SERVICE)}`,
    }),
  );
}

/**
 * A minute's sample of every series for an hour: gauges of full precision, whole-numbered counters.
 * @param {readonly number[]} refs
 * @param {number} from
 */
function hourOf(refs, from) {
  const length = refs.length * (HOUR_MS / STEP_MS);
  const block = {
    length,
    series: new Uint32Array(length),
    at: new Float64Array(length),
    value: new Float64Array(length),
    stale: [],
  };
  for (let item = 0; item < length; item++) {
    const n = item % refs.length;
    const at = from + Math.floor(item / refs.length) * STEP_MS;
    block.series[item] = refs[n] ?? 0;
    block.at[item] = at;
    const minutes = (at - begin) / STEP_MS;
    block.value[item] =
      n % 2 === 0
        ? 100 + 20 * Math.sin(minutes / 229 + n) + 5 * Math.sin(item * 12.9898)
        : minutes * (n % 7) + (item % 5);
  }
  return block;
}

/** @param {Store} store @param {readonly number[]} refs */
async function writeDays(store, refs) {
  for (let hour = 0; hour < realDays * 24; hour++) {
    clock.now = /** @type {Instant} */ (begin + (hour + 1) * HOUR_MS);
    await store.append({ events: [], samples: hourOf(refs, begin + hour * HOUR_MS) });
  }
  clock.now = /** @type {Instant} */ (begin + (realDays + 1) * DAY_MS);
  while ((await store.compact()) !== undefined);
}

/** @param {Store} store */
async function retain(store) {
  const steps = [];
  for (;;) {
    const startedMs = performance.now();
    const cpu = process.cpuUsage();
    const step = await store.retention.step(RULES);
    if (step === undefined) return steps;
    const { user, system } = process.cpuUsage(cpu);
    steps.push({ ...step, wallMs: performance.now() - startedMs, cpuMs: (user + system) / 1_000 });
  }
}

/** Fills the year with the roll-ups of the real days, moved and scaled. @param {string} folder */
async function fillYear(folder) {
  const instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'), {
    memory_limit: '1GB',
    threads: '2',
  });
  const connection = await instance.connect();
  for (let day = realDays; day < DAYS; day++) {
    const factor = 1 + 0.3 * Math.sin(day / 58);
    await connection.run(
      `INSERT INTO rollup_hour
       SELECT series, "at" + ${day - (day % realDays)} * ${DAY_MS}::BIGINT, samples, total * ${factor}, least * ${factor},
         most * ${factor}, latest * ${factor}, "latestAfterMs", increases, increase * ${factor}, "leastIncrease" * ${factor},
         "mostIncrease" * ${factor}, "latestIncrease" * ${factor}
       FROM rollup_hour
       WHERE "at" >= ${begin + (day % realDays) * DAY_MS} AND "at" < ${begin + ((day % realDays) + 1) * DAY_MS}
       ORDER BY series, "at"`,
    );
    // The file of each day would lie in the archive; that samples went there is what sends reads to the roll-ups.
    await connection.run(
      `INSERT INTO archive VALUES ('archive/sample/day-${day}.parquet', 'sample', ${begin + day * DAY_MS},
         ${begin + (day + 1) * DAY_MS}, ${begin + day * DAY_MS}, ${begin + (day + 1) * DAY_MS - 1}, ${count * 1440}, 1,
         'none', 'samples are kept for 1 day', ${begin + (day + 2) * DAY_MS})`,
    );
  }
  await connection.run('CHECKPOINT');
  const reader = await connection.runAndReadAll(
    `SELECT (SELECT count(*) FROM rollup_hour),
       (SELECT count(DISTINCT block_id) * 262144 FROM pragma_storage_info('rollup_hour') WHERE persistent)`,
  );
  const [rows, bytes] = (reader.getRows()[0] ?? []).map(Number);
  connection.closeSync();
  instance.closeSync();
  return { rows: rows ?? 0, bytes: bytes ?? 0 };
}

/**
 * @param {string} name
 * @param {() => Promise<{ length: number }>} read
 */
async function timed(name, read) {
  const walls = [];
  const cpus = [];
  let length = 0;
  for (let run = 0; run < runs; run++) {
    const startedMs = performance.now();
    const cpu = process.cpuUsage();
    ({ length } = await read());
    const { user, system } = process.cpuUsage(cpu);
    walls.push(performance.now() - startedMs);
    cpus.push((user + system) / 1_000);
  }
  return { name, buckets: length, wallMs: median(walls), cpuMs: median(cpus) };
}

/** @param {Store} store @param {readonly import('../../src/model/index.js').SeriesRef[]} refs */
async function readYear(store, refs) {
  const window = { from: begin, to: /** @type {Instant} */ (begin + DAYS * DAY_MS) };
  const ask = (
    /** @type {readonly (readonly import('../../src/model/index.js').SeriesRef[])[]} */ groups,
    /** @type {number} */ stepMs,
    /** @type {'value' | 'increase'} */ figure,
  ) => store.buckets({ groups, window, stepMs, figure, limit: 1_000_000 });
  const service = store.findSeries({ services: ['service-7'] }).map(({ ref }) => [ref]);
  const gauges = store.findSeries({ metrics: ['gauge_0'] }).map(({ ref }) => ref);
  return [
    await timed('one series, by the hour', () =>
      ask([[refs[0] ?? refs[1] ?? service[0]?.[0]].flatMap((ref) => ref ?? [])], HOUR_MS, 'value'),
    ),
    await timed('one series, by the day', () => ask(service.slice(0, 1), DAY_MS, 'value')),
    await timed('10 series of a service, by the day', () => ask(service, DAY_MS, 'value')),
    await timed(`one metric of ${gauges.length} services, by the day`, () => ask([gauges], DAY_MS, 'value')),
    await timed('a counter, by the week', () =>
      ask([[refs[1]].flatMap((ref) => ref ?? [])], 7 * DAY_MS, 'increase'),
    ),
  ];
}

const folder = await mkdtemp(join(tmpdir(), 'genchi-rollups-'));
try {
  let store = await open(folder);
  const refs = makeSeries(store);
  await writeDays(store, refs);
  const steps = await retain(store);
  await store.close();
  const year = await fillYear(folder);
  clock.now = /** @type {Instant} */ (begin + (DAYS + 1) * DAY_MS);
  store = await open(folder);
  const reads = await readYear(store, refs);
  await store.close();
  const { size } = await stat(join(folder, 'evidence.duckdb'));

  const archived = steps.filter(({ what }) => what === 'sample');
  console.log(`${count} series, a sample a minute; retention of ${archived.length} pieces`);
  console.log(
    table(
      ['piece', 'rows', 'file bytes', 'bytes a sample', 'ms', 'processor ms'],
      steps.map(({ what, action, rows, bytes = 0, wallMs, cpuMs }) => [
        `${action} ${what}`,
        rows,
        bytes,
        bytes / rows,
        wallMs,
        cpuMs,
      ]),
    ),
  );
  console.log(
    `\nA year of hourly roll-ups: ${year.rows.toLocaleString('en-US')} rows, ${(year.bytes / 1e6).toFixed(0)} MB ` +
      `(${(year.bytes / year.rows).toFixed(1)} bytes a row); the whole file ${(size / 1e6).toFixed(0)} MB`,
  );
  console.log(`\nA yearly look, median of ${runs}`);
  console.log(
    table(
      ['what', 'buckets', 'ms', 'processor ms'],
      reads.map(({ name, buckets, wallMs, cpuMs }) => [name, buckets, wallMs, cpuMs]),
    ),
  );
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(
    options.out,
    `${JSON.stringify({ at: new Date().toISOString(), node: process.version, series: count, steps, year, fileBytes: size, reads }, undefined, 2)}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
