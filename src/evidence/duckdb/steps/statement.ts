/** The one statement of the steps: facts of each scope and step from every part, and the figures made of them. */
import { MINUTE_MS } from '../../../model/index.js';
import {
  LATENCY_BOUNDS_MS,
  type StepFigure,
  type StepIncrease,
  stepFigures,
  stepIncreases,
} from '../../steps.js';
import { eventParts } from './events.js';
import { placedReceipts } from './placed.js';
import { additiveFigures, saidBySignals, signalFacts, signalParts } from './signals.js';

/** Everything that events may tell of a scope and a step. */
const EVENT_FACTS = [
  ...['receipts', 'failed', 'completed', 'latency', 'waited', 'spread', 'opened', 'logged', 'fired', 'names'],
  ...['latency_sum', ...LATENCY_BOUNDS_MS.map((_, index) => `le${index}`)],
  ...[
    'depth',
    'saturation',
    'states',
    'circuits',
    'open',
    'workers',
    'active',
    'balance',
    'alerts',
    'critical',
  ],
  ...['recovery', 'detection'],
];

/**
 * Samples speak where events do not, one sort of facts at a time. Failures told as events count beside those of tasks
 * that samples tell of: who records both has more to say than either.
 */
const MERGED = `
  SELECT * REPLACE (
    coalesce(latency, s_latency) AS latency, coalesce(waited, s_waited) AS waited,
    CASE WHEN completed > 0 OR s_tasks IS NULL THEN failed ELSE coalesce(failed, 0) + coalesce(s_failed, 0) END
      AS failed,
    CASE WHEN completed > 0 OR s_tasks IS NULL THEN completed ELSE greatest(s_tasks - coalesce(s_failed, 0), 0) END
      AS completed,
    coalesce(depth, s_depth) AS depth, if(depth IS NULL, s_saturation, saturation) AS saturation,
    if(circuits > 0, circuits, s_circuits) AS circuits, if(circuits > 0, open, s_open) AS open,
    if(workers > 0, workers, greatest(s_known, s_active)) AS workers, if(workers > 0, active, s_active) AS active,
    if(workers > 0, balance, s_balance) AS balance,
    if(alerts > 0, alerts, s_alerts) AS alerts, if(alerts > 0, critical, s_critical) AS critical,
    if(alerts > 0, fired, s_fired) AS fired, if(alerts > 0, names, s_names) AS names
  ), failed AS told_failed FROM fact`;

const MINUTES = `($step / ${MINUTE_MS})`;

/** A figure, where anything is known that it is made of. */
const where = (known: string, figure: string): string => `CASE WHEN ${known} THEN ${figure} END`;

const WORKED = 'coalesce(failed, 0) + coalesce(completed, 0) > 0';

/** The figures as the rules settle them; NULL where there is no data, which is never good news. */
const FIGURES: Readonly<Record<StepFigure, string>> = {
  jidoka_circuit_open_percent: where('circuits > 0', 'open / circuits * 100'),
  jidoka_failure_rate: where(WORKED, `coalesce(failed, 0) / ${MINUTES}`),
  jidoka_success_rate: where(
    WORKED,
    'coalesce(completed, 0) / (coalesce(completed, 0) + coalesce(failed, 0)) * 100',
  ),
  jidoka_recovery_time_secs: 'recovery',
  kanban_queue_depth: 'depth',
  kanban_latency_p50_ms: 'latency[1]',
  kanban_latency_p95_ms: 'latency[2]',
  kanban_latency_p99_ms: 'latency[3]',
  kanban_throughput_per_min: where('completed > 0', `completed / ${MINUTES}`),
  kanban_wait_time_secs: 'waited',
  kanban_queue_saturation: 'saturation',
  andon_alerts_per_min: where('alerts > 0', `coalesce(fired, 0) / ${MINUTES}`),
  andon_mttd_secs: 'detection',
  andon_alert_types_total: where('alerts > 0', 'coalesce(names, 0)'),
  andon_critical_alerts: where('alerts > 0', 'coalesce(critical, 0)'),
  heijunka_load_balance_coeff: 'balance',
  heijunka_worker_utilization: where('workers > 0', 'active / workers * 100'),
  heijunka_queue_variance: 'spread',
  heijunka_workers_active: where('workers > 0', 'active'),
  heijunka_workers_idle: where('workers > 0', 'workers - active'),
};

