/**
 * Builds the data folder of the benchmark: minutes of the pillars of many services over weeks, as the live evaluation
 * keeps them, the events of the last hour, and an objective for each service. The series and
 * the objectives go in through the store; minutes and events are inserted by SQL into the same tables, a part a day.
 */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openDuckDbStore, stepFigures } from '../../dist/evidence/index.js';
import { identityOf } from '../../dist/model/index.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** @typedef {{ folder: string, services: number, days: number, metrics: number, end: number }} Plan */

/** @param {string} folder @param {() => number} clock */
export const opening = (folder, clock) =>
  openDuckDbStore({
    folder,
    clock: /** @type {any} */ (clock),
    memoryMiB: 1_024,
    threads: 2,
    publicUrl: 'http://127.0.0.1:4600',
  });

/** @param {number} n */
export const serviceOf = (n) => `service-${String(n).padStart(3, '0')}`;

/** @param {string} metric @param {string | undefined} service */
const ownLabels = (metric, service) => ({
  __name__: metric,
  computed_by: 'genchi',
  ...(service === undefined ? {} : { service }),
});

/** @param {Plan} plan */
function objectives({ services, end, days }) {
  return Array.from({ length: services }, (_, n) => ({
    kind: /** @type {const} */ ('slo'),
    id: identityOf('bench-slo', String(n)),
    at: /** @type {any} */ (end - days * DAY_MS),
    receivedAt: /** @type {any} */ (end - days * DAY_MS),
    door: 'events',
    service: serviceOf(n),
    slo: `latency-${serviceOf(n)}`,
    metric: 'kanban_latency_p99_ms',
    direction: 'at_most',
    target: 200,
    windowMinutes: Math.min(days, 28) * 1_440,
  }));
}

/** @param {Plan} plan */
async function makeSeries(plan) {
  const { folder, services, metrics, end, days } = plan;
  const { store } = await opening(folder, () => end);
  const names = stepFigures.filter((name) => name !== 'jidoka_recovery_time_secs').slice(0, metrics);
  const scopes = [undefined, ...Array.from({ length: services }, (_, n) => serviceOf(n))];
  const refs = names.flatMap((name) => scopes.map((service) => store.intern(ownLabels(name, service))));
  const closing = store.intern(ownLabels('genchi_pillar_close_delay_seconds', undefined));
  const series = Uint32Array.from([...refs, closing]);
  const first = end - days * DAY_MS;
  await store.append({
    events: objectives(plan),
    samples: {
      length: series.length,
      series,
      at: Float64Array.from(series, () => first),
      value: Float64Array.from(series, (_, n) => (n === refs.length ? 30 : 50)),
      stale: [],
    },
  });
  await store.close();
  return { refs, closing };
}

/** @param {string} folder */
async function connect(folder) {
  const instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'), {
    threads: '2',
    memory_limit: '2GB',
    temp_directory: join(folder, 'spill'),
  });
  return { instance, connection: await instance.connect() };
}

/** Tasks and failures from an hour before the end to ten minutes after it, ten tasks a minute and service, of which one in fifty fails. */
const EVENTS = (/** @type {Plan} */ { services, end }) => `
  INSERT INTO event (batch, kind, id, "at", "receivedAt", door, service, component, reason, "latencyMs")
  SELECT 2, if(n % 50 = 0, 'failure', 'task_completed'), md5('bench' || s || '-' || n), at_ms, at_ms, 'events',
    printf('service-%03d', s), if(n % 50 = 0, 'db', NULL), if(n % 50 = 0, 'timeout', NULL),
    if(n % 50 = 0, NULL, 20 + hash(s * 1009 + n) % 160)
  FROM (SELECT s, n, ${end} - 3600000 + n * 6000 AS at_ms FROM range(${services}) AS a(s), range(700) AS b(n))`;

/**
 * Makes the folder anew.
 * @param {Plan} plan
 * @param {(line: string) => void} say
 */
export async function build(plan, say) {
  const { folder, days, end } = plan;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { refs, closing } = await makeSeries(plan);
  const { instance, connection } = await connect(folder);
  const numbers = [...refs, closing].join(', ');
  const count = refs.length;
  const rows = (/** @type {number} */ from, /** @type {number} */ to) => `
    SELECT CAST(ref AS UINTEGER), ${from} + m * ${MINUTE_MS}, if(ref = ${closing}, 30.0,
      round(50 + ref % 40 + 20 * sin((${from} // ${MINUTE_MS} + m) / 229.0 + ref) + hash(ref * 1000003 + m) % 1000 / 50.0, 3))
    FROM (SELECT CAST(unnest([${numbers}]) AS BIGINT) AS ref) AS r, range(1, ${(to - from) / MINUTE_MS + 1}) AS t(m)`;
  for (let day = 0; day < days; day++) {
    const from = end - (days - day) * DAY_MS;
    const isLast = day === days - 1;
    const into = isLast ? 'sample (series, "at", value)' : 'sorted_sample (series, "at", value)';
    await connection.run(
      `INSERT INTO ${into} ${rows(from, from + DAY_MS)} ORDER BY ${isLast ? '2, 1' : '1, 2'}`,
    );
    if (!isLast) {
      await connection.run(
        `INSERT INTO part VALUES (${day + 1}, ${from + 1}, ${from + DAY_MS + 1}, ${(count + 1) * 1_440}, ${end})`,
      );
    }
    if (day % 10 === 9) say(`  ${day + 1} of ${days} days`);
  }
  await connection.run(EVENTS(plan));
  await connection.run('CHECKPOINT');
  connection.closeSync();
  instance.closeSync();
  return { samples: (count + 1) * days * 1_440, bytes: (await stat(join(folder, 'evidence.duckdb'))).size };
}
