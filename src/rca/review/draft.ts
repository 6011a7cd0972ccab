/** Drafts the review of a week from its figures and its incidents. */
import {
  proposedOf,
  type ReviewSources,
  readIncidents,
  readWeekFigures,
  type Week,
} from '../../analysis/index.js';
import { type Instant, pathOf } from '../../model/index.js';
import type { Incident } from '../incident.js';
import { healthClaim, healthRows, sloClaims, sloRows, trendClaims } from './health.js';
import { incidentClaim, incidentRow, MOST_INCIDENTS, worstOf } from './incidents.js';
import { alertClaims, improvementClaims, missingClaims } from './practice.js';
import type { Review, ReviewClaim, ReviewedEvidence } from './review.js';

/** What reviews are drafted from. */
export interface ReviewParts extends ReviewSources {
  /** An incident with what was found and said of it. */
  readonly incident: (id: string) => Promise<Incident | undefined>;
}

/** The paths that a draft cites, numbered in the order of the document. */
function evidenceOf(draft: Omit<Review, 'evidence'>): readonly ReviewedEvidence[] {
  const claims: readonly ReviewClaim[] = [
    ...draft.summary,
    ...draft.trends,
    ...draft.sloClaims,
    ...draft.incidents.map(({ cause }) => cause),
    ...draft.alerting,
    ...draft.improvements,
    ...draft.missing,
  ];
  const proposed = draft.proposals.flatMap(({ evidence }) =>
    evidence.flatMap((one) => (one.type === 'thing' ? [one.path] : [])),
  );
  const paths = [
    ...claims.flatMap(({ cites }) => cites),
    ...draft.slos.flatMap(({ cites }) => cites),
    ...proposed,
  ];
  return [...new Set(paths)].map((path, index) => ({ number: index + 1, path }));
}

/**
 * Drafts the review of a week as far as it is over at `now`; the same evidence gives the same draft. Fails as the store
 * does, and with `bad-window` for a week that has not begun.
 */
export async function draftReview(week: Week, now: Instant, parts: ReviewParts): Promise<Review> {
  const { store, metrics, incident: incidentOf } = parts;
  const figures = await readWeekFigures(parts, week, now);
  const { window } = figures;
  const all = await readIncidents(store, window);
  const worst = worstOf(all, window).slice(0, MOST_INCIDENTS);
  const known = await Promise.all(worst.map(({ incident: id }) => incidentOf(id)));
  const incidents = known.flatMap((incident) =>
    incident === undefined ? [] : [incidentRow(incident, window)],
  );
  const open = all.filter(({ state }) => state === 'open').length;
  const seriesPathOf = (metric: string, service: string | undefined): string | undefined => {
    const services = service === undefined ? {} : { services: [service] };
    const found = store.findSeries({ metrics: [metric], ...services }).find((one) => one.service === service);
    return found && pathOf({ type: 'series', series: found.key });
  };
  const [firstOfSlos] = sloClaims(figures);
  const draft = {
    ...{ week: week.name, timeZone: week.timeZone, window, isOver: figures.isOver },
    ...{ previous: week.previous, next: week.next, incidents, incidentCount: all.length },
    summary: [
      healthClaim(figures),
      ...(firstOfSlos === undefined ? [] : [firstOfSlos]),
      incidentClaim(incidents, all.length, open, window),
    ],
    health: healthRows(figures, metrics),
    trends: trendClaims(figures, metrics, seriesPathOf),
    slos: sloRows(figures),
    sloClaims: sloClaims(figures).slice(1),
    alerting: alertClaims(figures),
    improvements: improvementClaims(figures),
    proposals: proposedOf(figures.recommendations),
    missing: missingClaims(figures),
  };
  return { ...draft, evidence: evidenceOf(draft) };
}