const INCREASES: Readonly<Record<StepIncrease, string>> = {
  jidoka_circuit_opens_total: 'nullif(opened, 0)',
  jidoka_failures_total: 'nullif(told_failed, 0)',
  andon_log_volume_total: 'logged',
  kanban_latency_histogram_sum: 'latency_sum',
  kanban_latency_histogram_count: where('latency_sum IS NOT NULL', 'completed'),
};

/** What of a figure the services that send it themselves add to that of the whole system. */
const EXTRA = `
  extra AS (
    SELECT k, ${additiveFigures
      .map((name) => `sum(a_${name} - coalesce(${name}, 0) ORDER BY a_${name}, ${name}) AS x_${name}`)
      .join(', ')}
    FROM figure WHERE scope <> '' GROUP BY k
  )`;

/** A figure that a service sends is taken as it is. */
function taken(name: StepFigure): string {
  const ofSystem = additiveFigures.includes(name)
    ? `if(x_${name} IS NULL, ${name}, coalesce(${name}, 0) + x_${name})`
    : `coalesce(${name}, a_${name})`;
  return `if(scope = '', ${ofSystem}, coalesce(a_${name}, ${name}))`;
}

const number = (value: string): string => `coalesce(CAST(${value} AS DOUBLE), CAST('nan' AS DOUBLE))`;

/** The statement for steps of every service, or of some; with signals or from events alone. */
export function stepStatement(onlyServices: boolean, withSignals: boolean): string {
  const parts = withSignals ? [...eventParts, ...signalParts] : eventParts;
  const facts = withSignals ? [...EVENT_FACTS, ...signalFacts] : EVENT_FACTS;
  const own = stepFigures.map((name) => `${FIGURES[name]} AS ${name}`);
  const grown = [
    ...stepIncreases.map((name) => INCREASES[name]),
    ...LATENCY_BOUNDS_MS.map((_, index) => where('latency_sum IS NOT NULL', `le${index}`)),
  ].map((value, index) => `${value} AS g${index}`);
  return `
    WITH ${placedReceipts(onlyServices)},
    ${withSignals ? `${saidBySignals(onlyServices)},` : ''}
    told AS (${parts.join(' UNION ALL BY NAME ')}),
    fact AS (
      SELECT scope, k, ${facts.map((fact) => `any_value(${fact}) AS ${fact}`).join(', ')} FROM told
      ${onlyServices ? "WHERE scope <> ''" : ''} GROUP BY scope, k
    ),
    figure AS (
      SELECT scope, k, coalesce(receipts, 0) + coalesce(states, 0) ${withSignals ? '+ coalesce(spoken, 0)' : ''} AS n,
        ${[...own, ...grown, ...(withSignals ? stepFigures.map((name) => `a_${name}`) : [])].join(',\n        ')}
      FROM (${withSignals ? MERGED : 'SELECT *, failed AS told_failed FROM fact'})
    )
    ${withSignals ? `, ${EXTRA}` : ''}
    SELECT scope, CAST($from + k * $step AS DOUBLE), CAST(n AS DOUBLE),
      ${[
        ...stepFigures.map((name) => (withSignals ? taken(name) : name)),
        ...grown.map((_, index) => `g${index}`),
      ]
        .map(number)
        .join(',\n      ')}
    FROM figure ${withSignals ? 'LEFT JOIN extra USING (k)' : ''} ORDER BY k, scope LIMIT $limit`;
}
