/** The right answers, worked out with plain SQL over the tables while nothing of Genchi runs. */
import { DuckDBInstance } from '@duckdb/node-api';
import { timesOf } from './plan.mjs';

const DAY_MS = 86_400_000;

const samplesOfService = (/** @type {{ since: number, until: number }} */ { since, until }) => `
  SELECT count(*), sum(value) FROM samples JOIN series ON series = ref
  WHERE service = 'service-07' AND value IS NOT NULL AND "at" >= ${since} AND "at" < ${until}`;

/**
 * The statements, each one row of count and sum.
 * @param {import('./plan.mjs').Plan} plan
 */
function statementsOf(plan) {
  const { window, recent, guide, changes, upstream } = timesOf(plan);
  return {
    window: samplesOfService(window),
    recent: samplesOfService(recent),
    guide: `
      SELECT count(*), sum(value) FROM (
        SELECT "at", value FROM samples WHERE value IS NOT NULL
        UNION ALL
        SELECT "at", coalesce(depth, "latencyMs", "count") FROM event
        WHERE kind IN ('queue_depth', 'task_completed', 'log_volume')
      ) WHERE "at" > ${guide.since} AND "at" < ${guide.until}`,
    hourly: `
      SELECT count(*), sum(mean) FROM (
        SELECT "at" // 3600000 AS hour, avg(value) AS mean FROM samples JOIN series ON series = ref
        WHERE metric = 'metric_07' AND value IS NOT NULL GROUP BY hour
      )`,
    changes: `
      SELECT count(*), sum("at" % ${DAY_MS}) FROM event
      WHERE kind IN ('deployment', 'config_change', 'flag_change', 'experiment_started', 'experiment_ended')
        AND "at" >= ${changes.since} AND "at" <= ${changes.spike}`,
    upstream: `
      WITH RECURSIVE calls AS (SELECT DISTINCT service, callee FROM event WHERE kind = 'dependency'),
      reach(service, node) AS (
        SELECT service, service FROM event WHERE service IS NOT NULL
        UNION SELECT r.service, c.callee FROM reach r JOIN calls c ON c.service = r.node
      )
      SELECT count(*), sum(a."at" % ${DAY_MS})
      FROM event a JOIN reach r ON r.service = a.service
      JOIN event d ON d.service = r.node AND d.kind = 'deployment'
        AND d."at" <= a."at" AND d."at" >= a."at" - 1800000
      WHERE a.kind = 'alert_fired' AND a."at" >= ${upstream.since} AND a."at" <= ${upstream.until}`,
  };
}

/**
 * @param {string} file
 * @param {import('./plan.mjs').Plan} plan
 * @returns {Promise<Record<string, import('./questions.mjs').Answer>>}
 */
export async function answersOf(file, plan) {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY', memory_limit: '1GB' });
  const connection = await instance.connect();
  /** @type {Record<string, import('./questions.mjs').Answer>} */
  const answers = {};
  for (const [name, statement] of Object.entries(statementsOf(plan))) {
    const [rows, sum] = (await connection.runAndReadAll(statement)).getRows()[0] ?? [];
    answers[name] = { rows: Number(rows), sum: Number(sum) };
  }
  connection.closeSync();
  instance.closeSync();
  return answers;
}

/**
 * The bytes of a store's file that hold something; the rest is free for what comes next.
 * @param {string} file
 * @returns {Promise<number>}
 */
export async function usedBytesOf(file) {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    'SELECT used_blocks * block_size FROM pragma_database_size()',
  );
  const bytes = Number(reader.getRows()[0]?.[0]);
  connection.closeSync();
  instance.closeSync();
  return bytes;
}
