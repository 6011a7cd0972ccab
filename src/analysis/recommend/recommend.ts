/** Recommendations from all that was found: what to do first, with what shows it. */
import { fromAlerts } from './alerts.js';
import type { Findings } from './findings.js';
import { fromMeasuring } from './measuring.js';
import { fromPillars } from './pillars.js';
import { byUrgency, type Proposal, type Recommendation, ranked } from './recommendation.js';
import { fromSlos } from './slos.js';
import { fromTrends } from './trends.js';

const keyOf = ({ service, metric }: Proposal): string => JSON.stringify([service ?? null, metric ?? null]);

/** Of one metric of a service only the first of these is told: an objective says more than a target, that more than a trend. */
function strongest(lists: readonly (readonly Proposal[])[]): readonly Proposal[] {
  const told = new Set<string>();
  return lists.flatMap((list) => {
    const kept = list.filter((proposal) => proposal.metric === undefined || !told.has(keyOf(proposal)));
    for (const proposal of kept) if (proposal.metric !== undefined) told.add(keyOf(proposal));
    return kept;
  });
}

/**
 * What the findings ask for, the most urgent first. Pure: the same findings give the same answer, and the same trouble has
 * the same id whenever it is found.
 */
export function recommend(findings: Findings): readonly Recommendation[] {
  return [
    ...strongest([fromSlos(findings), fromPillars(findings), fromTrends(findings)]),
    ...fromAlerts(findings),
    ...fromMeasuring(findings),
  ]
    .map(ranked)
    .sort(byUrgency);
}
