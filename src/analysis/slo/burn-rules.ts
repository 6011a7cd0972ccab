/**
 * The four two-window rules by which an error budget burns too fast (Google, The Site Reliability Workbook, chapter 5).
 * https://sre.google/workbook/alerting-on-slos/
 */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../model/index.js';

/** How much attention a rule asks for: `page` wakes somebody now, `ticket` waits for the next day. */
export type Urgency = 'page' | 'ticket';

/** The names of the rules, the most urgent first. */
export const burnRuleNames = ['page-fast', 'page-slow', 'ticket-fast', 'ticket-slow'] as const;

/** The name of one of the rules. */
export type BurnRuleName = (typeof burnRuleNames)[number];

/** A rule: the budget burns more than `factor` times as fast as it may, over the long window and the short one. */
export interface BurnRule {
  readonly name: BurnRuleName;
  readonly urgency: Urgency;
  /** 1 is as fast as uses up the budget exactly at the window's end. */
  readonly factor: number;
  readonly longMs: number;
  /** The short window tells that it still goes on. */
  readonly shortMs: number;
}

const PERIOD_MS = 30 * DAY_MS;

/** The rules for a period of 30 days: 2, 5, 10 and 10 % of the budget within the long window. */
const rulesOf30Days: readonly BurnRule[] = [
  { name: 'page-fast', urgency: 'page', factor: 14.4, longMs: HOUR_MS, shortMs: 5 * MINUTE_MS },
  { name: 'page-slow', urgency: 'page', factor: 6, longMs: 6 * HOUR_MS, shortMs: 30 * MINUTE_MS },
  { name: 'ticket-fast', urgency: 'ticket', factor: 3, longMs: DAY_MS, shortMs: 2 * HOUR_MS },
  { name: 'ticket-slow', urgency: 'ticket', factor: 1, longMs: 3 * DAY_MS, shortMs: 6 * HOUR_MS },
];

/**
 * The rules for an objective over `windowMs` whose finest step is `sliceMs`. Windows grow and shrink with the objective's
 * own, so that each rule still speaks of the same share of the budget; they are whole slices, at least one. Short
 * objectives lack the rules whose long window would be less than half a slice: there is nothing that fast to see.
 */
export function burnRulesFor(windowMs: number, sliceMs: number = MINUTE_MS): readonly BurnRule[] {
  const slices = (ms: number): number => Math.round((ms * windowMs) / PERIOD_MS / sliceMs);
  return rulesOf30Days
    .filter(({ longMs }) => slices(longMs) > 0)
    .map((rule) => ({
      ...rule,
      longMs: slices(rule.longMs) * sliceMs,
      shortMs: Math.max(1, slices(rule.shortMs)) * sliceMs,
    }));
}
