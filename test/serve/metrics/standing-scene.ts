import {
  bandOf,
  burnRulesFor,
  type Health,
  healthOfPillar,
  healthSettingsOf,
  metricNames,
  metricTableOf,
  type PillarMetric,
  pillars,
  type SloStatus,
  type Standing,
  type SubjectTrend,
} from '../../../src/analysis/index.js';
import { readOntologyTerms } from '../../../src/graph/index.js';
import { DAY_MS, identityOf, instantOf, shift } from '../../../src/model/index.js';

export const pillarMetrics = metricTableOf(await readOntologyTerms());

export const at = instantOf(Date.UTC(2026, 0, 2, 3, 4, 0));
const window = { from: shift(at, -60_000), to: at };

/** The health of a scope with these readings. */
export function healthWith(
  service: string | undefined,
  readings: ReadonlyMap<PillarMetric, number>,
  receipts = 1,
): Health {
  const settings = healthSettingsOf(pillarMetrics);
  const scored = pillars.map((pillar) => healthOfPillar(pillar, readings, settings));
  const scores = scored.flatMap(({ score }) => (score === undefined ? [] : [score]));
  const score = scores.length === 0 ? undefined : scores.reduce((sum, one) => sum + one, 0) / scores.length;
  return {
    ...{ service, window, readings, receipts, score, pillars: scored },
    band: score === undefined ? undefined : bandOf(score),
  };
}

/** Every metric with some value. */
export const everyReading = new Map(metricNames.map((name, index) => [name, index + 0.25] as const));

const slo: SloStatus['slo'] = {
  ...{ kind: 'slo', id: identityOf('slo'), at, receivedAt: at, door: 'events' },
  ...{ slo: 'checkout-latency', service: 'checkout', metric: 'kanban_latency_p99_ms', target: 200 },
};

/** An objective that burns its budget fast. */
export const burning: SloStatus = {
  ...{ slo, at, window, state: 'missed', unit: 'minutes', objectivePercent: 99, attainmentPercent: 97.5 },
  ...{ coverage: 0.9, good: 975, total: 1000, budget: { allowed: 10, spent: 25, leftPercent: -150 } },
  burns: burnRulesFor(30 * DAY_MS).map((rule) => ({
    rule,
    long: { lengthMs: rule.longMs, badShare: 0.2, rate: 20 },
    short: { lengthMs: rule.shortMs, badShare: undefined, rate: rule.name === 'page-fast' ? 20 : undefined },
    firing: rule.name === 'page-fast' ? true : undefined,
  })),
  ...{ current: 185, headroomPercent: 7.5, parts: [], missing: [], outliersLeftOut: undefined },
};

/** A trend of a metric of `checkout` over a day. */
export function trendTo(verdict: SubjectTrend['trend']['verdict'], metric: string): SubjectTrend {
  return {
    ...{ service: 'checkout', metric, series: [], isRate: false, gaps: [], isStalled: false },
    trend: {
      ...{ window: { from: shift(at, -DAY_MS), to: at }, stepMs: 600_000, verdict, points: 144, coverage: 1 },
      ...{ current: 1, mean: 1, relativePosition: 0, p: 0.01, adjustedP: 0.02, growthPerMonth: undefined },
      slopePerDay: verdict === 'not-enough-data' ? undefined : { value: 2.2, low: 2, high: 2.4 },
      ...{ changes: [], reversals: [], outliers: [], seasons: [], meanWithoutOutliers: 1 },
    },
  };
}

/** A standing of some scopes. */
export function standingOf(scopes: readonly Health[], parts: Partial<Standing> = {}): Standing {
  return { at, scopes, slos: [], trends: [], recommendations: [], ...parts };
}
