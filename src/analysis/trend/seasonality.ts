import { median, midranks } from '../order.js';
import { deviation, mean } from '../statistics.js';

/** Fewer cycles cannot tell a season from a coincidence. */
const LEAST_CYCLES = 3;

/** Draws of the test: the smallest p is one in 200. */
const DRAWS = 199;

/** Once so many draws agree as much the answer is no, and more of them tell nothing (Besag and Clifford, Biometrika 78, 1991). */
const ENOUGH_AS_MUCH = 20;

/** A value at a place of an even grid of time; places without one are left out. */
export interface GridValue {
  readonly place: number;
  readonly value: number;
}

/** What comes again in each period of a series. */
export interface Seasonality {
  /** The part of the variance that the period explains, 0..1. */
  readonly strength: number;
  /** The probability of so much agreement between the periods by chance. */
  readonly p: number;
  /** The median at each place of the period, around 0. */
  readonly profile: readonly number[];
}

/** Whether values between two places have cycles enough for a season of so many places. */
export function hasCycles(first: number, last: number, period: number): boolean {
  return period >= 2 && last - first + 1 >= LEAST_CYCLES * period;
}

/** How much the means of the phases differ when each cycle is turned by its own number of places. */
function agreement(ranks: readonly GridValue[], period: number, turns: readonly number[]): number {
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  for (const { place, value } of ranks) {
    const phase = (place + (turns[Math.floor(place / period)] ?? 0)) % period;
    sums[phase] = (sums[phase] ?? 0) + value;
    counts[phase] = (counts[phase] ?? 0) + 1;
  }
  return sums.reduce((total, sum, phase) => total + (sum === 0 ? 0 : sum ** 2 / (counts[phase] ?? 1)), 0);
}

function profileOf(values: readonly GridValue[], period: number): readonly number[] {
  const phases: number[][] = Array.from({ length: period }, () => []);
  for (const { place, value } of values) phases[place % period]?.push(value);
  const middles = phases.map((phase) => median(phase) ?? 0);
  const level = mean(middles) ?? 0;
  return middles.map((middle) => middle - level);
}

/**
 * Whether values without their trend come again with a period of so many places. The test turns each cycle by a random
 * number of places, which keeps what neighbours have in common and takes away what cycles have; it works on ranks.
 * Undefined for fewer than three cycles; `random` gives numbers 0 <= x < 1.
 */
export function seasonality(
  values: readonly GridValue[],
  period: number,
  random: () => number,
): Seasonality | undefined {
  const first = values[0]?.place ?? 0;
  const last = values.at(-1)?.place ?? 0;
  if (!hasCycles(first, last, period)) return undefined;
  const cycles = Math.ceil((last - first + 1) / period);
  const shifted = values.map(({ place, value }) => ({ place: place - first, value }));
  const middleRank = (values.length + 1) / 2;
  const ranked = midranks(values.map(({ value }) => value));
  const ranks = shifted.map(({ place }, item) => ({
    place,
    value: (ranked[item] ?? middleRank) - middleRank,
  }));
  const found = agreement(ranks, period, []);
  let asMuch = 1;
  let draws = 0;
  for (; draws < DRAWS && asMuch < ENOUGH_AS_MUCH; draws++) {
    const turns = Array.from({ length: cycles }, () => Math.floor(random() * period));
    if (agreement(ranks, period, turns) >= found) asMuch++;
  }
  const profile = profileOf(shifted, period);
  const whole = deviation(values.map(({ value }) => value)) ?? 0;
  const left = deviation(shifted.map(({ place, value }) => value - (profile[place % period] ?? 0))) ?? 0;
  return {
    strength: whole === 0 ? 0 : Math.max(0, 1 - (left / whole) ** 2),
    p: asMuch / (draws + 1),
    // Phases are told from the first place of the grid again, not from the first value.
    profile: profile.map((_, phase) => profile[(((phase - first) % period) + period) % period] ?? 0),
  };
}
