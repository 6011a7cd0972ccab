/** The form of an objective: what it holds, what is wrong with it by the server's own rules, what is sent; pure. */
import { type Faults, faultsFrom, needed, numberIn, textOrNull } from '../forms/faults.js';
import type { RegisterSloInput, SloAgreementFragment } from '../generated/graphql.js';

/** What the fields hold, as they were typed. */
export interface SloDraft {
  readonly slo: string;
  readonly title: string;
  readonly service: string;
  readonly component: string;
  /** `level`: a metric against a target; `good` or `bad`: such events of all. */
  readonly sort: string;
  readonly metric: string;
  /** `AT_MOST` or `AT_LEAST`. */
  readonly direction: string;
  readonly target: string;
  readonly selector: string;
  readonly counted: string;
  readonly countedSelector: string;
  readonly totalMetric: string;
  readonly totalSelector: string;
  readonly objectivePercent: string;
  /** A duration such as 30d. */
  readonly window: string;
  readonly sliceMinutes: string;
  readonly sliceTargetPercent: string;
  readonly owner: string;
  readonly reason: string;
}

/** A draft with nothing in it but what is usual. */
export const EMPTY_SLO: SloDraft = {
  ...{ slo: '', title: '', service: '', component: '', sort: 'level', metric: '', direction: 'AT_MOST' },
  ...{ target: '', selector: '', counted: '', countedSelector: '', totalMetric: '', totalSelector: '' },
  ...{
    objectivePercent: '99',
    window: '30d',
    sliceMinutes: '',
    sliceTargetPercent: '',
    owner: '',
    reason: '',
  },
};

const UNITS: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1_440, w: 10_080 };
const SLICES = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60];
const MOST_MINUTES = 527_040;

/** The minutes of a duration such as 30d, 4w, 12h, 90m or 1h30m; undefined when it is none. */
export function minutesIn(text: string): number | undefined {
  const parts = [...text.trim().matchAll(/(\d+)([mhdw])/g)];
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== text.trim()) return undefined;
  return parts.reduce((sum, [, many, unit = 'm']) => sum + Number(many) * (UNITS[unit] ?? 0), 0);
}

/** A number of minutes as a duration: in days where they are whole. */
export function durationText(minutes: number): string {
  const unit = (['d', 'h'] as const).find((each) => minutes % (UNITS[each] ?? 1) === 0) ?? 'm';
  return `${minutes / (UNITS[unit] ?? 1)}${unit}`;
}

const isShare = (value: number): boolean => value > 0 && value <= 100;

function shareFault(text: string): string | undefined {
  const value = numberIn(text);
  return value === undefined || isShare(value) ? undefined : 'Expected a share above 0 and up to 100.';
}

type Found = readonly (readonly [name: string, fault: string | undefined])[];

const neededMetric = (text: string): string | undefined => needed(text, 'the name of a metric');

function indicatorFaults({ sort, metric, target, counted, totalMetric }: SloDraft): Found {
  if (sort !== 'level') {
    return [
      ['counted', neededMetric(counted)],
      ['totalMetric', neededMetric(totalMetric)],
    ];
  }
  return [
    ['metric', neededMetric(metric)],
    ['target', Number.isNaN(numberIn(target) ?? Number.NaN) ? 'Expected a number.' : undefined],
  ];
}

function windowFault(window: string, slice: number): string | undefined {
  const minutes = minutesIn(window);
  if (minutes === undefined || minutes < 1) return 'Expected a duration such as 30d, 12h or 90m.';
  if (minutes > MOST_MINUTES) return 'Expected a year at most.';
  if (!SLICES.includes(slice) || minutes % slice === 0) return undefined;
  return `Expected a whole number of slices of ${slice} minutes.`;
}

function timeFaults({ window, sliceMinutes }: SloDraft): Found {
  const slice = numberIn(sliceMinutes) ?? 1;
  return [
    ['window', windowFault(window, slice)],
    ['sliceMinutes', SLICES.includes(slice) ? undefined : `Expected one of ${SLICES.join(', ')}.`],
  ];
}

