/**
 * The figures of steps from samples: counters, levels and buckets of histograms that teams export anyway, and figures
 * that come computed. Of several sources that speak of the same of a service, the first one with data in a step counts.
 */
import { CARRIED_MS } from '../../buckets.js';
import type { SignalRole } from '../../signals.js';
import { type StepFigure, stepFigures } from '../../steps.js';
import { byScope } from './placed.js';

/** The sort of facts that a role tells of: sources take precedence sort by sort. */
const SORTS: Readonly<Record<SignalRole, string>> = {
  tasks: 'tasks',
  failures: 'tasks',
  latency: 'tasks',
  'wait-sum': 'tasks',
  'wait-count': 'tasks',
  depth: 'queues',
  capacity: 'queues',
  circuit: 'circuits',
  active: 'workers',
  known: 'workers',
  load: 'workers',
  alert: 'alerts',
};

/** Roles whose samples count up. */
const COUNTERS = ['tasks', 'failures', 'latency', 'wait-sum', 'wait-count'];

/** Figures that are states: the last sample of a step counts, of the others the mean. */
const LASTING: readonly StepFigure[] = [
  'jidoka_circuit_open_percent',
  'kanban_queue_depth',
  'kanban_queue_saturation',
  'andon_critical_alerts',
  'heijunka_load_balance_coeff',
  'heijunka_worker_utilization',
  'heijunka_workers_active',
  'heijunka_workers_idle',
];

/** Figures of which those of the parts add up to that of the whole; of the others the whole has the mean. */
export const additiveFigures: readonly StepFigure[] = [
  'jidoka_failure_rate',
  'kanban_queue_depth',
  'kanban_throughput_per_min',
  'andon_alerts_per_min',
  'andon_critical_alerts',
  'heijunka_workers_active',
  'heijunka_workers_idle',
];

const listed = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
const total = (value: string, where: string): string =>
  `sum(${value} ORDER BY ${value}) FILTER (WHERE ${where})`;

const sortOf = `CASE ${Object.entries(SORTS)
  .map(([role, sort]) => `WHEN role = '${role}' THEN '${sort}'`)
  .join(' ')} ELSE 'figure' END`;

/** How `$signals` is written: rows as JSON. */
export const SIGNAL_SHAPE = JSON.stringify([
  {
    series: 'UINTEGER',
    service: 'VARCHAR',
    role: 'VARCHAR',
    rank: 'UINTEGER',
    thing: 'VARCHAR',
    factor: 'DOUBLE',
    upTo: 'DOUBLE',
    critical: 'BOOLEAN',
  },
]);

/**
 * `said`: what each series says of each step, from the source that counts: `amount` is the increase of a counter, the
 * last or mean value of another; `began` counts how often it began to speak.
 */
export function saidBySignals(onlyServices: boolean): string {
  return `
  signal AS MATERIALIZED (
    SELECT *, ${sortOf} AS sort FROM (SELECT unnest(from_json($signals, '${SIGNAL_SHAPE}'), recursive := true))
    ${onlyServices ? `WHERE service IN (SELECT unnest(from_json($services, '["VARCHAR"]')))` : ''}
  ),
  speaking AS (
    SELECT *, lag(value) OVER mine AS before_value, lag(moment) OVER mine AS before_moment
    FROM (
      SELECT series, "at" AS moment, value FROM samples
      WHERE "at" >= $from - ${CARRIED_MS} AND "at" < $to AND isfinite(value)
        AND series BETWEEN CAST($lowest AS UINTEGER) AND CAST($highest AS UINTEGER) AND series IN (SELECT series FROM signal)
    )
    WINDOW mine AS (PARTITION BY series ORDER BY moment)
  ),
  stepped AS MATERIALIZED (
    SELECT series, (moment - $from) // $step + 1 AS k, arg_max(value, moment) AS last,
      sum(value ORDER BY moment) / count(*) AS middle,
      sum(CASE WHEN value >= before_value THEN value - before_value ELSE value END ORDER BY moment)
        FILTER (WHERE moment - before_moment <= ${CARRIED_MS}) AS grown,
      count(*) FILTER (WHERE before_moment IS NULL OR moment - before_moment > ${CARRIED_MS}) AS began
    FROM speaking WHERE moment >= $from GROUP BY series, k
  ),
  said AS MATERIALIZED (
    SELECT signal.*, k, began, CASE
      WHEN role IN (${listed(COUNTERS)}) THEN grown
      WHEN sort = 'figure' AND thing NOT IN (${listed(LASTING)}) THEN middle
      ELSE last END * factor AS amount
    FROM signal JOIN stepped USING (series)
    WHERE role NOT IN (${listed(COUNTERS)}) OR grown IS NOT NULL
    QUALIFY sort = 'figure' OR rank = min(rank) OVER (PARTITION BY service, sort, k)
  )`;
}

