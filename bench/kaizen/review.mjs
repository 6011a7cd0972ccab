#!/usr/bin/env node
/**
 * How long the review of a week takes: of the last whole one, against the week before, over the folder that
 * `npm run bench:kaizen` makes. It is given what it reads of those weeks first: a task of each service every three
 * minutes, one in fifty of them failed, and ten alerts an hour. Run with `node bench/kaizen/review.mjs --folder DIR`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { metricTableOf, weekAt, weekNamed } from '../../dist/analysis/index.js';
import { readOntologyTerms } from '../../dist/graph/index.js';
import { draftReview } from '../../dist/rca/review/draft.js';
import { table } from '../table.mjs';
import { opening } from './build.mjs';

const STEP_MS = 180_000;

/** @param {number} services @param {number} from @param {number} to */
const EVENTS = (services, from, to) => `
  INSERT INTO event (batch, kind, id, "at", "receivedAt", door, service, component, reason, "latencyMs", name, severity)
  SELECT 3, if(n % 50 = 0, 'failure', 'task_completed'), md5('review' || s || '-' || n), moment, moment, 'events',
    printf('service-%03d', s), if(n % 50 = 0, 'db', NULL), if(n % 50 = 0, 'timeout', NULL),
    if(n % 50 = 0, NULL, 20 + hash(s * 1009 + n) % 160), NULL, NULL
  FROM (SELECT s, n, ${from} + n * ${STEP_MS} + s AS moment
        FROM range(${services}) AS a(s), range(${Math.floor((to - from) / STEP_MS)}) AS b(n))
  UNION ALL
  SELECT 3, kind, md5('alert' || kind || n), ${from} + n * 360000 + later, ${from} + n * 360000 + later, 'events',
    printf('service-%03d', n * 7 % ${services}), NULL, NULL, NULL, 'Slow' || n % 9, 'warning'
  FROM range(${Math.floor((to - from) / 360_000)}) AS a(n),
    (VALUES ('alert_fired', 0), ('alert_cleared', 120000)) AS b(kind, later)`;

/** @param {string} folder @param {number} services @param {number} from @param {number} to */
async function remember(folder, services, from, to) {
  const instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'), { threads: '2' });
  const connection = await instance.connect();
  await connection.run(`DELETE FROM event WHERE batch = 3`);
  const reader = await connection.runAndReadAll(EVENTS(services, from, to));
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
  return Number(reader.getRows()[0]?.[0] ?? 0);
}

const { values: given } = parseArgs({
  options: {
    folder: { type: 'string', default: './bench-kaizen/minutes' },
    services: { type: 'string', default: '200' },
  },
});
const folder = String(given.folder);
const now = /** @type {any} */ (Date.now());
const week = weekNamed(weekAt(now).previous);
const begin = weekNamed(week.previous).window.from;
const events = await remember(folder, Number(given.services), begin, week.window.to);
const { store } = await opening(folder, () => now);
const metrics = metricTableOf(await readOntologyTerms());
const [startedMs, before] = [performance.now(), process.cpuUsage()];
const review = await draftReview(week, now, { store, metrics, incident: async () => undefined });
const wallMs = performance.now() - startedMs;
const { user, system } = process.cpuUsage(before);
await store.close();

console.log(`\nThe review of ${week.name}: ${review.health.length} scopes, ${events} events of two weeks`);
console.log(
  table(
    ['what', 'ms', 'processor ms'],
    [['drafted, from figures to proposals', wallMs, (user + system) / 1_000]],
  ),
);
