/** Reads what an objective of OpenSLO measures: a metric against a target, or good or bad events of all. */
import type { QuerySeries } from '../promql.js';
import { queryOf } from './query.js';
import type { References } from './references.js';
import type { IndicatorSpec, OpenObjective, SloDocument } from './schema.js';
import { type Say, Untaken } from './untaken.js';

/** What is measured. */
export interface Measured {
  /** A metric has a level, events are counted. */
  readonly type: 'level' | 'ratio';
  /** The fields of an objective that say so. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly series: readonly QuerySeries[];
}

/** Where an indicator stands, and what speaks of it: in the document of the objective itself, or in another. */
interface Found {
  readonly spec: IndicatorSpec;
  readonly path: readonly PropertyKey[];
}

function indicatorOf({ spec }: SloDocument, { indicators }: References, say: Say): Found {
  const reference = ['spec', 'indicatorRef'];
  if (spec.indicator !== undefined) {
    if (spec.indicatorRef !== undefined) say(reference, 'left out beside indicator');
    return { spec: spec.indicator.spec, path: ['spec', 'indicator', 'spec'] };
  }
  if (spec.indicatorRef === undefined) throw new Untaken(['spec'], 'expected indicator or indicatorRef');
  const found = indicators.get(spec.indicatorRef);
  if (found === undefined) {
    throw new Untaken(reference, `there is no SLI ${spec.indicatorRef} among the documents that were given`);
  }
  return { spec: found.spec, path: reference };
}

function levelOf(
  series: QuerySeries,
  objective: OpenObjective,
  path: readonly PropertyKey[],
  say: Say,
): Measured {
  const { op, value } = objective;
  if (op === undefined || value === undefined) {
    throw new Untaken(path, 'expected op and value beside a thresholdMetric');
  }
  const direction = op === 'lte' || op === 'lt' ? 'at_most' : 'at_least';
  const worst = direction === 'at_most' ? 'max' : 'min';
  if (series.isGrowth || (series.aggregate !== undefined && series.aggregate !== worst)) {
    throw new Untaken(
      path,
      `expected a thresholdMetric that is one series, or ${worst}() of several, beside op ${op}`,
    );
  }
  if (op === 'lt' || op === 'gt') say([...path, 'op'], `a value equal to ${value} counts as good`);
  return {
    type: 'level',
    fields: { metric: series.metric, selector: series.selector, direction, target: value },
    series: [series],
  };
}

type Ratio = NonNullable<IndicatorSpec['ratioMetric']>;

/** Which events are counted, of which all; fails where a ratio does not say it. */
function counted(ratio: Ratio, path: readonly PropertyKey[], say: Say) {
  if (ratio.raw !== undefined)
    throw new Untaken(
      [...path, 'raw'],
      'a ratio that is measured as such is not taken: expected good or bad, and total',
    );
  const source = ratio.good ?? ratio.bad;
  if (source === undefined || ratio.total === undefined)
    throw new Untaken(path, 'expected good or bad, and total');
  if (ratio.good !== undefined && ratio.bad !== undefined) say([...path, 'bad'], 'left out beside good');
  if (ratio.rawType !== undefined) say([...path, 'rawType'], 'left out: there is no raw');
  return { role: ratio.good === undefined ? 'bad' : 'good', source, all: ratio.total } as const;
}

function ratioOf(ratio: Ratio, path: readonly PropertyKey[], references: References, say: Say): Measured {
  const { role, source, all } = counted(ratio, path, say);
  const own = queryOf(source, [...path, role], references, say);
  const total = queryOf(all, [...path, 'total'], references, say);
  if (ratio.counter === false && !(own.isGrowth && total.isGrowth)) {
    throw new Untaken(
      [...path, 'counter'],
      'expected counters: what does not only grow cannot be counted by its growth',
    );
  }
  if ([own, total].some(({ aggregate }) => aggregate === 'min' || aggregate === 'max')) {
    throw new Untaken(path, 'expected sum(): events are added up');
  }
  return {
    type: 'ratio',
    fields: {
      [`${role}Metric`]: own.metric,
      [`${role}Selector`]: own.selector,
      totalMetric: total.metric,
      totalSelector: total.selector,
    },
    series: [own, total],
  };
}

/** What one objective of a document measures; fails with {@link Untaken} where it cannot be taken. */
export function measuredBy(slo: SloDocument, place: number, references: References, say: Say): Measured {
  const objective = slo.spec.objectives[place] ?? {};
  const own = ['spec', 'objectives', place];
  if (objective.indicator !== undefined || objective.indicatorRef !== undefined) {
    throw new Untaken(
      own,
      'an objective of a composite is not taken: expected the indicator beside objectives',
    );
  }
  const { spec, path } = indicatorOf(slo, references, say);
  const { thresholdMetric: threshold, ratioMetric: ratio } = spec;
  if (threshold !== undefined && ratio !== undefined) {
    throw new Untaken(path, 'expected either a thresholdMetric or a ratioMetric');
  }
  if (threshold !== undefined) {
    return levelOf(queryOf(threshold, [...path, 'thresholdMetric'], references, say), objective, own, say);
  }
  if (ratio === undefined) throw new Untaken(path, 'expected a thresholdMetric or a ratioMetric');
  for (const field of ['op', 'value'] as const)
    if (objective[field] !== undefined) say([...own, field], 'left out: a ratioMetric has no threshold');
  return ratioOf(ratio, [...path, 'ratioMetric'], references, say);
}