const COUNTS = byScope(
  `count(*) AS spoken,
    greatest(${total('amount', `role = 'failures'`)}, 0) AS s_failed,
    ${total('amount', `role = 'tasks'`)} AS s_tasks,
    ${total('amount', `role = 'wait-sum'`)} / nullif(${total('amount', `role = 'wait-count'`)}, 0) AS s_waited,
    ${total('amount', `role = 'depth'`)} AS s_depth,
    ${total('amount', `role = 'active'`)} AS s_active,
    ${total('amount', `role = 'known'`)} AS s_known,
    CASE WHEN ${total('amount', `role = 'load'`)} > 0 THEN greatest(0, 1 - (stddev_pop(amount ORDER BY amount)
      FILTER (WHERE role = 'load')) / (${total('amount', `role = 'load'`)} / count(*) FILTER (WHERE role = 'load')))
    END AS s_balance,
    count(*) FILTER (WHERE role = 'alert') AS s_alerts,
    sum(began) FILTER (WHERE role = 'alert') AS s_fired,
    count(DISTINCT thing) FILTER (WHERE role = 'alert' AND began > 0) AS s_names,
    count(*) FILTER (WHERE role = 'alert' AND critical) AS s_critical`,
  `(SELECT * FROM said WHERE sort <> 'figure')`,
);

const SATURATION = byScope(
  `${total('depth', 'capacity > 0')} / ${total('capacity', 'capacity > 0')} * 100 AS s_saturation`,
  `(SELECT service, k, thing, ${total('amount', `role = 'depth'`)} AS depth,
      ${total('amount', `role = 'capacity'`)} AS capacity
    FROM said WHERE sort = 'queues' GROUP BY service, k, thing)`,
);

const CIRCUITS = byScope(
  'count(*) AS s_circuits, count(*) FILTER (WHERE is_open) AS s_open',
  `(SELECT service, k, thing, bool_or(amount > 0) AS is_open FROM said WHERE role = 'circuit'
    GROUP BY service, k, thing)`,
);

/** As Prometheus' histogram_quantile: linear within a bucket; beyond the last bound, that bound. */
const quantileOf = (share: number): string =>
  `arg_min(if(isinf(bound), lower, lower + (bound - lower) * (${share} * whole - below) / (upto - below)), bound)
    FILTER (WHERE upto >= ${share} * whole AND upto > below)`;

const LATENCIES = `
  SELECT scope, k, [${[0.5, 0.95, 0.99].map(quantileOf).join(', ')}] AS s_latency FROM (
    SELECT *, lag(bound, 1, 0) OVER mine AS lower, lag(upto, 1, 0) OVER mine AS below,
      max(upto) OVER (PARTITION BY scope, k) AS whole
    FROM (
      SELECT scope, k, bound, max(upto) OVER (PARTITION BY scope, k ORDER BY bound) AS upto FROM (
        SELECT if(grouping(service) = 1, '', service) AS scope, k, bound, sum(amount ORDER BY amount) AS upto
        FROM (SELECT *, coalesce("upTo", CAST('infinity' AS DOUBLE)) AS bound FROM said WHERE role = 'latency')
        GROUP BY GROUPING SETS ((k, bound, service), (k, bound)) HAVING grouping(service) = 1 OR service IS NOT NULL
      )
    )
    WINDOW mine AS (PARTITION BY scope, k ORDER BY bound)
  )
  WHERE whole > 0 GROUP BY scope, k`;

/** Figures that come computed: of each service over its series, and their mean for the whole system. */
const COMPUTED = byScope(
  stepFigures
    .map((name) => `avg(amount ORDER BY amount) FILTER (WHERE thing = '${name}') AS a_${name}`)
    .join(', '),
  `(SELECT service, k, thing,
      if(thing IN (${listed(additiveFigures)}), sum(amount ORDER BY amount), avg(amount ORDER BY amount)) AS amount
    FROM said WHERE sort = 'figure' AND service IS NOT NULL GROUP BY service, k, thing)`,
);

/** The parts, each with columns `scope`, `k` and facts of its own. */
export const signalParts: readonly string[] = [COUNTS, SATURATION, CIRCUITS, LATENCIES, COMPUTED];

/** What the parts may tell of a scope and a step. */
export const signalFacts: readonly string[] = [
  ...['spoken', 's_failed', 's_tasks', 's_waited', 's_depth', 's_active', 's_known', 's_balance', 's_alerts'],
  ...['s_fired', 's_names', 's_critical', 's_saturation', 's_circuits', 's_open', 's_latency'],
  ...stepFigures.map((name) => `a_${name}`),
];
