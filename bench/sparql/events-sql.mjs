/** The events of the benchmark's data, made inside DuckDB: the kinds that services record, in shares as they come. */

/** How many of a thousand events are of a kind, cumulated: `r` is 0 to 999. */
const KINDS = `CASE
  WHEN r < 200 THEN 'alert_fired' WHEN r < 400 THEN 'alert_cleared' WHEN r < 580 THEN 'failure'
  WHEN r < 600 THEN 'deployment' WHEN r < 630 THEN 'config_change' WHEN r < 650 THEN 'flag_change'
  WHEN r < 670 THEN 'circuit_opened' WHEN r < 690 THEN 'circuit_closed' WHEN r < 840 THEN 'task_completed'
  WHEN r < 940 THEN 'queue_depth' WHEN r < 990 THEN 'log_volume' WHEN r < 993 THEN 'worker_activated'
  WHEN r < 996 THEN 'worker_deactivated' WHEN r < 998 THEN 'experiment_started' ELSE 'experiment_ended' END`;

/** A value where the event is of one of these kinds, NULL otherwise. */
const where = (/** @type {string[]} */ kinds, /** @type {string} */ value) =>
  `CASE WHEN kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}) THEN ${value} END`;

const ALERTS = ['alert_fired', 'alert_cleared'];

/**
 * The statement that inserts events over a span of time, one after the other in the order of time.
 * @param {{ events: number, from: number, spanMs: number, services: number }} plan
 */
export function insertEvents({ events, from, spanMs, services }) {
  return `
    INSERT INTO event BY NAME
    SELECT 1::UINTEGER AS batch, kind, md5('event ' || n) AS id, "at", "at" + 250 AS "receivedAt",
      CASE WHEN kind IN ('alert_fired', 'alert_cleared') THEN 'alertmanager' ELSE 'events' END AS door, service,
      ${where(ALERTS, `'Alert' || (h % 40)`)} AS name,
      ${where(ALERTS, `CASE WHEN h % 5 = 0 THEN 'critical' ELSE 'warning' END`)} AS severity,
      ${where(ALERTS, `'Something is slow in ' || service`)} AS summary,
      ${where(ALERTS, `md5('fingerprint ' || (h % 2000))[:16]`)} AS fingerprint,
      ${where(ALERTS, '"at" - 30000')} AS "startsAt",
      ${where(['failure', 'circuit_opened', 'circuit_closed'], `'component-' || (h % 7)`)} AS component,
      ${where(['failure', 'circuit_opened'], `(['timeout', 'connection refused', 'out of memory', 'bad gateway'])[1 + h % 4]`)} AS reason,
      ${where(['failure', 'alert_fired'], `CASE WHEN h % 3 = 0 THEN 'metric_' || lpad((h % 50)::VARCHAR, 2, '0') END`)} AS "correlatedMetric",
      ${where(['failure', 'alert_fired'], 'CASE WHEN h % 3 = 0 THEN (h % 900) / 4.0 END')} AS "metricChangePercent",
      ${where(['deployment'], `'v' || (n % 400) || '.' || (h % 10)`)} AS version,
      ${where(['deployment'], `md5('commit ' || n)[:8]`)} AS "commit",
      ${where(['deployment', 'config_change', 'flag_change'], `'author-' || (h % 12)`)} AS author,
      ${where(['config_change'], `'pool.size.' || (h % 20)`)} AS "key",
      ${where(['flag_change'], `'flag-' || (h % 30)`)} AS flag,
      ${where(['config_change', 'flag_change'], '(h % 2)::VARCHAR')} AS "fromValue",
      ${where(['config_change', 'flag_change'], '(1 - h % 2)::VARCHAR')} AS "toValue",
      ${where(['experiment_started', 'experiment_ended'], `'experiment-' || (h % 9)`)} AS experiment,
      ${where(['experiment_started', 'experiment_ended'], `'metric_' || lpad((h % 50)::VARCHAR, 2, '0')`)} AS metric,
      ${where(['task_completed'], '20 + (h % 5000) / 10.0')} AS "latencyMs",
      ${where(['queue_depth'], `'jobs-' || (h % 3)`)} AS queue,
      ${where(['queue_depth'], '(h % 200)::DOUBLE')} AS depth,
      ${where(['log_volume'], '(h % 10000)::DOUBLE')} AS "count",
      ${where(['log_volume'], `(['info', 'warn', 'error'])[1 + h % 3]`)} AS level,
      ${where(['worker_activated', 'worker_deactivated'], `'worker-' || (h % 16)`)} AS worker
    FROM (
      SELECT n, ${from} + n * ${spanMs} // ${events} AS "at", ${KINDS} AS kind, (h // 1000)::BIGINT AS h,
        'service-' || lpad((h // 1000000 % ${services})::VARCHAR, 2, '0') AS service
      FROM (SELECT n, hash(n) // 16 AS h, hash(n) // 16 % 1000 AS r FROM range(${events}) AS t(n))
    )
    ORDER BY n`;
}

/**
 * The statement that inserts what calls what, a tree of which service 0 is the root, seen once a day.
 * @param {{ from: number, days: number, services: number }} plan
 */
export function insertDependencies({ from, days, services }) {
  return `
    INSERT INTO event BY NAME
    SELECT 1::UINTEGER AS batch, 'dependency' AS kind, md5('dependency ' || d || ' ' || n) AS id,
      ${from} + d * 86400000 + n AS "at", ${from} + d * 86400000 + n + 250 AS "receivedAt", 'events' AS door,
      'service-' || lpad(((n - 1) // 2)::VARCHAR, 2, '0') AS service,
      'service-' || lpad(n::VARCHAR, 2, '0') AS callee, 'http' AS "dependencyKind"
    FROM range(${days}) AS t(d), range(1, ${services}) AS s(n)
    ORDER BY d, n`;
}
