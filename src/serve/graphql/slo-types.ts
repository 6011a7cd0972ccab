/** The types of service level objectives as they are judged. */
import {
  type BurnStatus,
  type BurnWindow,
  type ErrorBudget,
  objectiveOf,
  proposeObjectives,
  type SloPart,
  type SloProposal,
  type SloRevision,
  type SloStatus,
} from '../../analysis/index.js';
import { formatMatchers, MINUTE_MS, pathOfEvent } from '../../model/index.js';
import { builder } from './builder.js';
import { Citation } from './receipts.js';
import { PatternEnum, RuleEnum, SloDirectionEnum, SloStateEnum, UnitEnum } from './slo-enums.js';
import { judgedOne } from './slo-reader.js';
import { TimeWindow } from './window.js';

const minutes = (ms: number): number => ms / MINUTE_MS;

/** What one of its receipts says of an objective. */
export const SloRevisionType = builder.objectRef<SloRevision>('SloRevision').implement({
  description: 'What was agreed of an objective at one time.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'Since when it holds.' }),
    receipt: t.field({
      type: Citation,
      description: 'Its receipt.',
      resolve: (revision) => pathOfEvent(revision),
    }),
    retired: t.boolean({
      description: 'Whether it ends the objective.',
      resolve: ({ retired }) => retired === true,
    }),
    title: t.exposeString('title', { nullable: true, description: 'What it is called.' }),
    service: t.exposeString('service', {
      nullable: true,
      description: 'The service; null for the whole system.',
    }),
    component: t.exposeString('component', { nullable: true, description: 'The part of the service.' }),
    metric: t.exposeString('metric', {
      nullable: true,
      description: 'The metric that has a target; null of events.',
    }),
    direction: t.field({
      type: SloDirectionEnum,
      nullable: true,
      description: 'Which side of the target is good; null of events.',
      resolve: ({ metric, direction }) =>
        metric === undefined ? null : direction === 'at_least' ? 'at_least' : 'at_most',
    }),
    target: t.exposeFloat('target', { nullable: true, description: "The target, in the metric's unit." }),
    goodMetric: t.exposeString('goodMetric', { nullable: true, description: 'The counter of good events.' }),
    badMetric: t.exposeString('badMetric', { nullable: true, description: 'The counter of bad events.' }),
    totalMetric: t.exposeString('totalMetric', { nullable: true, description: 'The counter of all events.' }),
    selectors: t.stringList({
      description: 'Which series of its metrics count, as PromQL writes them.',
      resolve: (revision) => {
        const indicator = objectiveOf(revision)?.indicator;
        if (indicator === undefined) return [];
        const all = indicator.type === 'level' ? [indicator.level] : [indicator.counted, indicator.total];
        return all.map(({ metric, matchers }) => `${metric}${formatMatchers(matchers)}`);
      },
    }),
    objectivePercent: t.float({
      nullable: true,
      description: 'The share that must be good, in %.',
      resolve: (revision) => {
        const share = objectiveOf(revision)?.share;
        return share === undefined ? null : Number((share * 100).toPrecision(12));
      },
    }),
    windowMinutes: t.int({
      nullable: true,
      description: 'How long it is kept over, in minutes.',
      resolve: (revision) => {
        const windowMs = objectiveOf(revision)?.windowMs;
        return windowMs === undefined ? null : minutes(windowMs);
      },
    }),
    sliceMinutes: t.int({
      description: 'How long the slices are that are judged each as a whole, in minutes.',
      resolve: ({ sliceMinutes = 1 }) => sliceMinutes,
    }),
    sliceTargetPercent: t.exposeFloat('sliceTargetPercent', {
      nullable: true,
      description: 'The share of its events that makes a slice good, in %; null where events are counted.',
    }),
    owner: t.exposeString('owner', { nullable: true, description: 'Who answers for it.' }),
    reason: t.exposeString('reason', { nullable: true, description: 'Why it was chosen, or ended.' }),
  }),
});

const BudgetType = builder.objectRef<ErrorBudget>('SloErrorBudget').implement({
  description: 'How much may be bad within the window, in the unit of the objective.',
  fields: (t) => ({
    allowed: t.exposeFloat('allowed', { description: 'How much of what has data may be bad.' }),
    spent: t.exposeFloat('spent', { description: 'How much was bad.' }),
    leftPercent: t.exposeFloat('leftPercent', {
      nullable: true,
      description:
        'What is left, in %: 100 is untouched, below 0 is overspent; null where nothing may be bad.',
    }),
  }),
});

const BurnWindowType = builder.objectRef<BurnWindow>('SloBurnWindow').implement({
  description: 'How fast the error budget burns over a window.',
  fields: (t) => ({
    minutes: t.float({
      description: 'Its length, in minutes.',
      resolve: ({ lengthMs }) => minutes(lengthMs),
    }),
    badShare: t.exposeFloat('badShare', {
      nullable: true,
      description: 'The share of what was bad, 0..1; null where less than half of it has data.',
    }),
    rate: t.exposeFloat('rate', {
      nullable: true,
      description:
        'How many times the allowed share it is; null where it is not known, or nothing is allowed.',
    }),
  }),
});

