/** How long it takes to detect, to take on and to resolve incidents. */
import type { Instant, Window } from '../model/index.js';
import type { Incident } from './incident.js';

/** Over which incidents: those first seen within a window, on one service if it is named. */
export interface StatisticsQuestion {
  readonly window: Window;
  readonly service?: string;
}

/** A mean of durations. */
export interface MeanDuration {
  /** In milliseconds; undefined when it rests on no incident. */
  readonly meanMs: number | undefined;
  /** On how many incidents it rests. */
  readonly incidents: number;
}

/** Figures on the incidents of a window. */
export interface IncidentStatistics {
  readonly incidents: number;
  /** How many of them are open now. */
  readonly open: number;
  /** From the earliest onset that the analysis found to the first alert (`andon_mttd_secs`). */
  readonly timeToDetect: MeanDuration;
  /** From the first alert to the first acknowledgement. */
  readonly timeToAcknowledge: MeanDuration;
  /** From the first alert to the end. */
  readonly timeToResolve: MeanDuration;
}

function meanOf(durations: readonly number[]): MeanDuration {
  const incidents = durations.length;
  const sum = durations.reduce((all, duration) => all + duration, 0);
  return { meanMs: incidents === 0 ? undefined : sum / incidents, incidents };
}

/** What lies between two times; an alert before the onset is no time at all, and not one that counts against others. */
function between(from: Instant | undefined, to: Instant | undefined): readonly number[] {
  return from === undefined || to === undefined ? [] : [Math.max(0, to - from)];
}

/** The incidents that a question is about. */
export function incidentsWithin(
  incidents: readonly Incident[],
  { window, service }: StatisticsQuestion,
): readonly Incident[] {
  return incidents.filter(
    (incident) =>
      incident.startsAt >= window.from &&
      incident.startsAt < window.to &&
      (service === undefined || incident.service === service),
  );
}

/** Figures on incidents, given when each was first acknowledged. */
export function statisticsOfIncidents(
  incidents: readonly Incident[],
  acknowledgedAt: ReadonlyMap<string, Instant>,
): IncidentStatistics {
  return {
    incidents: incidents.length,
    open: incidents.filter(({ state }) => state === 'open').length,
    timeToDetect: meanOf(incidents.flatMap(({ onsetAt, startsAt }) => between(onsetAt, startsAt))),
    timeToAcknowledge: meanOf(
      incidents.flatMap(({ id, startsAt }) => between(startsAt, acknowledgedAt.get(id))),
    ),
    timeToResolve: meanOf(incidents.flatMap(({ startsAt, endsAt }) => between(startsAt, endsAt))),
  };
}
