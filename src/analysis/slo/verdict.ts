/** Makes the status of an objective of what was counted: plain arithmetic. */
import { instantOf, MINUTE_MS } from '../../model/index.js';
import type { Count } from './counting.js';
import type { PlannedPart, SloPlan } from './plan.js';
import type { BurnStatus, BurnWindow, ErrorBudget, SloPart, SloState, SloStatus, SloUnit } from './status.js';

/** What was counted of a plan: by how far back it goes, in milliseconds, one for each part. */
export type PlanCounts = ReadonlyMap<number, readonly Count[]>;

/** Less data than this share of a window and nobody knows. */
const LEAST_COVERAGE = 0.5;

/** Several parts put together, in one unit. */
interface Sum {
  readonly unit: SloUnit;
  /** With data as a share of all, 0..1. */
  readonly coverage: number;
  readonly total: number;
  readonly bad: number;
  /** How much may be bad, each part by its own objective. */
  readonly allowed: number;
  readonly outliers: number;
}

/** How long the slices are that a part has within so far back of the window's end. */
function slicesMs({ objective: { sliceMs }, window }: PlannedPart, plan: SloPlan, lengthMs: number): number {
  const from = Math.max(window.from, plan.window.to - lengthMs);
  return Math.max(0, Math.floor(window.to / sliceMs) - Math.floor(from / sliceMs)) * sliceMs;
}

const clamped = ({ total, bad }: Count): number => Math.max(0, Math.min(total, bad));

/** Events of a part told as minutes, where another part counts minutes: its minutes with data, as bad as its events. */
function inMinutes(count: Count): { readonly total: number; readonly bad: number } {
  const total = count.total > 0 ? count.knownMs / MINUTE_MS : 0;
  return { total, bad: count.total > 0 ? (total * clamped(count)) / count.total : 0 };
}

function sumOf(plan: SloPlan, counts: PlanCounts, lengthMs: number): Sum {
  const { parts } = plan;
  const found = counts.get(lengthMs) ?? [];
  const unit = parts.every(({ objective }) => objective.unit === 'events') ? 'events' : 'minutes';
  let [knownMs, allMs, total, bad, allowed, outliers] = [0, 0, 0, 0, 0, 0];
  for (const [place, part] of parts.entries()) {
    allMs += slicesMs(part, plan, lengthMs);
    const count = found[place];
    if (count === undefined) continue;
    const { unit: own, share, sliceMs } = part.objective;
    const each = own === unit ? { total: count.total, bad: clamped(count) } : inMinutes(count);
    // What was left out on purpose is not missing.
    knownMs += count.knownMs + count.outliers * sliceMs;
    total += each.total;
    bad += each.bad;
    allowed += each.total * (1 - share);
    outliers += count.outliers;
  }
  return { unit, coverage: allMs === 0 ? 0 : knownMs / allMs, total, bad, allowed, outliers };
}

/** Rounding must not turn what is exactly allowed into too much. */
const exceeds = (value: number, most: number): boolean => value > most * (1 + 1e-9) + 1e-12;

function burnWindow(sum: Sum, lengthMs: number): BurnWindow {
  if (sum.coverage < LEAST_COVERAGE) return { lengthMs, badShare: undefined, rate: undefined };
  // Counters that say that there were no events say that nothing was bad.
  if (sum.total === 0) return { lengthMs, badShare: 0, rate: 0 };
  return {
    lengthMs,
    badShare: sum.bad / sum.total,
    rate: sum.allowed > 0 ? sum.bad / sum.allowed : undefined,
  };
}

function burnsOf(plan: SloPlan, counts: PlanCounts): readonly BurnStatus[] {
  return plan.rules.map((rule) => {
    const sums = [sumOf(plan, counts, rule.longMs), sumOf(plan, counts, rule.shortMs)];
    const known = sums.every(({ coverage }) => coverage >= LEAST_COVERAGE);
    const burning = sums.every(({ bad, allowed }) => exceeds(bad, rule.factor * allowed));
    const [long, short] = sums;
    return {
      rule,
      long: long === undefined ? NOT_KNOWN : burnWindow(long, rule.longMs),
      short: short === undefined ? NOT_KNOWN : burnWindow(short, rule.shortMs),
      firing: known ? burning : undefined,
    };
  });
}

const NOT_KNOWN: BurnWindow = { lengthMs: 0, badShare: undefined, rate: undefined };

