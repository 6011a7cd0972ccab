/**
 * Builds the data folder of the benchmark: 60 million samples of 2,500 series over 30 days, and a million events. The
 * series and their first samples go in through the store as from a door; the other samples and the events are inserted
 * by SQL into the same tables, in the order of arrival; then the store's own compaction sorts what is older than a day.
 */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openDuckDbStore } from '../../dist/evidence/index.js';
import { answersOf, usedBytesOf } from './answers.mjs';
import { insertDependencies, insertEvents } from './events-sql.mjs';
import { BASE, BUILD, planOf } from './plan.mjs';

/** @typedef {import('./plan.mjs').Plan} Plan */

const opening = (/** @type {string} */ folder, /** @type {number} */ now) =>
  openDuckDbStore({
    folder,
    clock: () => /** @type {any} */ (now),
    memoryMiB: 768,
    threads: 2,
    publicUrl: BASE,
  });

const two = (/** @type {number} */ n) => String(n).padStart(2, '0');

/**
 * Makes the series, service by service as scrapes meet them, with one sample each.
 * @param {string} folder
 * @param {Plan} plan
 */
async function makeSeries(folder, { from, services, metrics }) {
  const { store } = await opening(folder, from);
  const refs = Array.from({ length: services * metrics }, (_, n) =>
    store.intern({
      __name__: `metric_${two(n % metrics)}`,
      service: `service-${two(Math.floor(n / metrics))}`,
      component: `component-${n % 7}`,
      instance: `10.42.${Math.floor(n / metrics)}.1:8080`,
    }),
  );
  const length = refs.length;
  await store.append({
    events: [],
    samples: {
      length,
      series: Uint32Array.from(refs),
      at: Float64Array.from(refs, (_, n) => from + n * 40),
      value: Float64Array.from(refs, (_, n) => n),
      stale: [],
    },
  });
  await store.close();
  return refs;
}

/** A value of series `n` at a step: every second one a counter, the others gauges of differing precision; some stale. */
const VALUE = `CASE
  WHEN h % 20000 = 0 THEN NULL
  WHEN n % 2 = 0 THEN floor(step * (7 + n % 11) + h % 1000)
  ELSE round(50 + 20 * sin(step / 100.0 + n) + (h % 1000000) / 100000.0, ((n % 4) + 2)::INTEGER) END`;

/**
 * @param {string} folder
 * @param {Plan} plan
 * @param {readonly number[]} refs
 * @param {(line: string) => void} say
 */
async function insertRows(folder, plan, refs, say) {
  const instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'), {
    threads: '2',
    memory_limit: '1GB',
    temp_directory: join(folder, 'spill'),
  });
  const connection = await instance.connect();
  await connection.run('CREATE TEMP TABLE numbered (n BIGINT, ref UINTEGER)');
  const appender = await connection.createAppender('numbered', 'main', 'temp');
  for (const [n, ref] of refs.entries()) {
    appender.appendBigInt(BigInt(n));
    appender.appendUInteger(ref);
    appender.endRow();
  }
  appender.closeSync();
  const perDay = plan.steps / plan.days;
  for (let day = 0; day < plan.days; day++) {
    // The first step is what the store was given with the series.
    await connection.run(`
      INSERT INTO sample
      SELECT ref, ${plan.from} + step * ${plan.stepMs} + n * 40, ${VALUE}, step + 1
      FROM (
        SELECT step, n, ref, hash(step * 100003 + n) // 16 AS h
        FROM range(${Math.max(1, day * perDay)}, ${(day + 1) * perDay}) AS t(step), numbered
      ) ORDER BY step, n`);
    if (day % 10 === 9) say(`  ${day + 1} of ${plan.days} days of samples`);
  }
  await connection.run(`
    INSERT INTO batch (number, "committedAt", events, samples)
    SELECT step + 1, ${plan.from} + (step + 1) * ${plan.stepMs}, 0, ${refs.length} FROM range(1, ${plan.steps}) AS t(step)`);
  await connection.run(insertEvents({ ...plan, spanMs: plan.days * 86_400_000 }));
  await connection.run(insertDependencies(plan));
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
}

/**
 * @param {string} folder
 * @param {number} now
 */
async function compact(folder, now) {
  const { store } = await opening(folder, now);
  let parts = 0;
  while ((await store.compact()) !== undefined) parts += 1;
  await store.close();
  return parts;
}

/**
 * Builds the folder, or takes one that stands from an earlier run; answers the right answers and the sizes.
 * @param {{ folder: string, quick: boolean, say: (line: string) => void }} options
 */
export async function build({ folder, quick, say }) {
  const plan = planOf(quick);
  const file = join(folder, 'evidence.duckdb');
  const marker = join(folder, 'built.json');
  const wanted = JSON.stringify({ build: BUILD, plan });
  const kept = await readFile(marker, 'utf8').catch(() => undefined);
  if (kept !== undefined && JSON.stringify(JSON.parse(kept).is) === wanted) {
    say(`taking the data in ${folder}`);
    return { plan, usedBytes: await usedBytesOf(file), ...JSON.parse(kept) };
  }
  const startedAt = performance.now();
  say(`building ${plan.steps * plan.services * plan.metrics} samples and ${plan.events} events in ${folder}`);
  await rm(file, { force: true });
  await rm(`${file}.wal`, { force: true });
  await mkdir(folder, { recursive: true });
  const refs = await makeSeries(folder, plan);
  await insertRows(folder, plan, refs, say);
  const arrivalBytes = (await stat(file)).size;
  say('  sorting old samples into parts');
  const compactedAt = performance.now();
  const parts = await compact(folder, plan.from + plan.days * 86_400_000);
  const sizes = {
    arrivalBytes,
    bytes: (await stat(file)).size,
    parts,
    sortMs: performance.now() - compactedAt,
  };
  say('  working out the right answers');
  const answers = await answersOf(file, plan);
  const built = { is: JSON.parse(wanted), sizes, answers, buildMs: performance.now() - startedAt };
  await writeFile(marker, JSON.stringify(built));
  say(
    `built in ${(built.buildMs / 1_000).toFixed(0)} s: ${parts} parts, ${(sizes.bytes / 1e6).toFixed(0)} MB`,
  );
  return { plan, usedBytes: await usedBytesOf(file), ...built };
}
