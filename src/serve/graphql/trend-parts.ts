/** The types that trends are made of. */
import type {
  Change,
  Estimate,
  Gap,
  Reach,
  Reversal,
  Season,
  SubjectTrend,
  TrendVerdict,
} from '../../analysis/index.js';
import { HOUR_MS, instantOf } from '../../model/index.js';
import { builder } from './builder.js';

/** What a trend means. */
export const VerdictEnum = builder.enumType('TrendVerdict', {
  description: 'What a trend means.',
  values: {
    IMPROVING: { value: 'improving', description: 'It moves to its good side.' },
    DEGRADING: { value: 'degrading', description: 'It moves to its bad side.' },
    RISING: { value: 'rising', description: 'It rises, and has no good side.' },
    FALLING: { value: 'falling', description: 'It falls, and has no good side.' },
    STEADY: { value: 'steady', description: 'No trend is shown.' },
    NOT_ENOUGH_DATA: {
      value: 'not-enough-data',
      description: 'Fewer than ten points, or points over less than half of the window.',
    },
  } as const satisfies Record<string, { readonly value: TrendVerdict; readonly description: string }>,
});

/** JSON has no infinities: a bound that is open is null. */
const bound = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** An estimate with its interval. */
export const EstimateType = builder.objectRef<Estimate>('Estimate').implement({
  description: 'An estimate with its 95 % interval.',
  fields: (t) => ({
    value: t.exposeFloat('value', { description: 'The estimate, in the unit that the field of it says.' }),
    low: t.float({
      nullable: true,
      description: 'The lower end of the interval, in the unit of the estimate; null when it is open.',
      resolve: ({ low }) => bound(low),
    }),
    high: t.float({
      nullable: true,
      description: 'The upper end of the interval, in the unit of the estimate; null when it is open.',
      resolve: ({ high }) => bound(high),
    }),
  }),
});

/** A change of a trend. */
export const ChangeType = builder.objectRef<Change>('TrendChange').implement({
  description: 'A change of the level or the slope.',
  fields: (t) => ({
    at: t.field({
      type: 'DateTime',
      description: 'The first point after it.',
      resolve: ({ at }) => instantOf(at),
    }),
    levelBefore: t.exposeFloat('levelBefore', { description: "Just before it, in the metric's unit." }),
    levelAfter: t.exposeFloat('levelAfter', { description: "Just after it, in the metric's unit." }),
  }),
});

/** A change that turns a verdict round. */
export const ReversalType = builder.objectRef<Reversal>('TrendReversal').implement({
  description: 'A change after which the verdict turns round.',
  fields: (t) => ({
    at: t.field({
      type: 'DateTime',
      description: 'The first point after it.',
      resolve: ({ at }) => instantOf(at),
    }),
    from: t.expose('from', { type: VerdictEnum, description: 'The verdict before it.' }),
    to: t.expose('to', { type: VerdictEnum, description: 'The verdict after it.' }),
  }),
});

/** A point far from the rest. */
export const OutlierType = builder
  .objectRef<SubjectTrend['trend']['outliers'][number]>('TrendOutlier')
  .implement({
    description: 'A point further than three robust deviations from the line of its stretch; it is kept.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime', description: 'The begin of its step.' }),
      value: t.exposeFloat('value', { description: "Its value, in the metric's unit." }),
    }),
  });

/** A period that comes again. */
export const SeasonType = builder.objectRef<Season>('TrendSeason').implement({
  description: 'A period after which the values come again.',
  fields: (t) => ({
    periodHours: t.float({
      description: 'How long it is in hours: 24 or 168.',
      resolve: ({ periodMs }) => periodMs / HOUR_MS,
    }),
    strength: t.exposeFloat('strength', { description: 'The part of the variance it explains, 0..1.' }),
    p: t.exposeFloat('p', { description: 'The probability of so much agreement by chance, 0..1.' }),
  }),
});

/** A stretch without samples. */
export const GapType = builder.objectRef<Gap>('TrendGap').implement({
  description: 'Over five minutes without a sample of a series.',
  fields: (t) => ({
    from: t.expose('from', { type: 'DateTime', description: 'The last sample before it.' }),
    to: t.expose('to', {
      type: 'DateTime',
      nullable: true,
      description: 'The next sample; null while it lasts.',
    }),
    lastValue: t.exposeFloat('lastValue', { description: "The last value, in the metric's unit." }),
  }),
});

/** When a trend reaches a limit. */
export const ReachType = builder
  .objectRef<Reach & { readonly headroomPercent: number | undefined }>('TrendReach')
  .implement({
    description: 'When a trend reaches a limit; null is never, at that rate.',
    fields: (t) => ({
      expectedDays: t.exposeFloat('expectedDays', {
        nullable: true,
        description: 'In how many days, at its rate.',
      }),
      earliestDays: t.exposeFloat('earliestDays', {
        nullable: true,
        description: 'In how many days, at the fastest rate of its interval.',
      }),
      latestDays: t.exposeFloat('latestDays', {
        nullable: true,
        description: 'In how many days, at the slowest rate of its interval.',
      }),
      headroomPercent: t.exposeFloat('headroomPercent', {
        nullable: true,
        description: 'What is left below the limit, in % of it; negative beyond it, null for a limit of 0.',
      }),
    }),
  });