const BurnType = builder.objectRef<BurnStatus>('SloBurn').implement({
  description: 'A rule on the burn rate of an error budget: both windows must burn faster than its factor.',
  fields: (t) => ({
    rule: t.field({ type: RuleEnum, description: 'The rule.', resolve: ({ rule }) => rule.name }),
    factor: t.float({
      description: 'How many times as fast as allowed is too fast.',
      resolve: ({ rule }) => rule.factor,
    }),
    pages: t.boolean({
      description: 'Whether it wakes somebody (critical), or waits for the next day (warning).',
      resolve: ({ rule }) => rule.urgency === 'page',
    }),
    long: t.expose('long', { type: BurnWindowType, description: 'The long window: that it matters.' }),
    short: t.expose('short', {
      type: BurnWindowType,
      description: 'The short window: that it still goes on.',
    }),
    firing: t.exposeBoolean('firing', {
      nullable: true,
      description: 'Whether it fires; null where nobody knows.',
    }),
  }),
});

const PartType = builder.objectRef<SloPart>('SloPart').implement({
  description: 'The part of the window that one revision judged.',
  fields: (t) => ({
    revision: t.expose('revision', { type: SloRevisionType, description: 'The revision.' }),
    window: t.expose('window', {
      type: TimeWindow,
      description: 'The minutes that end after `from` and up to `to`.',
    }),
    attainmentPercent: t.exposeFloat('attainmentPercent', {
      nullable: true,
      description: 'What was good, in %.',
    }),
    coverage: t.exposeFloat('coverage', { description: 'The share of its minutes that have data, 0..1.' }),
  }),
});

const ProposalType = builder.objectRef<SloProposal>('SloProposal').implement({
  description: 'A way to an objective that is missed.',
  fields: (t) => ({
    phases: t.floatList({
      description: 'Objectives to take one after the other, in %: the first is kept already.',
      resolve: ({ phases }) => [...phases],
    }),
    pattern: t.expose('pattern', { type: PatternEnum, description: 'How misses are spread over time.' }),
    worstHour: t.exposeInt('worstHour', {
      nullable: true,
      description: 'The worst hour of the day in UTC, 0..23; only of a daily pattern.',
    }),
    sentence: t.exposeString('sentence', { description: 'All of that in a sentence.' }),
  }),
});

/** An objective, judged at a time. */
export const SloType = builder.objectRef<SloStatus>('Slo');

builder.node(SloType, {
  description: 'A service level objective, judged at a time.',
  id: { resolve: ({ slo }) => slo.slo },
  loadWithoutCache: async (name, context) => (await judgedOne(name, undefined, context)) ?? null,
  fields: (t) => ({
    name: t.string({ description: 'Its name.', resolve: ({ slo }) => slo.slo }),
    iri: t.string({
      description: 'Its IRI.',
      resolve: ({ slo }, _, { deps }) => deps.iris.of({ type: 'slo', name: slo.slo }),
    }),
    revision: t.expose('slo', { type: SloRevisionType, description: 'What holds at that time.' }),
    revisions: t.field({
      type: [SloRevisionType],
      description: 'Everything that was ever agreed of it, the oldest first.',
      resolve: ({ slo }, _, { deps }) => [...(deps.slos.historyOf(slo.slo) ?? [])],
    }),
    at: t.expose('at', { type: 'DateTime', description: 'The time that it was judged at.' }),
    window: t.expose('window', {
      type: TimeWindow,
      description: 'The minutes that end after `from` and up to `to`.',
    }),
    state: t.expose('state', { type: SloStateEnum, description: 'Whether it is kept.' }),
    unit: t.expose('unit', { type: UnitEnum, description: 'What is counted.' }),
    objectivePercent: t.exposeFloat('objectivePercent', {
      description:
        'The share that must be good, in %; where it was changed within the window, each revision by its part.',
    }),
    attainmentPercent: t.exposeFloat('attainmentPercent', {
      nullable: true,
      description: 'The share that was good, in % of what has data; null without data.',
    }),
    coverage: t.exposeFloat('coverage', { description: 'The share of the window that has data, 0..1.' }),
    good: t.exposeFloat('good', { description: 'How much was good, in the unit.' }),
    total: t.exposeFloat('total', { description: 'How much has data, in the unit.' }),
    budget: t.expose('budget', { type: BudgetType, description: 'The error budget.' }),
    burns: t.field({
      type: [BurnType],
      description: 'The rules on its burn rate.',
      resolve: ({ burns }) => [...burns],
    }),
    current: t.exposeFloat('current', {
      nullable: true,
      description:
        'The latest level of the metric, in its unit, or the good share of recent events in %; null without any in five minutes.',
    }),
    headroomPercent: t.exposeFloat('headroomPercent', {
      nullable: true,
      description:
        'How far the metric is from its target, in % of the target; below 0 is past it; null of events.',
    }),
    parts: t.field({
      type: [PartType],
      description: 'Which revision judged which part of the window.',
      resolve: ({ parts }) => [...parts],
    }),
    missing: t.stringList({
      description: 'Why it is not known, in sentences.',
      resolve: ({ missing }) => [...missing],
    }),
    outliersLeftOut: t.exposeInt('outliersLeftOut', {
      nullable: true,
      description: 'How many outlying slices were left out; null where that was not asked for.',
    }),
    proposal: t.field({
      type: ProposalType,
      nullable: true,
      description: 'A way to it where it is missed; null where it is not.',
      resolve: async (status, _, { deps, budget }) => {
        if (status.state !== 'missed') return null;
        budget.spend('proposals');
        const [proposal] = await proposeObjectives(deps.store, [status]);
        return proposal ?? null;
      },
    }),
  }),
});
