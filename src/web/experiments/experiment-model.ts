/** The form of an experiment: what it holds, what is wrong with it by the server's own rules, what is sent; pure. */
import { type Faults, faultsFrom, needed, numberIn, textOrNull } from '../forms/faults.js';
import type { LabelMatcherInput, StartExperimentInput } from '../generated/graphql.js';

/** What the fields hold, as they were typed. */
export interface ExperimentDraft {
  readonly id: string;
  readonly service: string;
  readonly metric: string;
  readonly action: string;
  readonly reason: string;
  readonly expectedChangePercent: string;
  readonly treated: string;
  readonly control: string;
  readonly plannedMinutes: string;
  readonly baselineMinutes: string;
  readonly owner: string;
  /** How many minutes ago it began. */
  readonly minutesAgo: string;
}

/** A draft with nothing in it. */
export const EMPTY_EXPERIMENT: ExperimentDraft = {
  ...{ id: '', service: '', metric: '', action: '', reason: '', expectedChangePercent: '' },
  ...{ treated: '', control: '', plannedMinutes: '', baselineMinutes: '', owner: '', minutesAgo: '' },
};

const MINUTE_MS = 60_000;

/** Conditions as `version=2, pod!=a`, parted by commas; undefined where one is none. */
export function matchersIn(text: string): readonly LabelMatcherInput[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  const read = parts.filter(Boolean).map((part): LabelMatcherInput | undefined => {
    const [, name, operator, value] = /^([A-Za-z_]\w*)\s*(!?=)\s*"?([^"]*)"?$/.exec(part) ?? [];
    if (name === undefined || value === undefined) return undefined;
    return { name, value, operator: operator === '!=' ? 'NOT_EQUAL' : 'EQUAL' };
  });
  return read.every((each) => each !== undefined) ? read : undefined;
}

function countFault(text: string, least: number, most: number): string | undefined {
  const value = numberIn(text);
  if (value === undefined) return undefined;
  return Number.isInteger(value) && value >= least && value <= most
    ? undefined
    : `Expected ${least} to ${most} minutes.`;
}

const conditionFault = (text: string): string | undefined =>
  matchersIn(text) === undefined ? 'Expected labels such as version=2, pod!=a.' : undefined;

/** What is wrong, by field; empty for what can be sent. */
export function experimentFaults(draft: ExperimentDraft): Faults {
  const expected = numberIn(draft.expectedChangePercent);
  const isChange = expected !== undefined && !Number.isNaN(expected) && expected !== 0;
  return faultsFrom([
    ...(['id', 'service', 'metric', 'reason'] as const).map((name) => [name, needed(draft[name])] as const),
    ['action', draft.action.length > 500 ? 'Expected 500 characters at most.' : needed(draft.action)],
    ['expectedChangePercent', isChange ? undefined : 'Expected a number other than 0.'],
    ['treated', conditionFault(draft.treated)],
    ['control', conditionFault(draft.control)],
    ['plannedMinutes', countFault(draft.plannedMinutes, 10, 2_000)],
    ['minutesAgo', countFault(draft.minutesAgo, 1, 10_079)],
    ['baselineMinutes', countFault(draft.baselineMinutes, 60, 10_080)],
  ]);
}

/** What is sent of a draft without faults; `nowMs` is what it began so many minutes before. */
export function experimentInput(draft: ExperimentDraft, nowMs: number): StartExperimentInput {
  const minutesAgo = numberIn(draft.minutesAgo);
  const conditions = (text: string) => {
    const read = matchersIn(text) ?? [];
    return read.length === 0 ? null : read;
  };
  return {
    id: draft.id.trim(),
    service: draft.service.trim(),
    metric: draft.metric.trim(),
    action: draft.action.trim(),
    reason: draft.reason.trim(),
    expectedChangePercent: numberIn(draft.expectedChangePercent) ?? 0,
    treated: conditions(draft.treated),
    control: conditions(draft.control),
    plannedMinutes: numberIn(draft.plannedMinutes) ?? null,
    baselineMinutes: numberIn(draft.baselineMinutes) ?? null,
    owner: textOrNull(draft.owner),
    startedAt: minutesAgo === undefined ? null : new Date(nowMs - minutesAgo * MINUTE_MS).toISOString(),
  };
}

/** Even times from a begin up to an end, the end the last of them; milliseconds in, RFC 3339 out. */
export function evenTimes(fromMs: number, toMs: number, many: number): readonly string[] {
  return Array.from({ length: many }, (_, place) =>
    new Date(Math.round(fromMs + ((toMs - fromMs) * (place + 1)) / many)).toISOString(),
  );
}
