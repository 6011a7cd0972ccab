/** What to do about a missed objective: one that is kept today, then better ones, and whether misses come in a rhythm. */
import type { EvidenceStore } from '../../evidence/index.js';
import { HOUR_MS } from '../../model/index.js';
import { seededUniform } from '../random.js';
import { type GridValue, seasonality } from '../trend/seasonality.js';
import { countSteps, findSeriesOf } from './counting.js';
import { objectiveOf } from './objective.js';
import type { SloStatus } from './status.js';

/** How misses are spread over time; `unknown` with less than three days of hours. */
export type MissPattern = 'steady' | 'daily' | 'weekly' | 'unknown';

/** A way to an objective that is missed. */
export interface SloProposal {
  /** Objectives in percent to take one after the other: the first is kept already, the last is the one that is missed. */
  readonly phases: readonly number[];
  readonly pattern: MissPattern;
  /** The hour of the day, in UTC, at which most is bad; only of a daily pattern. */
  readonly worstHour: number | undefined;
  /** What it says, in a sentence. */
  readonly sentence: string;
}

/** The rungs that objectives usually stand on, in percent. */
const LADDER = [0, 50, 75, 90, 95, 97, 99, 99.9, 99.99, 99.999];

/** The phases from what was attained to an objective, in percent. */
export function phasesFor(attainedPercent: number, objectivePercent: number): readonly number[] {
  const first = LADDER.findLast((rung) => rung <= attainedPercent) ?? 0;
  const between = LADDER.filter((rung) => rung > first && rung < objectivePercent);
  return [...(first > 0 && first < objectivePercent ? [first] : []), ...between, objectivePercent];
}

/** Less of the variance than this is no rhythm worth naming. */
const LEAST_STRENGTH = 0.25;
const LEAST_SURE = 0.05;
const HOURS_A_DAY = 24;
const HOURS_A_WEEK = 168;

function patternOf(hours: readonly GridValue[], random: () => number): MissPattern {
  const first = hours[0]?.place ?? 0;
  const many = (hours.at(-1)?.place ?? 0) - first + 1;
  if (hours.length < 3 * HOURS_A_DAY || many < 3 * HOURS_A_DAY) return 'unknown';
  const comes = (period: number): boolean => {
    const found = seasonality(hours, period, random);
    return found !== undefined && found.p <= LEAST_SURE && found.strength >= LEAST_STRENGTH;
  };
  if (comes(HOURS_A_DAY)) return 'daily';
  return comes(HOURS_A_WEEK) ? 'weekly' : 'steady';
}

/** The hour of the day with the largest mean. */
function worstHourOf(hours: readonly GridValue[]): number {
  const sums = new Float64Array(HOURS_A_DAY);
  for (const { place, value } of hours) sums[place % HOURS_A_DAY] = (sums[place % HOURS_A_DAY] ?? 0) + value;
  return sums.indexOf(Math.max(...sums));
}

const said: Readonly<Record<MissPattern, (hour: number | undefined) => string>> = {
  steady: () => 'misses come at all hours, so the system as it is does not reach it',
  daily: (hour) =>
    `misses come again each day, most of them at ${String(hour ?? 0).padStart(2, '0')} o'clock UTC`,
  weekly: () => 'misses come again each week',
  unknown: () => 'there is less than three days of data to tell whether misses have a rhythm',
};

function proposalOf(
  { objectivePercent, attainmentPercent = 0 }: SloStatus,
  hours: readonly GridValue[],
  random: () => number,
): SloProposal {
  const phases = phasesFor(attainmentPercent, Number(objectivePercent.toPrecision(12)));
  const pattern = patternOf(hours, random);
  const worstHour = pattern === 'daily' ? worstHourOf(hours) : undefined;
  const steps = phases.map((percent) => `${percent} %`).join(', then ');
  const attained = `${attainmentPercent.toPrecision(4)} % was attained`;
  return { phases, pattern, worstHour, sentence: `${attained}: take ${steps}; ${said[pattern](worstHour)}.` };
}

/**
 * Proposes a way to each objective that is missed, in the order given; undefined for the others. The bad share of each
 * hour of the window is judged by the revision in force. Fails as the store does.
 */
export async function proposeObjectives(
  store: EvidenceStore,
  statuses: readonly SloStatus[],
): Promise<readonly (SloProposal | undefined)[]> {
  const missed = statuses.filter(({ state }) => state === 'missed');
  const parts = missed.flatMap(({ slo: revision, window }) => {
    const objective = objectiveOf(revision);
    return objective === undefined ? [] : [{ revision, objective, window }];
  });
  const series = await findSeriesOf(store, parts);
  const proposals = new Map<SloStatus, SloProposal>();
  for (const [place, status] of missed.entries()) {
    const [part, own] = [parts[place], series[place]];
    if (part === undefined || own === undefined) continue;
    const counts = await countSteps(store, { part, series: own, stretches: [] }, part.window, HOUR_MS);
    const first = Math.floor(part.window.from / HOUR_MS);
    const hours = [...counts]
      .sort(([a], [b]) => a - b)
      .flatMap(([step, { total, bad }]) => (total > 0 ? [{ place: first + step, value: bad / total }] : []));
    proposals.set(status, proposalOf(status, hours, seededUniform(1)));
  }
  return statuses.map((status) => proposals.get(status));
}
