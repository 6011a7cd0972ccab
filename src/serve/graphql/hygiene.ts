/** `dataQuality` and `alertHygiene`: how well measuring and alerting work. */
import {
  type AlertHygiene,
  type AlertsTogether,
  type Duplicated,
  type FiredAlert,
  type FiredIn,
  type FlappingAlert,
  type MetricGap,
  type MetricHygiene,
  readAlertHygiene,
  readGaps,
  readMetricHygiene,
  type SensitiveLabel,
  type StalledMetric,
  slosInForce,
  type TightThreshold,
  type UnattendedIncident,
} from '../../analysis/index.js';
import { pathOf, pathOfEvent, SECOND_MS, type Series } from '../../model/index.js';
import { builder } from './builder.js';
import { Citation } from './receipts.js';
import { TimeWindow, windowBefore } from './window.js';

const seriesPath = ({ key }: Series): string => pathOf({ type: 'series', series: key });

const ofService = 'The service; null where none is named.';

const StalledType = builder.objectRef<StalledMetric>('StalledMetric').implement({
  description: 'A metric of a service of which all series fell silent.',
  fields: (t) => ({
    service: t.exposeString('service', { nullable: true, description: ofService }),
    metric: t.exposeString('metric', { description: 'The name of the metric.' }),
    lastAt: t.expose('lastAt', { type: 'DateTime', description: 'The time of its last sample.' }),
    silentSeconds: t.float({
      description: 'How long ago that was, in seconds.',
      resolve: ({ silentMs }) => silentMs / SECOND_MS,
    }),
    stepSeconds: t.float({
      nullable: true,
      description: 'The mean time between its samples, in seconds; null with less than two.',
      resolve: ({ stepMs }) => (stepMs === undefined ? undefined : stepMs / SECOND_MS),
    }),
    series: t.field({
      type: [Citation],
      description: 'Its series.',
      resolve: ({ series }) => series.map(seriesPath),
    }),
  }),
});

const MetricGapType = builder.objectRef<MetricGap>('MetricGap').implement({
  description: 'Over five minutes in which no series of a metric of a service had a sample.',
  fields: (t) => ({
    service: t.exposeString('service', { nullable: true, description: ofService }),
    metric: t.exposeString('metric', { description: 'The name of the metric.' }),
    from: t.expose('from', { type: 'DateTime', description: 'The last sample before it.' }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'The next sample; null while it lasts.',
    }),
  }),
});

const DuplicatedType = builder.objectRef<Duplicated>('DuplicatedMetrics').implement({
  description: 'Metrics of a service that come from several senders, or under two names.',
  fields: (t) => ({
    service: t.exposeString('service', { nullable: true, description: ofService }),
    how: t.exposeString('how', { description: '`senders` or `names`.' }),
    metrics: t.exposeStringList('metrics', { description: 'The names of the metrics.' }),
    told: t.exposeString('told', {
      description: 'What tells the senders apart, such as `replica: a, b`, or the two names.',
    }),
    surplusSeries: t.exposeInt('surplus', { description: 'How many series could be left out.' }),
    example: t.field({
      type: [Citation],
      description: 'Two series that show it.',
      resolve: ({ example }) => example.map(seriesPath),
    }),
  }),
});

const SensitiveType = builder.objectRef<SensitiveLabel>('SensitiveLabel').implement({
  description: 'A label that looks like a credential or like personal data. Its value is not told.',
  fields: (t) => ({
    service: t.exposeString('service', { nullable: true, description: ofService }),
    label: t.exposeString('label', { description: 'The name of the label.' }),
    sensitivity: t.exposeString('sensitivity', { description: '`credential` or `personal data`.' }),
    metrics: t.exposeStringList('metrics', { description: 'The metrics that have it.' }),
    seriesCount: t.exposeInt('seriesCount', { description: 'How many series have it.' }),
    example: t.field({
      type: Citation,
      description: 'A series that has it.',
      resolve: ({ example }) => seriesPath(example),
    }),
  }),
});

interface DataQuality extends MetricHygiene {
  readonly gaps: readonly MetricGap[];
}

