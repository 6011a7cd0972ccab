import type { Topology } from '../graph/index.js';
import type { EventReceipt, Instant } from '../model/index.js';
import { type AlertFact, isEndOf, isSameAlert } from './alert-facts.js';
import { gistOf } from './grouping.js';
import type { Incident } from './incident.js';
import { incidentIdOf } from './incident-receipts.js';

/** An incident with what is needed to go on with it. */
export interface Case {
  readonly incident: Incident;
  /** Its alerts, in the order they joined. */
  readonly alerts: readonly AlertFact[];
  /** Paths of the alerts that were cleared, with when. */
  readonly cleared: ReadonlyMap<string, Instant>;
  /** How many receipts it has: the number of the next one. */
  readonly sequence: number;
}

function opened(
  alert: AlertFact,
): Pick<Incident, 'id' | 'state' | 'analysis' | 'candidates' | 'rejected' | 'missing'> {
  return {
    id: incidentIdOf(alert.startsAt, alert.service, alert.path),
    state: 'open',
    analysis: 0,
    candidates: [],
    rejected: [],
    missing: [],
  };
}

/** The incident with one more alert, or a new one when there is none to join. */
export function withAlert(found: Case | undefined, alert: AlertFact, topology: Topology): Case {
  const alerts = [...(found?.alerts ?? []), alert];
  const gist = gistOf(alerts, topology);
  const incident: Incident = {
    ...(found?.incident ?? {
      ...opened(alert),
      onsetAt: undefined,
      endsAt: undefined,
      evidenceUntil: undefined,
    }),
    state: 'open',
    endsAt: undefined,
    title: gist.title,
    severity: gist.severity,
    service: gist.primary?.service,
    metric: gist.primary?.metric ?? found?.incident.metric,
    startsAt: gist.startsAt,
    runbookUrl: gist.runbookUrl,
    alerts: alerts.map(({ path }) => path),
  };
  return { incident, alerts, cleared: found?.cleared ?? new Map(), sequence: found?.sequence ?? 0 };
}

/** Whether an alert of a resolved incident fires again soon after its end: it flaps, and the incident goes on. */
export function firesAgain({ incident, alerts }: Case, alert: AlertFact, regroupMs: number): boolean {
  const { state, endsAt } = incident;
  if (state !== 'resolved' || endsAt === undefined || alert.startsAt - endsAt > regroupMs) return false;
  return alert.startsAt >= incident.startsAt && alerts.some((other) => isSameAlert(alert, other));
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
