/** The words that objectives are told in. */
import type { BurnRuleName, MissPattern, SloState } from '../../analysis/index.js';
import { builder } from './builder.js';

/** Whether an objective is kept. */
export const SloStateEnum = builder.enumType('SloState', {
  description: 'Whether an objective is kept.',
  values: {
    MET: { value: 'met', description: 'At least the objective was good.' },
    MISSED: { value: 'missed', description: 'Less than the objective was good.' },
    UNKNOWN: { value: 'unknown', description: 'Less than half of the window has data.' },
  } as const satisfies Record<string, { readonly value: SloState; readonly description: string }>,
});

/** Which side of its target a metric must stay on. */
export const SloDirectionEnum = builder.enumType('SloDirection', {
  description: 'Which side of its target a metric must stay on.',
  values: {
    AT_MOST: { value: 'at_most', description: 'The target or below it.' },
    AT_LEAST: { value: 'at_least', description: 'The target or above it.' },
  } as const,
});

/** What is counted. */
export const UnitEnum = builder.enumType('SloUnit', {
  description: 'What is counted.',
  values: {
    MINUTES: { value: 'minutes', description: 'Minutes, or longer slices of time told in minutes.' },
    EVENTS: { value: 'events', description: 'Events.' },
  } as const,
});

/** How misses are spread. */
export const PatternEnum = builder.enumType('SloMissPattern', {
  description: 'How misses are spread over time.',
  values: {
    STEADY: { value: 'steady', description: 'At all hours.' },
    DAILY: { value: 'daily', description: 'They come again each day.' },
    WEEKLY: { value: 'weekly', description: 'They come again each week.' },
    UNKNOWN: { value: 'unknown', description: 'Less than three days of data.' },
  } as const satisfies Record<string, { readonly value: MissPattern; readonly description: string }>,
});

/** The rules on the burn rate. */
export const RuleEnum = builder.enumType('SloBurnRuleName', {
  description:
    'The rules on the burn rate, the most urgent first; windows are those of an objective over 30 days.',
  values: {
    PAGE_FAST: { value: 'page-fast', description: '14.4 times over 1 h and 5 min: 2 % of the budget.' },
    PAGE_SLOW: { value: 'page-slow', description: '6 times over 6 h and 30 min: 5 % of the budget.' },
    TICKET_FAST: { value: 'ticket-fast', description: '3 times over 1 d and 2 h: 10 % of the budget.' },
    TICKET_SLOW: { value: 'ticket-slow', description: '1 time over 3 d and 6 h: 10 % of the budget.' },
  } as const satisfies Record<string, { readonly value: BurnRuleName; readonly description: string }>,
});
