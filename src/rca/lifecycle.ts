import type { Topology } from '../graph/index.js';
import { type EventReceipt, type Instant, instantOf } from '../model/index.js';
import { type AlertFact, isEndOf, isSameAlert } from './alert-facts.js';
import type { Localisation } from './analysis.js';
import { gistOf } from './grouping.js';
import type { Incident } from './incident.js';
import { incidentIdOf, NOTHING_FOUND } from './incident-receipts.js';

/** An incident that is over for good, as far as it is kept in memory: without what was found and said of it. */
export interface FiledCase {
  readonly incident: Incident;
  /** How many receipts it has: the number of the next one. */
  readonly sequence: number;
  /** The time of its latest receipt. */
  readonly recordedAt: Instant;
}

/** An incident with what is needed to go on with it. */
export interface Case extends FiledCase {
  /** Its alerts, in the order they joined. */
  readonly alerts: readonly AlertFact[];
  /** Paths of the alerts that were cleared, with when. */
  readonly cleared: ReadonlyMap<string, Instant>;
  /** What its latest analysis found of the services within reach; no receipt has it, so that one read back has none. */
  readonly localisation?: Localisation;
}

function opened(alert: AlertFact): Incident {
  const { name, service, severity, metric, startsAt, runbookUrl, path } = alert;
  return {
    id: incidentIdOf(startsAt, service, path),
    state: 'open',
    title: name,
    severity,
    service,
    metric,
    startsAt,
    onsetAt: undefined,
    endsAt: undefined,
    evidenceUntil: undefined,
    runbookUrl,
    alerts: [],
    analysis: 0,
    missing: [],
    closed: undefined,
    ...NOTHING_FOUND,
  };
}

/** The case with one more alert, or a new one when there is none to join; sum it up when all have joined. */
export function withAlert(found: Case | undefined, alert: AlertFact): Case {
  const incident = found?.incident ?? opened(alert);
  return {
    incident: { ...incident, state: 'open', endsAt: undefined, closed: undefined },
    alerts: [...(found?.alerts ?? []), alert],
    cleared: found?.cleared ?? new Map(),
    sequence: found?.sequence ?? 0,
    recordedAt: found?.recordedAt ?? instantOf(0),
  };
}

/** The case with its incident saying what all its alerts make together. */
export function summedUp(one: Case, topology: Topology): Case {
  const { incident, alerts } = one;
  const { title, severity, primary, startsAt, runbookUrl } = gistOf(alerts, topology);
  return {
    ...one,
    incident: {
      ...incident,
      title,
      severity,
      service: primary?.service,
      metric: primary?.metric ?? incident.metric,
      startsAt,
      runbookUrl,
      alerts: alerts.map(({ path }) => path),
    },
  };
}

/** Whether an alert of a resolved incident fires again soon after its end: it flaps, and the incident goes on. */
export function firesAgain({ incident, alerts }: Case, alert: AlertFact, regroupMs: number): boolean {
  const { state, endsAt } = incident;
  if (state !== 'resolved' || endsAt === undefined || alert.firedAt - endsAt > regroupMs) return false;
  return alert.startsAt >= incident.startsAt && alerts.some((other) => isSameAlert(alert, other));
}

/** The incident after a person said that it is over: its alerts count as cleared then, so that it can begin anew. */
export function closedBy(one: Case, endsAt: Instant, closed: Incident['closed']): Case {
  const cleared = new Map(one.alerts.map(({ path }) => [path, one.cleared.get(path) ?? endsAt] as const));
  return { ...one, cleared, incident: { ...one.incident, state: 'resolved', endsAt, closed } };
}

/** The incident after an alert was cleared: resolved when it was the last one; itself when the alert is not of it. */
export function withEnd(one: Case, event: EventReceipt<'alert_cleared'>): Case {
  const endsAt = event.endsAt ?? event.at;
  const ended = one.alerts.filter((alert) => isEndOf(event, alert));
  if (ended.length === 0) return one;
  const cleared = new Map([...one.cleared, ...ended.map(({ path }) => [path, endsAt] as const)]);
  if (!one.alerts.every(({ path }) => cleared.has(path))) return { ...one, cleared };
  const last = [...cleared.values()].sort((a, b) => b - a)[0] ?? endsAt;
  return { ...one, cleared, incident: { ...one.incident, state: 'resolved', endsAt: last } };
}