/** What is wrong, by field; empty for what can be sent. */
export function faultsOf(draft: SloDraft): Faults {
  return faultsFrom([
    ['slo', needed(draft.slo, 'a name')],
    ['service', needed(draft.service, 'the name of a service')],
    ...indicatorFaults(draft),
    ['objectivePercent', shareFault(draft.objectivePercent)],
    ['sliceTargetPercent', shareFault(draft.sliceTargetPercent)],
    ...timeFaults(draft),
  ]);
}

/** What is sent of a draft without faults. */
export function inputOf(draft: SloDraft): RegisterSloInput {
  const { sort } = draft;
  const common = {
    slo: draft.slo.trim(),
    service: draft.service.trim(),
    title: textOrNull(draft.title),
    component: textOrNull(draft.component),
    objectivePercent: numberIn(draft.objectivePercent) ?? null,
    windowMinutes: minutesIn(draft.window) ?? 0,
    sliceMinutes: numberIn(draft.sliceMinutes) ?? null,
    owner: textOrNull(draft.owner),
    reason: textOrNull(draft.reason),
  };
  if (sort === 'level') {
    const { metric, direction, target, selector } = draft;
    return {
      ...common,
      metric: metric.trim(),
      direction: direction === 'AT_LEAST' ? 'AT_LEAST' : 'AT_MOST',
      target: numberIn(target) ?? null,
      selector: textOrNull(selector),
    };
  }
  const [counted, selector] = [draft.counted.trim(), textOrNull(draft.countedSelector)];
  return {
    ...common,
    ...(sort === 'good'
      ? { goodMetric: counted, goodSelector: selector }
      : { badMetric: counted, badSelector: selector }),
    totalMetric: draft.totalMetric.trim(),
    totalSelector: textOrNull(draft.totalSelector),
    sliceTargetPercent: numberIn(draft.sliceTargetPercent) ?? null,
  };
}

/** The matchers of `metric{matchers}`, braces and all. */
const matchersIn = (selector: string | undefined): string => /\{.+\}$/.exec(selector ?? '')?.[0] ?? '';

const textOf = (value: string | number | null): string => (value === null ? '' : String(value));

/** The draft that changes what was agreed. */
export function draftOf(name: string, agreed: SloAgreementFragment): SloDraft {
  const [first, second] = agreed.selectors;
  const isLevel = agreed.metric !== null;
  return {
    slo: name,
    title: textOf(agreed.title),
    service: textOf(agreed.service),
    component: textOf(agreed.component),
    sort: isLevel ? 'level' : agreed.badMetric === null ? 'good' : 'bad',
    metric: textOf(agreed.metric),
    direction: agreed.direction ?? 'AT_MOST',
    target: textOf(agreed.target),
    selector: isLevel ? matchersIn(first) : '',
    counted: textOf(agreed.goodMetric ?? agreed.badMetric),
    countedSelector: isLevel ? '' : matchersIn(first),
    totalMetric: textOf(agreed.totalMetric),
    totalSelector: isLevel ? '' : matchersIn(second),
    objectivePercent: textOf(agreed.objectivePercent),
    window: agreed.windowMinutes === null ? '' : durationText(agreed.windowMinutes),
    sliceMinutes: agreed.sliceMinutes === 1 ? '' : String(agreed.sliceMinutes),
    sliceTargetPercent: textOf(agreed.sliceTargetPercent),
    owner: textOf(agreed.owner),
    reason: textOf(agreed.reason),
  };
}

/** What the form calls the fields that the server names otherwise. */
export function formNames(faults: Faults): Faults {
  const names: Readonly<Record<string, string>> = {
    goodMetric: 'counted',
    badMetric: 'counted',
    goodSelector: 'countedSelector',
    badSelector: 'countedSelector',
    windowMinutes: 'window',
  };
  return Object.fromEntries(Object.entries(faults).map(([name, said]) => [names[name] ?? name, said]));
}

/** The fields of the server's own that a refusal may name. */
export const SERVER_FIELDS = [
  ...['slo', 'title', 'service', 'component', 'metric', 'direction', 'target', 'selector'],
  ...['goodMetric', 'badMetric', 'totalMetric', 'goodSelector', 'badSelector', 'totalSelector'],
  ...['objectivePercent', 'windowMinutes', 'sliceMinutes', 'sliceTargetPercent', 'owner', 'reason'],
];
