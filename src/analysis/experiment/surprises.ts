import type { Levels } from './read.js';
import type { Expectation, Outcome } from './verdict.js';

/** A p99 or a throughput that moves by less is no surprise. */
const NOTABLE_PERCENT = 10;

/** What surprises are looked for in. */
export interface Findings {
  readonly outcome: Outcome;
  readonly expectation: Expectation;
  readonly baseline: Levels | undefined;
  /** The canary while the experiment ran. */
  readonly during: Levels | undefined;
}

const signed = (percent: number): string => `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
const figure = (value: number): string => String(Number(value.toPrecision(4)));

function percentBetween(before: number | undefined, after: number | undefined): number | undefined {
  if (before === undefined || after === undefined || before === 0) return undefined;
  return ((after - before) / Math.abs(before)) * 100;
}

function ofExpectation({ outcome: { changePercent, verdict }, expectation }: Findings): readonly string[] {
  if (changePercent === undefined || verdict === 'undecided') return [];
  const { wanted, byPercent } = expectation;
  const expected = signed(wanted === 'higher' ? byPercent : -byPercent);
  const { value, low, high } = changePercent;
  const [worst, best] = wanted === 'higher' ? [low, high] : [-high, -low];
  const interval = `${signed(value)} (${signed(low)} to ${signed(high)})`;
  if (verdict === 'negative') return [`It went the other way: ${interval} where ${expected} was expected.`];
  if (worst > byPercent && byPercent > 0)
    return [`It did more than expected: ${interval} where ${expected} was expected.`];
  if (best < byPercent) return [`It did less than expected: ${interval} where ${expected} was expected.`];
  return [];
}

function ofTail({ outcome, baseline, during }: Findings): readonly string[] {
  const tail = percentBetween(baseline?.p99, during?.p99);
  const { value } = outcome.shift;
  if (tail === undefined || Math.abs(tail) < NOTABLE_PERCENT || tail * value >= 0) return [];
  const [p99, was] = [figure(during?.p99 ?? 0), figure(baseline?.p99 ?? 0)];
  const went = value < 0 ? 'fell' : 'rose';
  return [`Its p99 went from ${was} to ${p99} (${signed(tail)}), though its median ${went}.`];
}

function ofThroughput({ baseline, during }: Findings): readonly string[] {
  const [was, is] = [baseline?.throughputPerMin, during?.throughputPerMin];
  const moved = percentBetween(was, is);
  if (moved === undefined || Math.abs(moved) < NOTABLE_PERCENT) return [];
  return [`Throughput went from ${figure(was ?? 0)} to ${figure(is ?? 0)} a minute (${signed(moved)}).`];
}

/** What was not to be expected of an experiment, as sentences: its size and direction, its tail, and its throughput. */
export function surprisesOf(findings: Findings): readonly string[] {
  return [...ofExpectation(findings), ...ofTail(findings), ...ofThroughput(findings)];
}
