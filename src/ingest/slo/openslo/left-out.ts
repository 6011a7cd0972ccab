/** Tells of the fields of documents of OpenSLO that nothing is made of. */
import { isObject } from '../../json.js';
import type { Say } from './untaken.js';

/** The fields that are taken or spoken of elsewhere, below a field or (as a list of one) below each of its items. */
type Taken = true | readonly [Taken] | { readonly [field: string]: Taken };

const named: Taken = { name: true };
const metric: Taken = { metricSource: { metricSourceRef: true, type: true, spec: { query: true } } };
const indicator: Taken = {
  thresholdMetric: metric,
  ratioMetric: { counter: true, good: metric, bad: metric, total: metric, raw: true, rawType: true },
};

const documents: Readonly<Record<string, { readonly metadata: Taken; readonly spec: Taken }>> = {
  SLO: {
    metadata: { name: true, displayName: true, labels: { owner: true, team: true } },
    spec: {
      description: true,
      service: true,
      indicator: { metadata: named, spec: indicator },
      indicatorRef: true,
      timeWindow: [{ duration: true, isRolling: true, calendar: true }],
      budgetingMethod: true,
      objectives: [
        {
          displayName: true,
          op: true,
          value: true,
          target: true,
          targetPercent: true,
          timeSliceTarget: true,
          timeSliceWindow: true,
          indicator: true,
          indicatorRef: true,
        },
      ],
      alertPolicies: true,
    },
  },
  SLI: { metadata: named, spec: indicator },
  DataSource: { metadata: named, spec: { type: true } },
  Service: { metadata: named, spec: {} },
};

const isList = (taken: Taken): taken is readonly [Taken] => Array.isArray(taken);

function below(value: unknown, taken: Taken, path: readonly PropertyKey[], say: Say): void {
  if (taken === true) return;
  if (isList(taken)) {
    if (Array.isArray(value))
      for (const [place, item] of value.entries()) below(item, taken[0], [...path, place], say);
    return;
  }
  if (!isObject(value)) return;
  const others = Object.keys(value).filter((field) => !Object.hasOwn(taken, field));
  const [first] = others;
  if (first !== undefined && others.length === 1) say([...path, first], 'left out');
  if (others.length > 1) say(path, `left out: ${others.slice(0, 20).join(', ')}`);
  for (const [field, further] of Object.entries(taken)) below(value[field], further, [...path, field], say);
}

/** Says which fields of a document of some kind are left out; nothing of a kind that is none. */
export function sayLeftOut(kind: string, value: unknown, say: Say): void {
  const taken = documents[kind];
  if (taken !== undefined) below(value, { apiVersion: true, kind: true, ...taken }, [], say);
}
