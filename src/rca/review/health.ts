/** How the pillars did, where metrics are going, and which objectives were kept. */
import {
  type Health,
  type MetricTable,
  pillars,
  type SloStatus,
  type WeekFigures,
} from '../../analysis/index.js';
import { pathOf, pathOfEvent } from '../../model/index.js';
import type { HealthRow, ReviewClaim, SloRow } from './review.js';
import { many, number, ofService, over, said, signed, where } from './words.js';

/** So many services are shown, at most: those of the lowest score. */
const MOST_SERVICES = 20;
/** So many trends are told, at most. */
const MOST_TRENDS = 10;

function costMost(health: Health, metrics: MetricTable): string | undefined {
  const costs = health.pillars
    .flatMap(({ inputs }) => inputs)
    .flatMap(({ metric, value, cost }) => (cost === undefined || cost <= 0 ? [] : [{ metric, value, cost }]))
    .sort((a, b) => b.cost - a.cost);
  const [most] = costs;
  if (most === undefined) return undefined;
  const { unit } = metrics[most.metric];
  return `${most.metric} ${number(most.value)}${unit === '0..1' || unit === 'count' ? '' : ` ${unit}`}`;
}

/** The health of the system and of the services that did worst. */
export function healthRows(
  { health, healthBefore }: WeekFigures,
  metrics: MetricTable,
): readonly HealthRow[] {
  const before = new Map(healthBefore.map((one) => [one.service, one.score]));
  const rows = health.map((one) => ({
    ...{ service: one.service, score: one.score, band: one.band, before: before.get(one.service) },
    pillars: pillars.map((pillar) => ({
      pillar,
      score: one.pillars.find((scored) => scored.pillar === pillar)?.score,
    })),
    costMost: costMost(one, metrics),
  }));
  const services = rows
    .filter(({ service }) => service !== undefined)
    .sort((a, b) => (a.score ?? 101) - (b.score ?? 101) || ((a.service ?? '') < (b.service ?? '') ? -1 : 1));
  return [...rows.filter(({ service }) => service === undefined), ...services.slice(0, MOST_SERVICES)];
}

/** The health of the system as a sentence. */
export function healthClaim(figures: WeekFigures): ReviewClaim {
  const [system] = figures.health;
  const [before] = figures.healthBefore;
  const question = over('correlation/around-time', figures.window);
  if (system?.score === undefined) {
    return said('The health of the system is not known: no pillar has enough data.', [], question);
  }
  const worst = figures.health
    .filter(({ service, score }) => service !== undefined && score !== undefined && score < 80)
    .sort((a, b) => (a.score ?? 0) - (b.score ?? 0));
  const course =
    before?.score === undefined
      ? 'the week before has no score'
      : `${signed(system.score - before.score)} against the week before`;
  const services = figures.health.filter(({ service }) => service !== undefined);
  const named = worst
    .slice(0, 3)
    .map(({ service, score = 0, band }) => `${service} ${number(score)} (${band})`);
  const told =
    worst.length === 0 ? 'every service with a score is GREEN' : `below GREEN: ${named.join(', ')}`;
  const more = worst.length > 3 ? ` and ${worst.length - 3} more` : '';
  const cited = (worst.length === 0 ? services : worst).slice(0, 5).map(({ service }) => ofService(service));
  return said(
    `The system scored ${number(system.score)} of 100, ${system.band} (${course}); ${told}${more}.`,
    cited,
    question,
  );
}

const verbs = { improving: 'got better', degrading: 'got worse' } as const;

/** What moved between the weeks, the largest changes first, and how much was looked at. */
export function trendClaims(
  { courses, window }: WeekFigures,
  metrics: MetricTable,
  seriesPathOf: (metric: string, service: string | undefined) => string | undefined,
): readonly ReviewClaim[] {
  const moved = courses
    .filter(({ weeks: { verdict } }) => verdict === 'improving' || verdict === 'degrading')
    .sort((a, b) => Math.abs(b.weeks.changePercent ?? 0) - Math.abs(a.weeks.changePercent ?? 0));
  const unknown = courses.filter(({ weeks: { verdict } }) => verdict === 'not-enough-data').length;
  const told = moved.slice(0, MOST_TRENDS).map(({ service, metric, weeks }) => {
    const { verdict, medianBefore = 0, medianAfter = 0, changePercent, adjustedP = 1, hours } = weeks;
    const verb = verdict === 'improving' ? verbs.improving : verbs.degrading;
    const { unit } = metrics[metric];
    const change = changePercent === undefined ? '' : `, ${signed(changePercent)} %`;
    return said(
      `${metric} of ${where(service)} ${verb}: the median went from ${number(medianBefore)} to ${number(medianAfter)}${unit === '0..1' || unit === 'count' ? '' : ` ${unit}`}${change} (${hours} hours in common, p ${adjustedP < 0.001 ? '< 0.001' : adjustedP.toFixed(3)}).`,
      [seriesPathOf(metric, service), ofService(service)],
      ...(service === undefined ? [over('correlation/around-time', window)] : []),
    );
  });
  const rest = `${many(courses.length, 'metric')} were compared hour by hour with the week before: ${moved.length} moved, ${courses.length - moved.length - unknown} held steady, ${unknown} had too little in common.`;
  return [...told, said(rest, [], over('correlation/around-time', window))];
}

/** The objectives, those in trouble first. */
export function sloRows({ slos }: WeekFigures): readonly SloRow[] {
  const order = { missed: 0, unknown: 1, met: 2 } as const;
  return [...slos]
    .sort((a, b) => order[a.state] - order[b.state] || (a.slo.slo < b.slo.slo ? -1 : 1))
    .map(({ slo, state, attainmentPercent, objectivePercent, coverage, budget, headroomPercent }) => ({
      ...{ name: slo.slo, service: slo.service, state, attainmentPercent, objectivePercent, coverage },
      ...{ budgetLeftPercent: budget.leftPercent, headroomPercent },
      cites: [pathOf({ type: 'slo', name: slo.slo }), pathOfEvent(slo)],
    }));
}

function burning({ slo, burns }: SloStatus): readonly ReviewClaim[] {
  const firing = burns.find((burn) => burn.firing === true);
  if (firing?.long.rate === undefined) return [];
  return [
    said(
      `${slo.slo} burns its error budget ${number(firing.long.rate)} times as fast as it may (rule ${firing.rule.name}).`,
      [pathOf({ type: 'slo', name: slo.slo }), pathOfEvent(slo)],
    ),
  ];
}

/** What objectives come to, in sentences. */
export function sloClaims({ slos }: WeekFigures): readonly ReviewClaim[] {
  const without = { pack: 'slo/without', parameters: {} };
  if (slos.length === 0)
    return [said('No objective is in force: nothing says how good is good enough.', [], without)];
  const counts = { met: 0, missed: 0, unknown: 0 };
  for (const { state } of slos) counts[state] += 1;
  const paths = slos.slice(0, 5).map(({ slo }) => pathOf({ type: 'slo', name: slo.slo }));
  const all = said(
    `Of ${many(slos.length, 'objective')} ${counts.met} were met, ${counts.missed} missed, and ${counts.unknown} cannot be judged.`,
    paths,
    without,
  );
  return [all, ...slos.flatMap(burning)];
}
