/** The figures that an objective is judged by. */
import type { BurnStatus, BurnWindow, ErrorBudget, SloPart } from '../../analysis/index.js';
import { MINUTE_MS } from '../../model/index.js';
import { builder } from './builder.js';
import { RuleEnum, UnitEnum } from './slo-enums.js';
import { SloRevisionType } from './slo-revision.js';
import { SloType } from './slo-types.js';
import { TimeWindow } from './window.js';

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
      resolve: ({ lengthMs }) => lengthMs / MINUTE_MS,
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

builder.objectFields(SloType, (t) => ({
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
  outliersLeftOut: t.exposeInt('outliersLeftOut', {
    nullable: true,
    description: 'How many outlying slices were left out; null where that was not asked for.',
  }),
}));
