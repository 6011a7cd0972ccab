/** The form of an experiment: what it holds, what is wrong with it by the server's own rules, what is sent; pure. */
import { type Faults, numberIn, textOrNull } from '../forms/faults.js';
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
}

/** A draft with nothing in it. */
export const EMPTY_EXPERIMENT: ExperimentDraft = {
  ...{ id: '', service: '', metric: '', action: '', reason: '', expectedChangePercent: '' },
  ...{ treated: '', control: '', plannedMinutes: '', baselineMinutes: '', owner: '' },
};

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

/** What is wrong, by field; empty for what can be sent. */
export function experimentFaults(draft: ExperimentDraft): Faults {
  const needed = (['id', 'service', 'metric', 'action', 'reason'] as const).map(
    (name) => [name, draft[name].trim() === '' ? 'Expected a value.' : undefined] as const,
  );
  const expected = numberIn(draft.expectedChangePercent);
  const conditions = (['treated', 'control'] as const).map(
    (name) =>
      [
        name,
        matchersIn(draft[name]) === undefined ? 'Expected labels such as version=2, pod!=a.' : undefined,
      ] as const,
  );
  const all: readonly (readonly [string, string | undefined])[] = [
    ...needed,
    ...(draft.action.length > 500 ? [['action', 'Expected 500 characters at most.'] as const] : []),
    [
      'expectedChangePercent',
      expected === undefined || Number.isNaN(expected) || expected === 0
        ? 'Expected a number other than 0.'
        : undefined,
    ],
    ...conditions,
    ['plannedMinutes', countFault(draft.plannedMinutes, 10, 2_000)],
    ['baselineMinutes', countFault(draft.baselineMinutes, 60, 10_080)],
  ];
  return Object.fromEntries(
    all.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
}

/** What is sent of a draft without faults. */
export function experimentInput(draft: ExperimentDraft): StartExperimentInput {
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
  };
}

/** Even times from a begin up to an end, the end the last of them; milliseconds in, RFC 3339 out. */
export function evenTimes(fromMs: number, toMs: number, many: number): readonly string[] {
  return Array.from({ length: many }, (_, place) =>
    new Date(Math.round(fromMs + ((toMs - fromMs) * (place + 1)) / many)).toISOString(),
  );
}
