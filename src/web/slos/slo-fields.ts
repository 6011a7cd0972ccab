/** The fields of an objective, in words; pure. */
import type { FieldWords } from '../forms/fields.js';
import type { Group } from '../forms/form.js';
import type { SloDraft } from './slo-model.js';

type Words = FieldWords<keyof SloDraft>;

const LEVEL: readonly Words[] = [
  { name: 'metric', label: 'Metric', isNeeded: true, placeholder: 'kanban_latency_p99_ms' },
  {
    ...{ name: 'direction', label: 'Is good' },
    choices: [
      ['AT_MOST', 'at or below the target'],
      ['AT_LEAST', 'at or above the target'],
    ],
  },
  {
    ...{ name: 'target', label: 'Target', isNeeded: true, inputMode: 'decimal' },
    hint: "In the metric's unit.",
  },
  { name: 'selector', label: 'Only series', placeholder: '{code=~"2.."}' },
];

const ratio = (which: 'good' | 'bad'): readonly Words[] => [
  {
    ...{ name: 'counted', label: `Counter of ${which} events`, isNeeded: true },
    placeholder: 'http_requests_total',
  },
  {
    ...{ name: 'countedSelector', label: 'Only series' },
    placeholder: which === 'good' ? '{code!~"5.."}' : '{code=~"5.."}',
  },
  {
    ...{ name: 'totalMetric', label: 'Counter of all events', isNeeded: true },
    placeholder: 'http_requests_total',
  },
  { name: 'totalSelector', label: 'Only series of it' },
  {
    ...{ name: 'sliceTargetPercent', label: 'Count slices of time', inputMode: 'decimal' },
    hint: 'The share of good events, in %, that makes a slice good; empty counts events.',
  },
];

const SORT: Words = {
  ...{ name: 'sort', label: 'Measured by' },
  choices: [
    ['level', 'a metric against a target'],
    ['good', 'good events of all'],
    ['bad', 'bad events of all'],
  ],
};

const HOW_MUCH: readonly Words[] = [
  {
    ...{ name: 'objectivePercent', label: 'Objective, %', inputMode: 'decimal' },
    hint: 'The share that must be good; 99 when empty.',
  },
  { name: 'window', label: 'Window', isNeeded: true, hint: 'Such as 30d, 4w or 12h.' },
  {
    ...{ name: 'sliceMinutes', label: 'Slice, minutes', inputMode: 'numeric' },
    hint: '1 when empty; longer where samples come seldom.',
  },
  { name: 'owner', label: 'Owner' },
  { name: 'reason', label: 'Why it was chosen', rows: 2 },
];

/** The groups of the form: what is asked depends on what an objective is measured by. */
export function sloGroups(
  { sort }: Pick<SloDraft, 'sort'>,
  { isNew, services }: { readonly isNew: boolean; readonly services: readonly string[] },
): readonly Group<keyof SloDraft>[] {
  return [
    {
      fields: [
        { name: 'slo', label: 'Name', isNeeded: true, isLocked: !isNew, placeholder: 'checkout-latency' },
        { name: 'service', label: 'Service', isNeeded: true, proposals: services },
        { name: 'title', label: 'Title' },
        { name: 'component', label: 'Component', hint: 'Only this part of the service.' },
      ],
    },
    {
      legend: 'What must be good',
      fields: [SORT, ...(sort === 'level' ? LEVEL : ratio(sort === 'good' ? 'good' : 'bad'))],
    },
    { legend: 'How much of it, and over how long', fields: HOW_MUCH },
  ];
}