const DataQualityType = builder.objectRef<DataQuality>('DataQuality').implement({
  description: 'How well measuring works: over the day before a time.',
  fields: (t) => ({
    window: t.expose('window', { type: TimeWindow, description: 'What was looked at.' }),
    metricCount: t.int({
      description: 'How many metrics of services spoke in it.',
      resolve: ({ metrics }) => metrics.length,
    }),
    seriesCount: t.int({
      description: 'How many series spoke in it.',
      resolve: ({ metrics }) => metrics.reduce((sum, { series }) => sum + series.length, 0),
    }),
    stalled: t.field({
      type: [StalledType],
      description:
        'Metrics that are silent for over five minutes, and for over twice their own step; the longest first. What Genchi measures itself from events is never among them.',
      resolve: ({ stalled }) => [...stalled],
    }),
    gaps: t.field({
      type: [MetricGapType],
      description: 'Where metrics were silent, by service, metric and time.',
      resolve: ({ gaps }) => [...gaps],
    }),
    duplicated: t.field({
      type: [DuplicatedType],
      description: 'Metrics that are sent twice; those with the most surplus series first.',
      resolve: ({ duplicated }) => [...duplicated],
    }),
    sensitiveLabels: t.field({
      type: [SensitiveType],
      description: 'Labels that hold what they must not.',
      resolve: ({ sensitive }) => [...sensitive],
    }),
  }),
});

builder.queryField('dataQuality', (t) =>
  t.field({
    type: DataQualityType,
    nullable: true,
    description:
      'What fell silent, is missing, is sent twice, or has labels that it should not; null only with an error.',
    args: {
      service: t.arg.string({ description: 'Only of this service.' }),
      at: t.arg({ type: 'DateTime', description: 'The end of the day looked at; now when absent.' }),
    },
    resolve: async (_, { service, at }, { deps, budget, now }) => {
      budget.spend('recommendations');
      const all = await readMetricHygiene(deps.store, at ?? now);
      const isWanted = (one: { readonly service: string | undefined }) =>
        service == null || one.service === service;
      const metrics = all.metrics.filter(isWanted);
      return {
        ...{ window: all.window, metrics, gaps: await readGaps(deps.store, metrics, all.window) },
        stalled: all.stalled.filter(isWanted),
        duplicated: all.duplicated.filter(isWanted),
        sensitive: all.sensitive.filter(isWanted),
      };
    },
  }),
);

const FiredInType = builder.objectRef<FiredIn>('AlertsFiredIn').implement({
  description: 'How many alerts fired in a span of time.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'The begin of the span.' }),
    fired: t.exposeInt('fired', { description: 'How many fired.' }),
  }),
});

const FiredAlertType = builder.objectRef<FiredAlert>('FiredAlert').implement({
  description: 'An alert of a service with how often it fired.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the alert.' }),
    service: t.exposeString('service', { nullable: true, description: ofService }),
    fired: t.exposeInt('fired', { description: 'How often it fired.' }),
    latest: t.field({
      type: Citation,
      description: 'Its newest receipt.',
      resolve: ({ latest }) => pathOfEvent(latest),
    }),
  }),
});

const FlappingType = builder.objectRef<FlappingAlert>('FlappingAlert').implement({
  description: 'An alert that fired four times or more within an hour, and cleared in between.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the alert.' }),
    service: t.exposeString('service', { nullable: true, description: ofService }),
    hour: t.expose('hour', { type: 'DateTime', description: 'The begin of its worst hour.' }),
    fired: t.exposeInt('fired', { description: 'How often it fired in that hour.' }),
    cleared: t.exposeInt('cleared', { description: 'How often it cleared in that hour.' }),
  }),
});

const UnattendedType = builder.objectRef<UnattendedIncident>('UnattendedIncident').implement({
  description: 'An incident that nobody took on for over 30 minutes.',
  fields: (t) => ({
    incident: t.string({
      description: 'The id of the incident.',
      resolve: ({ incident }) => incident.incident,
    }),
    title: t.string({ description: 'Its title.', resolve: ({ incident }) => incident.title }),
    service: t.string({
      nullable: true,
      description: ofService,
      resolve: ({ incident }) => incident.service,
    }),
    severity: t.string({ description: 'Its severity.', resolve: ({ incident }) => incident.severity }),
    isOpen: t.exposeBoolean('isOpen', { description: 'Whether it was open at the end of the window.' }),
    wasTakenOn: t.exposeBoolean('wasTakenOn', { description: 'Whether somebody took it on in the end.' }),
    waitedSeconds: t.float({
      description: 'How long it had nobody, in seconds.',
      resolve: ({ waitedMs }) => waitedMs / SECOND_MS,
    }),
  }),
});

