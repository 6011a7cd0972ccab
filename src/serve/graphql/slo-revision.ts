/** What was agreed of an objective. */
import { objectiveOf, type SloRevision } from '../../analysis/index.js';
import { formatMatchers, MINUTE_MS, pathOfEvent } from '../../model/index.js';
import { builder } from './builder.js';
import { Citation } from './receipts.js';
import { SloDirectionEnum } from './slo-enums.js';

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
        return windowMs === undefined ? null : windowMs / MINUTE_MS;
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
