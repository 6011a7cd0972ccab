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

/** Everything that a part may tell of a scope and a step. */
const FACTS = [
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

const MINUTES = `($step / ${MINUTE_MS})`;

/** A figure, where anything is known that it is made of. */
const where = (known: string, figure: string): string => `CASE WHEN ${known} THEN ${figure} END`;

/** The figures as the rules settle them; NULL where there is no data, which is never good news. */
const FIGURES: Readonly<Record<StepFigure, string>> = {
  jidoka_circuit_open_percent: where('circuits > 0', 'open / circuits * 100'),
  jidoka_failure_rate: where('failed + completed > 0', `failed / ${MINUTES}`),
  jidoka_success_rate: where('failed + completed > 0', 'completed / (completed + failed) * 100'),
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
  andon_critical_alerts: where('alerts > 0', 'critical'),
  heijunka_load_balance_coeff: 'balance',
  heijunka_worker_utilization: where('workers > 0', 'active / workers * 100'),
  heijunka_queue_variance: 'spread',
  heijunka_workers_active: where('workers > 0', 'active'),
  heijunka_workers_idle: where('workers > 0', 'workers - active'),
};

const INCREASES: Readonly<Record<StepIncrease, string>> = {
  jidoka_circuit_opens_total: 'nullif(opened, 0)',
  jidoka_failures_total: 'nullif(failed, 0)',
  andon_log_volume_total: 'logged',
  kanban_latency_histogram_sum: 'latency_sum',
  kanban_latency_histogram_count: where('latency_sum IS NOT NULL', 'completed'),
};

const columns = [
  ...stepFigures.map((name) => FIGURES[name]),
  ...stepIncreases.map((name) => INCREASES[name]),
  ...LATENCY_BOUNDS_MS.map((_, index) => where('latency_sum IS NOT NULL', `le${index}`)),
].map((figure) => `coalesce(CAST(${figure} AS DOUBLE), CAST('nan' AS DOUBLE))`);

/** The statement for steps of every service, or of some. */
export function stepStatement(onlyServices: boolean): string {
  return `
    WITH ${placedReceipts(onlyServices)},
    told AS (${eventParts.join(' UNION ALL BY NAME ')}),
    fact AS (
      SELECT scope, k, ${FACTS.map((fact) => `any_value(${fact}) AS ${fact}`).join(', ')} FROM told
      ${onlyServices ? "WHERE scope <> ''" : ''} GROUP BY scope, k
    )
    SELECT scope, CAST($from + k * $step AS DOUBLE), CAST(coalesce(receipts, 0) + coalesce(states, 0) AS DOUBLE),
      ${columns.join(',\n      ')}
    FROM fact ORDER BY k, scope LIMIT $limit`;
}