const TogetherType = builder.objectRef<AlertsTogether>('AlertsOfOneCause').implement({
  description: 'A service on which single causes set off several different alerts.',
  fields: (t) => ({
    service: t.exposeString('service', { nullable: true, description: ofService }),
    incidents: t.exposeStringList('incidents', { description: 'The ids of the incidents.' }),
    alerts: t.stringList({
      description: 'The names of the different alerts, those in most incidents first.',
      resolve: ({ alerts }) => alerts.map(({ name }) => name),
    }),
    surplus: t.exposeInt('surplus', {
      description: 'How many different alerts there were beyond the first one of each incident.',
    }),
  }),
});

const ThresholdType = builder.objectRef<TightThreshold>('TightThreshold').implement({
  description: 'An alert whose threshold is the target of an objective.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name of the alert.' }),
    service: t.exposeString('service', { nullable: true, description: ofService }),
    metric: t.exposeString('metric', { description: 'The metric of both.' }),
    threshold: t.exposeFloat('threshold', { description: "The threshold, in the metric's unit." }),
    slo: t.string({ description: 'The name of the objective.', resolve: ({ slo }) => slo.slo }),
    receipt: t.field({
      type: Citation,
      description: 'The receipt of the alert that tells the threshold.',
      resolve: ({ receipt }) => receipt,
    }),
  }),
});

const AlertHygieneType = builder.objectRef<AlertHygiene>('AlertHygiene').implement({
  description: 'How well alerting works over a window.',
  fields: (t) => ({
    window: t.expose('window', { type: TimeWindow, description: 'What was looked at.' }),
    fired: t.exposeInt('fired', { description: 'How many alerts fired.' }),
    busiestMinute: t.field({
      type: FiredInType,
      nullable: true,
      description: 'The minute in which most fired; null when none did.',
      resolve: ({ busiestMinute }) => busiestMinute,
    }),
    storms: t.field({
      type: [FiredInType],
      description: 'The minutes in which over 10 fired.',
      resolve: ({ storms }) => [...storms],
    }),
    alerts: t.field({
      type: [FiredAlertType],
      description: 'The alerts that fired, those that fired most first.',
      resolve: ({ alerts }) => [...alerts],
    }),
    flapping: t.field({
      type: [FlappingType],
      description: 'Alerts that come and go.',
      resolve: ({ flapping }) => [...flapping],
    }),
    unattended: t.field({
      type: [UnattendedType],
      description: 'Incidents that waited for somebody, the longest first.',
      resolve: ({ unattended }) => [...unattended],
    }),
    ofOneCause: t.field({
      type: [TogetherType],
      description: 'Services on which one cause set off several alerts.',
      resolve: ({ together }) => [...together],
    }),
    tightThresholds: t.field({
      type: [ThresholdType],
      description: 'Alerts that fire where their objective is missed already.',
      resolve: ({ thresholds }) => [...thresholds],
    }),
  }),
});

builder.queryField('alertHygiene', (t) =>
  t.field({
    type: AlertHygieneType,
    nullable: true,
    description: 'How many alerts fire, which of them tire people, and which nobody took on.',
    args: {
      at: t.arg({ type: 'DateTime', description: 'The end of the window; now when absent.' }),
      windowMinutes: t.arg.int({
        required: true,
        defaultValue: 1_440,
        description: 'The length of the window, 1..1440 minutes.',
      }),
    },
    resolve: async (_, { at, windowMinutes }, { deps, budget, now }) => {
      budget.spend('recommendations');
      const window = windowBefore(at ?? now, windowMinutes);
      const slos = await slosInForce(deps.store, window.to);
      return await readAlertHygiene(deps.store, { window, slos });
    },
  }),
);
