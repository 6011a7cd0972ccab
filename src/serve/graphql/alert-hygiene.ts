/** `alertHygiene`: how well alerting works. */
import {
  type AlertHygiene,
  type AlertsTogether,
  type FiredAlert,
  type FiredIn,
  type FlappingAlert,
  readAlertHygiene,
  slosInForce,
  type TightThreshold,
  type UnattendedIncident,
} from '../../analysis/index.js';
import { pathOfEvent, SECOND_MS } from '../../model/index.js';
import { builder } from './builder.js';
import { connectionRef, keyOfParts, pageArgs, pageOfList } from './connection.js';
import { Citation } from './receipts.js';
import { TimeWindow, windowBefore } from './window.js';

const ofService = 'The service; null where none is named.';

const FiredInType = builder.objectRef<FiredIn>('AlertsFiredIn').implement({
  description: 'How many alerts fired in a span of time.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'The begin of the span.' }),
    fired: t.exposeInt('fired', { description: 'How many fired.' }),
  }),
});

const FiredInConnection = connectionRef('AlertsFiredIn', FiredInType, 'counted');

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

const FiredAlertConnection = connectionRef('FiredAlert', FiredAlertType, 'counted');

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

const FlappingConnection = connectionRef('FlappingAlert', FlappingType, 'counted');

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

const UnattendedConnection = connectionRef('UnattendedIncident', UnattendedType, 'counted');

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

const TogetherConnection = connectionRef('AlertsOfOneCause', TogetherType, 'counted');

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

const ThresholdConnection = connectionRef('TightThreshold', ThresholdType, 'counted');

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
      type: FiredInConnection,
      args: pageArgs,
      description: 'The minutes in which over 10 fired.',
      resolve: ({ storms }, page) => pageOfList(page, storms, ({ from }) => keyOfParts(from)),
    }),
    alerts: t.field({
      type: FiredAlertConnection,
      args: pageArgs,
      description: 'The alerts that fired, those that fired most first.',
      resolve: ({ alerts }, page) =>
        pageOfList(page, alerts, ({ name, service }) => keyOfParts(service, name)),
    }),
    flapping: t.field({
      type: FlappingConnection,
      args: pageArgs,
      description: 'Alerts that come and go.',
      resolve: ({ flapping }, page) =>
        pageOfList(page, flapping, ({ name, service }) => keyOfParts(service, name)),
    }),
    unattended: t.field({
      type: UnattendedConnection,
      args: pageArgs,
      description: 'Incidents that waited for somebody, the longest first.',
      resolve: ({ unattended }, page) => pageOfList(page, unattended, ({ incident }) => incident.incident),
    }),
    ofOneCause: t.field({
      type: TogetherConnection,
      args: pageArgs,
      description: 'Services on which one cause set off several alerts.',
      resolve: ({ together }, page) => pageOfList(page, together, ({ service }) => keyOfParts(service)),
    }),
    tightThresholds: t.field({
      type: ThresholdConnection,
      args: pageArgs,
      description: 'Alerts that fire where their objective is missed already.',
      resolve: ({ thresholds }, page) =>
        pageOfList(page, thresholds, ({ name, service, slo, receipt }) =>
          keyOfParts(service, name, slo.slo, receipt),
        ),
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
