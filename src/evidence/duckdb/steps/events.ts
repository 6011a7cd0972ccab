/**
 * The figures of steps from events, a part for each sort of them. Sums and means add in the order of their values, so
 * that a step has the same bits however many steps are asked for with it.
 */
import { LATENCY_BOUNDS_MS, LOOK_BACK_MS } from '../../steps.js';
import { byScope } from './placed.js';

/** A sum that does not depend on the order in which rows are met. */
const total = (value: string, where = 'TRUE'): string =>
  `sum(${value} ORDER BY ${value}) FILTER (WHERE ${where})`;

/** The start of the step of a row. */
const STARTS = '($from + (k - 1) * $step)';

const WAITED = `"waitMs" IS NOT NULL AND moment - "latencyMs" >= ${STARTS}`;

const buckets = LATENCY_BOUNDS_MS.map(
  (bound, index) => `count(*) FILTER (WHERE "latencyMs" <= ${bound}) AS le${index}`,
).join(', ');

const WORK = byScope(
  `count(*) FILTER (WHERE kind NOT IN ('circuit_opened', 'alert_fired')) AS receipts,
    count(*) FILTER (WHERE kind = 'failure') AS failed,
    count(*) FILTER (WHERE kind = 'task_completed') AS completed,
    quantile_cont("latencyMs", [0.5, 0.95, 0.99]) AS latency,
    ${total('"waitMs" / 1000', WAITED)} / count(*) FILTER (WHERE ${WAITED}) AS waited,
    stddev_pop(depth ORDER BY depth) FILTER (WHERE kind = 'queue_depth') AS spread,
    count(*) FILTER (WHERE kind = 'circuit_opened') AS opened,
    ${total('"count"', `kind = 'log_volume'`)} AS logged,
    count(*) FILTER (WHERE kind = 'alert_fired') AS fired,
    count(DISTINCT name) FILTER (WHERE kind = 'alert_fired') AS names,
    ${total('"latencyMs"')} AS latency_sum, ${buckets}`,
  'counted',
);

const QUEUES = byScope(
  `${total('depth')} AS depth,
    ${total('depth', 'capacity > 0')} / ${total('capacity', 'capacity > 0')} * 100 AS saturation`,
  `(SELECT * FROM counted WHERE kind = 'queue_depth'
    QUALIFY row_number() OVER (PARTITION BY service, queue, k ORDER BY moment DESC, id DESC) = 1)`,
);

const LOADS = `kind = 'worker_activated' AND load IS NOT NULL`;
const MEAN_LOAD = `(${total('load', LOADS)} / count(*) FILTER (WHERE ${LOADS}))`;

const STATES = byScope(
  `count(*) AS states,
    count(*) FILTER (WHERE kind IN ('circuit_opened', 'circuit_closed')) AS circuits,
    count(*) FILTER (WHERE kind = 'circuit_opened') AS open,
    count(*) FILTER (WHERE kind IN ('worker_activated', 'worker_deactivated')) AS workers,
    count(*) FILTER (WHERE kind = 'worker_activated') AS active,
    CASE WHEN ${MEAN_LOAD} <> 0 THEN
      greatest(0, least(1, 1 - (stddev_pop(load ORDER BY load) FILTER (WHERE ${LOADS})) / ${MEAN_LOAD}))
    END AS balance,
    count(*) FILTER (WHERE kind IN ('alert_fired', 'alert_cleared')) AS alerts,
    count(*) FILTER (WHERE kind = 'alert_fired' AND lower(severity) = 'critical') AS critical`,
  'standing',
);

/** How long each circuit that closed had been open, since the first opening after it was closed before. */
const RECOVERIES = byScope(
  `${total('recovered')} / count(*) AS recovery`,
  `(SELECT closed.service, closed.since_step AS k, (closed.moment - min(opened.moment)) / 1000 AS recovered
    FROM (
      SELECT *, max(nth) FILTER (WHERE kind = 'circuit_closed')
        OVER (PARTITION BY thing ORDER BY nth ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS closed_before
      FROM lasting WHERE kind IN ('circuit_opened', 'circuit_closed')
    ) closed
    JOIN lasting opened ON opened.thing = closed.thing AND opened.kind = 'circuit_opened'
      AND opened.nth < closed.nth AND opened.nth > coalesce(closed.closed_before, 0)
      AND opened.moment >= $from + (closed.since_step - 1) * $step - ${LOOK_BACK_MS}
    WHERE closed.kind = 'circuit_closed' AND closed.moment >= $from
    GROUP BY closed.thing, closed.nth, closed.service, closed.since_step, closed.moment)`,
);

/**
 * From onset to detection, in the step in which an incident's onset was first told; the earliest onset told by the end
 * of the step counts.
 */
const DETECTIONS = byScope(
  `${total('detected')} / count(*) AS detection`,
  `(SELECT first.service, first.since_step AS k, greatest(0, first."startsAt" - min(told."onsetAt")) / 1000 AS detected
    FROM (
      SELECT * FROM lasting WHERE kind = 'incident' AND "onsetAt" IS NOT NULL
      QUALIFY row_number() OVER (PARTITION BY thing ORDER BY nth) = 1
    ) first
    JOIN lasting told ON told.thing = first.thing AND told."onsetAt" IS NOT NULL AND told.since_step = first.since_step
    WHERE first.moment >= $from AND first."startsAt" >= $from + (first.since_step - 1) * $step - ${LOOK_BACK_MS}
    GROUP BY first.thing, first.service, first.since_step, first."startsAt")`,
);

/** The parts, each with columns `scope`, `k` and figures of its own. */
export const eventParts: readonly string[] = [WORK, QUEUES, STATES, RECOVERIES, DETECTIONS];