function budgetOf({ total, bad, allowed }: Sum): ErrorBudget {
  const leftPercent = total === 0 ? 100 : allowed > 0 ? (1 - bad / allowed) * 100 : undefined;
  return { allowed, spent: bad, leftPercent };
}

function stateOf({ coverage, total, bad, allowed }: Sum): SloState {
  if (coverage < LEAST_COVERAGE || total === 0) return 'unknown';
  return exceeds(bad, allowed) ? 'missed' : 'met';
}

const percentGood = (total: number, bad: number): number | undefined =>
  total > 0 ? ((total - bad) / total) * 100 : undefined;

function partStatus(plan: SloPlan, counts: PlanCounts, place: number): readonly SloPart[] {
  const [part, count] = [plan.parts[place], counts.get(plan.objective.windowMs)?.[place]];
  if (part === undefined) return [];
  const allMs = slicesMs(part, plan, plan.objective.windowMs);
  if (allMs === 0) return [];
  const window = {
    from: instantOf(Math.max(part.window.from, plan.window.from)),
    to: part.window.to,
  };
  return [
    {
      revision: part.revision,
      window,
      attainmentPercent: count === undefined ? undefined : percentGood(count.total, clamped(count)),
      coverage: (count?.knownMs ?? 0) / allMs,
    },
  ];
}

/** The latest level, or the recent share of good events in percent. */
function currentOf(plan: SloPlan, counts: PlanCounts): number | undefined {
  const count = counts.get(plan.currentMs)?.at(-1);
  // A revision of less than a slice ago has seen nothing yet.
  if (plan.parts.at(-1)?.revision !== plan.slo) return undefined;
  if (count === undefined || count.knownMs === 0) return undefined;
  return plan.objective.indicator.type === 'level' ? count.latest : percentGood(count.total, clamped(count));
}

/**
 * How far a level is from its target, in percent of the target: (target - current) / target, so that 185 of at most 200
 * is 7.5; of one that must be at least the target, the other way round.
 */
export function headroomPercent(
  current: number,
  target: number,
  direction: 'at_most' | 'at_least',
): number | undefined {
  if (target === 0) return undefined;
  const left = direction === 'at_most' ? target - current : current - target;
  return (left / Math.abs(target)) * 100;
}

function missingOf(plan: SloPlan, sum: Sum, hasSeries: boolean): readonly string[] {
  const { indicator, sliceMs } = plan.objective;
  const metric = indicator.type === 'level' ? indicator.level.metric : indicator.total.metric;
  if (!hasSeries) return [`No series of ${metric} that it speaks of has ever come in.`];
  if (sum.coverage < LEAST_COVERAGE) {
    const covered = `Only ${(sum.coverage * 100).toFixed(1)} % of its window has data of ${metric}, and half of it must`;
    const hint = sum.coverage > 0 && sliceMs < 60 * MINUTE_MS;
    return [
      `${covered}${hint ? '; where samples come less often than each slice, give it longer ones' : ''}.`,
    ];
  }
  return sum.total === 0 ? [`There were no events of ${metric} in its window.`] : [];
}

/** The status of a planned objective, from what was counted. */
export function statusOf(
  plan: SloPlan,
  counts: PlanCounts,
  hasSeries: boolean,
  outliersOut = false,
): SloStatus {
  const sum = sumOf(plan, counts, plan.objective.windowMs);
  const current = currentOf(plan, counts);
  const { indicator, share } = plan.objective;
  return {
    slo: plan.slo,
    at: plan.at,
    window: plan.window,
    state: stateOf(sum),
    unit: sum.unit,
    objectivePercent: sum.total > 0 ? (1 - sum.allowed / sum.total) * 100 : share * 100,
    attainmentPercent: percentGood(sum.total, sum.bad),
    coverage: sum.coverage,
    good: sum.total - sum.bad,
    total: sum.total,
    budget: budgetOf(sum),
    burns: burnsOf(plan, counts),
    current,
    headroomPercent:
      indicator.type === 'level' && current !== undefined
        ? headroomPercent(current, indicator.target, indicator.direction)
        : undefined,
    parts: plan.parts.flatMap((_, place) => partStatus(plan, counts, place)),
    missing: missingOf(plan, sum, hasSeries),
    outliersLeftOut: outliersOut ? sum.outliers : undefined,
  };
}
