import type { Topology } from '../graph/index.js';
import type { Instant } from '../model/index.js';
import { type AlertFact, severityRank } from './alert-facts.js';
import { reachOf } from './reach.js';

// Where no dependency is known, reach is everything, which would make one incident of whatever happens at a time.
function within(topology: Topology, a: string, b: string): boolean {
  const [reach, other] = [reachOf(topology, a), reachOf(topology, b)];
  return reach.graphKnown && (reach.distance.has(b) || other.distance.has(a));
}

function isRelated(alert: AlertFact, other: AlertFact, topology: Topology): boolean {
  if (alert.service === undefined || other.service === undefined) {
    return alert.service === other.service && alert.name === other.name;
  }
  return alert.service === other.service || within(topology, alert.service, other.service);
}

/**
 * Whether an alert belongs to an incident with these alerts: the sender grouped it with one of the same batch, or its
 * service is the same or within reach of one, in either direction, and it is near in time. The same alert long after
 * is a new incident: it must have ended in between, though nobody said so.
 */
export function belongs(
  alert: AlertFact,
  alerts: readonly AlertFact[],
  batch: ReadonlySet<AlertFact>,
  topology: Topology,
  regroupMs: number,
): boolean {
  return alerts.some((other) => {
    if (alert.groupKey !== undefined && alert.groupKey === other.groupKey && batch.has(other)) return true;
    const near = Math.abs(alert.startsAt - other.startsAt) <= regroupMs;
    return near && isRelated(alert, other, topology);
  });
}

/** What several alerts make together. */
export interface Gist {
  /** The alert on which the incident is analysed. */
  readonly primary: AlertFact | undefined;
  readonly title: string;
  readonly severity: string;
  readonly startsAt: Instant;
  /** When the latest alert was heard of: the time up to which the first analysis looks at evidence. */
  readonly seenAt: Instant;
  readonly runbookUrl: string | undefined;
}

/** The alert whose service depends on most of the others' services: the symptom as users see it; then the earliest. */
function primaryOf(alerts: readonly AlertFact[], topology: Topology): AlertFact | undefined {
  const services = [...new Set(alerts.flatMap(({ service }) => service ?? []))];
  const covered = new Map(
    services.map((service) => {
      const { distance, graphKnown } = reachOf(topology, service);
      return [service, graphKnown ? services.filter((other) => distance.has(other)).length : 0];
    }),
  );
  const place = ({ service }: AlertFact): number =>
    service === undefined ? -1 : (covered.get(service) ?? 0);
  return alerts.toSorted(
    (a, b) =>
      place(b) - place(a) ||
      severityRank(b.severity) - severityRank(a.severity) ||
      a.startsAt - b.startsAt ||
      (a.path < b.path ? -1 : 1),
  )[0];
}

/** Sums up the alerts of an incident. */
export function gistOf(alerts: readonly AlertFact[], topology: Topology): Gist {
  const primary = primaryOf(alerts, topology);
  const times = alerts.map(({ startsAt }) => startsAt).sort((a, b) => a - b);
  const worst = alerts.toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity))[0];
  const where = primary?.service === undefined ? '' : ` on ${primary.service}`;
  const names = new Set(alerts.map(({ name, service }) => `${name}\n${service}`));
  const more = names.size > 1 ? ` and ${names.size - 1} more` : '';
  return {
    primary,
    title: `${primary?.name ?? 'Alert'}${where}${more}`,
    severity: worst?.severity ?? 'none',
    startsAt: times[0] ?? (0 as Instant),
    seenAt: alerts.map(({ heardAt }) => heardAt).sort((a, b) => b - a)[0] ?? (0 as Instant),
    runbookUrl: primary?.runbookUrl ?? alerts.find(({ runbookUrl }) => runbookUrl !== undefined)?.runbookUrl,
  };
}
