/** What to do about metrics that get worse. */
import { DAY_MS, formatInstant, instantOf, shift } from '../../model/index.js';
import { metricNames } from '../metrics.js';
import {
  ask,
  type Findings,
  figure,
  lasting,
  type MetricTrend,
  measured,
  seriesPaths,
  servicePath,
  things,
  whereOf,
} from './findings.js';
import { gainTo } from './pillars.js';
import type { Proposal } from './recommendation.js';

/** The levels that a trend leads from and to over its window; undefined where it has none. */
function levelsOf({ trend }: MetricTrend): { readonly from: number; readonly to: number } | undefined {
  const { slopePerDay, current, window } = trend;
  if (slopePerDay === undefined || current === undefined) return undefined;
  return { from: current - slopePerDay.value * ((window.to - window.from) / DAY_MS), to: current };
}

function proposalOf(subject: MetricTrend, { metrics, seriesOf, at }: Findings): Proposal | undefined {
  const { trend, metric, service } = subject;
  const levels = levelsOf(subject);
  const turned = trend.reversals.at(-1);
  const isTurned = turned?.to === 'degrading';
  if (levels === undefined || (trend.verdict !== 'degrading' && !isTurned)) return undefined;
  const name = metricNames.find((known) => known === metric);
  const unit = name === undefined ? '' : metrics[name].unit;
  const perDay = trend.slopePerDay?.value ?? 0;
  const since = isTurned ? instantOf(turned.at) : trend.window.from;
  const over = lasting(trend.window.to - trend.window.from);
  const course = `${perDay < 0 ? '' : '+'}${measured(perDay, unit)} a day over ${over}, now ${measured(levels.to, unit)}`;
  return {
    ...{ source: isTurned ? 'reversal' : 'trend', subject: metric, metric },
    ...(service === undefined ? {} : { service }),
    priority: 3,
    title: isTurned
      ? `${metric} of ${whereOf(service)} was getting better and gets worse since ${formatInstant(since)} (${course})`
      : `${metric} of ${whereOf(service)} gets worse (${course})`,
    action: 'Look at what changed where it began to get worse, before it crosses its threshold.',
    evidence: [
      ...things([...seriesPaths(seriesOf(metric, service)), ...servicePath(service)]),
      ask('correlation/changes-before', { since: shift(since, -DAY_MS), spike: since }),
    ],
    effort: 'medium',
    expectedGainPercent: gainTo(levels.to, levels.from),
    gainBasis: `The way back to where it was ${figure((at - trend.window.from) / DAY_MS)} days ago.`,
  };
}

/** What degrading trends and reversals ask for. */
export function fromTrends(findings: Findings): readonly Proposal[] {
  return findings.trends.flatMap((subject) => proposalOf(subject, findings) ?? []);
}
