/** Makes objectives of documents of OpenSLO v1, and says what of them cannot be taken. */
import { z } from 'zod';
import { SERVICE_LABELS } from '../../model/index.js';
import { IngestError } from '../errors.js';
import { minutesOf } from './duration.js';
import {
  dataSourceDocument,
  type IndicatorSpec,
  type OpenObjective,
  type SloDocument,
  type Source,
  sliDocument,
  sloDocument,
} from './openslo-schema.js';
import { type QuerySeries, seriesOfQuery } from './promql.js';
import type { Remark, YamlDocument } from './yaml-document.js';

/** An objective by field, and the document that it comes from. */
export interface FoundSlo {
  readonly document: YamlDocument;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What is made of documents. */
export interface OpenSlo {
  readonly slos: readonly FoundSlo[];
  /** What makes an objective none. */
  readonly faults: readonly Remark[];
  /** What is left out, or taken in another way than meant. */
  readonly notes: readonly Remark[];
}

/** Why an objective cannot be taken: the path in its document, and a sentence. */
class Untaken extends IngestError {
  readonly path: readonly PropertyKey[];

  constructor(path: readonly PropertyKey[], message: string) {
    super('bad-item', message);
    this.path = path;
  }
}

const headShape = z.looseObject({
  apiVersion: z.string(),
  kind: z.string().default(''),
  metadata: z.looseObject({ name: z.string().optional() }).optional(),
});

/** Whether a document says that it is one of OpenSLO. */
export function isOpenSlo({ value }: YamlDocument): boolean {
  const head = headShape.safeParse(value);
  return head.success && head.data.apiVersion.startsWith('openslo/');
}

/** What other documents hold that an objective may refer to. */
interface References {
  readonly indicators: ReadonlyMap<string, IndicatorSpec>;
  /** The types of data sources. */
  readonly sources: ReadonlyMap<string, string>;
}

type Say = (path: readonly PropertyKey[], message: string) => void;

function queryOf(source: Source, path: readonly PropertyKey[], { sources }: References): QuerySeries {
  const { metricSourceRef, type, spec } = source.metricSource;
  const kind = type ?? (metricSourceRef === undefined ? undefined : sources.get(metricSourceRef));
  if (kind !== undefined && kind.toLowerCase() !== 'prometheus') {
    throw new Untaken(
      [...path, 'metricSource'],
      `metrics of ${kind} are not taken, only those of Prometheus`,
    );
  }
  const series = seriesOfQuery(spec.query);
  if (typeof series === 'string') throw new Untaken([...path, 'metricSource', 'spec', 'query'], series);
  return series;
}

function indicatorOf(
  { spec }: SloDocument,
  { indicators }: References,
): { readonly indicator: IndicatorSpec; readonly path: readonly PropertyKey[] } {
  if (spec.indicator !== undefined)
    return { indicator: spec.indicator.spec, path: ['spec', 'indicator', 'spec'] };
  const path = ['spec', 'indicatorRef'];
  if (spec.indicatorRef === undefined) throw new Untaken(['spec'], 'expected indicator or indicatorRef');
  const indicator = indicators.get(spec.indicatorRef);
  if (indicator === undefined) {
    throw new Untaken(path, `there is no SLI ${spec.indicatorRef} among the documents that were given`);
  }
  return { indicator, path };
}

/** A metric against a target. */
function levelFields(
  series: QuerySeries,
  { op, value }: OpenObjective,
  path: readonly PropertyKey[],
  say: Say,
) {
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
  return { metric: series.metric, selector: series.selector, direction, target: value };
}

/** Good or bad events of all. */
function ratioFields(spec: IndicatorSpec, path: readonly PropertyKey[], references: References, say: Say) {
  const { ratioMetric: ratio } = spec;
  const at = [...path, 'ratioMetric'];
  if (ratio === undefined) throw new Untaken(path, 'expected a thresholdMetric or a ratioMetric');
  if (ratio.raw !== undefined)
    throw new Untaken(
      [...at, 'raw'],
      'a ratio that is measured as such is not taken: expected good or bad, and total',
    );
  const counted = ratio.good ?? ratio.bad;
  if (counted === undefined || ratio.total === undefined)
    throw new Untaken(at, 'expected good or bad, and total');
  const role = ratio.good === undefined ? 'bad' : 'good';
  if (ratio.good !== undefined && ratio.bad !== undefined) say([...at, 'bad'], 'left out beside good');
  const own = queryOf(counted, [...at, role], references);
  const total = queryOf(ratio.total, [...at, 'total'], references);
  if (ratio.counter === false && !(own.isGrowth && total.isGrowth)) {
    throw new Untaken(
      [...at, 'counter'],
      'expected counters: what does not only grow cannot be counted by its growth',
    );
  }
  if ([own, total].some(({ aggregate }) => aggregate === 'min' || aggregate === 'max')) {
    throw new Untaken(at, 'expected sum(): events are added up');
  }
  return {
    [`${role}Metric`]: own.metric,
    [`${role}Selector`]: own.selector,
    totalMetric: total.metric,
    totalSelector: total.selector,
  };
}

function percentOf({ target, targetPercent }: OpenObjective, path: readonly PropertyKey[]): number {
  const percent =
    targetPercent ?? (target === undefined ? undefined : Number((target * 100).toPrecision(12)));
  if (percent === undefined) throw new Untaken(path, 'expected target or targetPercent');
  return percent;
}

function windowOf({ spec }: SloDocument, say: Say): number {
  const [window] = spec.timeWindow;
  const path = ['spec', 'timeWindow', 0];
  const minutes = minutesOf(window?.duration ?? '');
  if (minutes === undefined) throw new Untaken([...path, 'duration'], 'expected a duration such as 30d');
  if (/[MQY]$/.test(window?.duration ?? '')) say([...path, 'duration'], `taken as ${minutes / 1_440} days`);
  if (window?.isRolling === false || window?.calendar !== undefined) {
    say(path, 'a window of the calendar is taken as a rolling one of the same length');
  }
  return minutes;
}

/** Slices of time, where the budget is one of them. */
function sliceFields(
  { spec }: SloDocument,
  objective: OpenObjective,
  isLevel: boolean,
  path: readonly PropertyKey[],
  say: Say,
) {
  const { timeSliceWindow, timeSliceTarget } = objective;
  switch (spec.budgetingMethod) {
    case 'RatioTimeslices':
      throw new Untaken(
        ['spec', 'budgetingMethod'],
        'RatioTimeslices are not taken: expected Occurrences or Timeslices',
      );
    case 'Occurrences':
      if (isLevel)
        say(['spec', 'budgetingMethod'], 'each minute of a thresholdMetric counts as one occurrence');
      return {};
    case 'Timeslices': {
      const sliceMinutes = timeSliceWindow === undefined ? 1 : minutesOf(timeSliceWindow);
      if (sliceMinutes === undefined)
        throw new Untaken([...path, 'timeSliceWindow'], 'expected a duration such as 5m');
      if (isLevel) {
        if (timeSliceTarget !== undefined)
          say([...path, 'timeSliceTarget'], 'left out: a slice is good when the mean of its samples is');
        return { sliceMinutes };
      }
      if (timeSliceTarget === undefined)
        throw new Untaken(path, 'expected timeSliceTarget beside Timeslices');
      return { sliceMinutes, sliceTargetPercent: Number((timeSliceTarget * 100).toPrecision(12)) };
    }
  }
}

/** The service whose evidence is selected: the one that the query names, else the one of the document. */
function serviceOf({ spec }: SloDocument, series: readonly QuerySeries[], say: Say): string {
  for (const label of SERVICE_LABELS) {
    const found = series
      .flatMap(({ matchers }) => matchers)
      .find((one) => one.label === label && one.operator === '=');
    if (found === undefined) continue;
    if (found.value !== spec.service)
      say(
        ['spec', 'service'],
        `the query selects ${label}="${found.value}": taken as the service ${found.value}`,
      );
    return found.value;
  }
  return spec.service;
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

function fieldsOf(
  slo: SloDocument,
  place: number,
  references: References,
  say: Say,
): Readonly<Record<string, unknown>> {
  const { metadata, spec } = slo;
  const objective = spec.objectives[place] ?? {};
  const path = ['spec', 'objectives', place];
  if (objective.indicator !== undefined || objective.indicatorRef !== undefined) {
    throw new Untaken(
      path,
      'an objective of a composite is not taken: expected the indicator beside objectives',
    );
  }
  const { indicator, path: at } = indicatorOf(slo, references);
  const { thresholdMetric: threshold, ratioMetric: ratio } = indicator;
  const series =
    threshold === undefined ? undefined : queryOf(threshold, [...at, 'thresholdMetric'], references);
  const counted = [ratio?.good ?? ratio?.bad, ratio?.total].flatMap((source) => {
    const found = source === undefined ? undefined : seriesOfQuery(source.metricSource.spec.query);
    return found === undefined || typeof found === 'string' ? [] : [found];
  });
  const measured =
    series === undefined
      ? ratioFields(indicator, at, references, say)
      : levelFields(series, objective, path, say);
  const suffix = spec.objectives.length === 1 ? '' : `-${slug(objective.displayName ?? '') || place + 1}`;
  const title = [metadata.displayName, objective.displayName].filter((part) => part !== undefined).join(': ');
  const { owner, team } = metadata.labels;
  return {
    ...measured,
    ...sliceFields(slo, objective, series !== undefined, path, say),
    slo: `${metadata.name}${suffix}`,
    title: title === '' ? undefined : title,
    service: serviceOf(slo, series === undefined ? counted : [series], say),
    objectivePercent: percentOf(objective, path),
    windowMinutes: windowOf(slo, say),
    reason: spec.description,
    owner: owner ?? team,
  };
}

/** Collects what objectives may refer to; documents that nothing is made of are told of. */
function referencesOf(
  documents: readonly YamlDocument[],
  fault: (document: YamlDocument, why: Untaken) => void,
  note: (document: YamlDocument, why: Untaken) => void,
): References {
  const indicators = new Map<string, IndicatorSpec>();
  const sources = new Map<string, string>();
  for (const document of documents) {
    const { apiVersion, kind } = headShape.parse(document.value);
    if (apiVersion !== 'openslo/v1') {
      fault(document, new Untaken(['apiVersion'], `expected openslo/v1, not ${apiVersion}`));
      continue;
    }
    switch (kind) {
      case 'SLI':
        checked(document, sliDocument, fault, ({ metadata, spec }) => indicators.set(metadata.name, spec));
        break;
      case 'DataSource':
        checked(document, dataSourceDocument, fault, ({ metadata, spec }) =>
          sources.set(metadata.name, spec.type),
        );
        break;
      case 'AlertPolicy':
      case 'AlertCondition':
      case 'AlertNotificationTarget':
        note(
          document,
          new Untaken(['kind'], 'left out: every objective has the four rules on its burn rate'),
        );
        break;
      case 'SLO':
      case 'Service':
        break;
      default:
        note(
          document,
          new Untaken(['kind'], 'left out: expected SLO, SLI, Service, DataSource or AlertPolicy'),
        );
    }
  }
  return { indicators, sources };
}

function checked<T>(
  document: YamlDocument,
  schema: z.ZodType<T>,
  fault: (document: YamlDocument, why: Untaken) => void,
  take: (value: T) => void,
): void {
  const found = schema.safeParse(document.value);
  if (found.success) {
    take(found.data);
    return;
  }
  for (const { path, message } of found.error.issues.slice(0, 10))
    fault(document, new Untaken(path, message));
}

function remark(document: YamlDocument, { path, message }: Untaken): Remark {
  const { kind = '', metadata } = headShape.parse(document.value);
  const named = [kind, metadata?.name].filter((part) => part !== undefined && part !== '').join(' ');
  return {
    where: document.where,
    line: document.lineOf(path),
    message: `${named}, ${path.map(String).join('.')}: ${message}`,
  };
}

/** Makes objectives of all documents of OpenSLO together, so that they may refer to each other. */
export function readOpenSlo(documents: readonly YamlDocument[]): OpenSlo {
  const slos: FoundSlo[] = [];
  const faults: Remark[] = [];
  const notes: Remark[] = [];
  const fault = (document: YamlDocument, why: Untaken): void => void faults.push(remark(document, why));
  const note = (document: YamlDocument, why: Untaken): void => void notes.push(remark(document, why));
  const references = referencesOf(documents, fault, note);
  for (const document of documents) {
    const { apiVersion, kind } = headShape.parse(document.value);
    if (apiVersion !== 'openslo/v1' || kind !== 'SLO') continue;
    checked(document, sloDocument, fault, (slo) => {
      const said = new Set<string>();
      const say: Say = (path, message) => {
        if (!said.has(`${path.join('.')} ${message}`)) note(document, new Untaken(path, message));
        said.add(`${path.join('.')} ${message}`);
      };
      if (slo.spec.alertPolicies.length > 0)
        say(['spec', 'alertPolicies'], 'left out: every objective has the four rules on its burn rate');
      for (const place of slo.spec.objectives.keys()) {
        try {
          slos.push({ document, fields: fieldsOf(slo, place, references, say) });
        } catch (why) {
          if (!(why instanceof Untaken)) throw why;
          fault(document, why);
        }
      }
    });
  }
  return { slos, faults, notes };
}
