/** The documents of OpenSLO v1 as far as they are taken: https://github.com/OpenSLO/OpenSLO#specification */
import { z } from 'zod';

const name = z.string('expected a name').min(1, 'expected a name');

const metadata = z.looseObject({
  name,
  displayName: z.string().optional(),
  labels: z
    .record(z.string(), z.union([z.string(), z.array(z.string()).transform((all) => all.join(','))]))
    .default({}),
});

const source = z.looseObject({
  metricSource: z.looseObject({
    metricSourceRef: z.string().optional(),
    type: z.string().optional(),
    spec: z.looseObject({ query: z.string('expected a query').min(1, 'expected a query') }),
  }),
});

/** Where the samples of a metric come from. */
export type Source = z.output<typeof source>;

const ratio = z.looseObject({
  counter: z.boolean().optional(),
  good: source.optional(),
  bad: source.optional(),
  total: source.optional(),
  raw: z.unknown().optional(),
  rawType: z.unknown().optional(),
});

const indicatorSpec = z.looseObject({
  thresholdMetric: source.optional(),
  ratioMetric: ratio.optional(),
});

/** What is measured, and how. */
export type IndicatorSpec = z.output<typeof indicatorSpec>;

/** A document of kind SLI. */
export const sliDocument = z.looseObject({ metadata, spec: indicatorSpec });

/** A document of kind DataSource. */
export const dataSourceDocument = z.looseObject({ metadata, spec: z.looseObject({ type: z.string() }) });

const share = z
  .number('expected a share within 0..1')
  .gt(0, 'expected a share within 0..1')
  .lte(1, 'expected a share within 0..1');

const objective = z.looseObject({
  displayName: z.string().optional(),
  op: z.enum(['lte', 'lt', 'gte', 'gt'], 'expected lte, lt, gte or gt').optional(),
  value: z.number('expected a number').optional(),
  target: share.optional(),
  targetPercent: z.number('expected a number').optional(),
  timeSliceTarget: share.optional(),
  timeSliceWindow: z.union([z.string(), z.number().transform((minutes) => `${minutes}m`)]).optional(),
  indicator: z.unknown().optional(),
  indicatorRef: z.unknown().optional(),
});

/** One objective of an SLO. */
export type OpenObjective = z.output<typeof objective>;

/** A document of kind SLO. */
export const sloDocument = z.looseObject({
  metadata,
  spec: z.looseObject({
    description: z.string().optional(),
    service: name,
    indicator: z.looseObject({ spec: indicatorSpec }).optional(),
    indicatorRef: z.string().optional(),
    timeWindow: z
      .array(
        z.looseObject({
          duration: z.string('expected a duration such as 30d'),
          isRolling: z.boolean().optional(),
          calendar: z.unknown().optional(),
        }),
        'expected a list of one window',
      )
      .length(1, 'expected a list of one window'),
    budgetingMethod: z
      .enum(
        ['Occurrences', 'Timeslices', 'RatioTimeslices'],
        'expected Occurrences, Timeslices or RatioTimeslices',
      )
      .optional(),
    objectives: z
      .array(objective, 'expected a list of objectives')
      .min(1, 'expected at least one objective')
      .max(50, 'expected at most 50 objectives'),
    alertPolicies: z.array(z.unknown()).default([]),
  }),
});

/** A checked document of kind SLO. */
export type SloDocument = z.output<typeof sloDocument>;
