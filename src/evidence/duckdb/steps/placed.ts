/**
 * Which receipts belong to which step. Step `k` of 1..$count ends at `$from + k * $step`, and holds what happened in it.
 * A receipt that came in after its minute was closed belongs to the moment it came in; minutes from before the first one
 * that was closed were closed with it.
 */
import { MINUTE_MS } from '../../../model/index.js';
import { countedKinds, LATE_MS, LOOK_BACK_MS, lastingKinds } from '../../steps.js';

const listed = (kinds: readonly string[]): string => kinds.map((kind) => `'${kind}'`).join(', ');

/** The first step at whose end a moment has been. */
const stepOf = (moment: string): string => `greatest(${moment} - $from, 0) // $step + 1`;

/** Receipts of kinds with their moments, which begin at `since`; neither of two times before it can be such a moment. */
const placed = (kinds: readonly string[], backMs: number, onlyServices: boolean, since: string): string => `
  SELECT * FROM (
    SELECT event.*,
      CASE WHEN "receivedAt" <= coalesce(closing.cutoff, if("at" // ${MINUTE_MS} < first.minute, first.cutoff, $closesAt))
        THEN "at" ELSE "receivedAt" END AS moment
    FROM event LEFT JOIN closing ON closing.minute = "at" // ${MINUTE_MS}
      CROSS JOIN (SELECT min(minute) AS minute, arg_min(cutoff, minute) AS cutoff FROM closing) first
    WHERE kind IN (${listed(kinds)}) AND "at" >= $from - ${backMs} AND "at" < $to
      AND greatest("at", "receivedAt") >= ${since}
      ${onlyServices ? `AND service IN (SELECT unnest(from_json($services, '["VARCHAR"]')))` : ''}
  )
  WHERE moment >= ${since} AND moment < $to AND moment - "at" <= ${LATE_MS}`;

/**
 * `counted`: receipts within the steps, each with its step `k`. `lasting`: states, each with the steps `since_step` (from)
 * and `gone_step` (from which on it is no longer known), and their order `nth` among those of their `thing`. Names with
 * an underscore cannot be those of a field, which would hide them.
 */
export function placedReceipts(onlyServices: boolean): string {
  return `
  closing AS MATERIALIZED (
    SELECT "at" // ${MINUTE_MS} - 1 AS minute, "at" + CAST(round(value * 1000) AS BIGINT) AS cutoff
    FROM samples WHERE series = CAST($closings AS UINTEGER) AND "at" > $from - ${LOOK_BACK_MS} AND "at" <= $to + ${MINUTE_MS}
  ),
  counted AS MATERIALIZED (
    SELECT *, ${stepOf('moment')} AS k FROM (${placed(countedKinds, LATE_MS, onlyServices, '$from')})
  ),
  lasting AS MATERIALIZED (
    SELECT *, ${stepOf('moment')} AS since_step, (moment + ${LOOK_BACK_MS} - $from) // $step + 2 AS gone_step,
      row_number() OVER (PARTITION BY thing ORDER BY moment, id) AS nth,
      lead(moment) OVER (PARTITION BY thing ORDER BY moment, id) AS next_moment
    FROM (
      SELECT *, CASE
        WHEN kind IN ('circuit_opened', 'circuit_closed') THEN to_json(['circuit', service, component])
        WHEN kind IN ('worker_activated', 'worker_deactivated') THEN to_json(['worker', service, worker])
        WHEN kind = 'incident' THEN to_json(['incident', incident])
        WHEN fingerprint IS NULL THEN to_json(['alert', service, name])
        ELSE to_json(['alert', fingerprint]) END AS thing
      FROM (${placed(lastingKinds, LOOK_BACK_MS, onlyServices, `$from - ${LOOK_BACK_MS}`)})
    )
  ),
  standing AS MATERIALIZED (
    SELECT kind, service, load, severity,
      unnest(range(since_step, least(gone_step, $count + 1,
        CASE WHEN next_moment IS NOT NULL THEN ${stepOf('next_moment')} ELSE gone_step END))) AS k
    FROM lasting WHERE kind <> 'incident'
  )`;
}

/** Figures of each service (`scope`) and of the whole system (scope '') by step, from rows that have `service` and `k`. */
export function byScope(figures: string, rows: string): string {
  return `
    SELECT if(grouping(service) = 1, '', service) AS scope, k, ${figures} FROM ${rows}
    GROUP BY GROUPING SETS ((k, service), (k)) HAVING grouping(service) = 1 OR service IS NOT NULL`;
}
