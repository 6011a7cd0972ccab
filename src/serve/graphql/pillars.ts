/** `pillars`: how each of the four pillars does, with every metric of it. */
import { type Health, measuredKinds, metricNames, type PillarHealth } from '../../analysis/index.js';
import { builder } from './builder.js';
import { BandEnum, healthOf, MetricType, PillarEnum } from './health.js';
import { LostEvidenceType } from './lost.js';
import { TimeWindow } from './window.js';

/** One pillar of a health. */
interface Pillar {
  readonly of: Health;
  readonly scored: PillarHealth;
}

const PillarType = builder.objectRef<Pillar>('PillarReadings').implement({
  description: 'A pillar over a window: its score, and every metric of it, those without data too.',
  fields: (t) => ({
    pillar: t.field({ type: PillarEnum, description: 'The pillar.', resolve: ({ scored }) => scored.pillar }),
    at: t.field({
      type: 'DateTime',
      description:
        'The time that it was measured at, the end of the window: at most two minutes ago where no `at` is asked for.',
      resolve: ({ of }) => of.window.to,
    }),
    window: t.field({
      type: TimeWindow,
      description: 'The window that was measured.',
      resolve: ({ of }) => of.window,
    }),
    lost: t.field({
      type: [LostEvidenceType],
      description: 'What of the window could not be counted, because its archive was deleted.',
      resolve: async ({ of }, _, { lost }) => [...(await lost.read(of.window, measuredKinds))],
    }),
    score: t.float({
      nullable: true,
      description: 'Its score, 0..100; null without enough data.',
      resolve: ({ scored }) => scored.score,
    }),
    band: t.field({
      type: BandEnum,
      nullable: true,
      description: 'The band of the score.',
      resolve: ({ scored }) => scored.band,
    }),
    metrics: t.field({
      type: [MetricType],
      description: 'Its metrics, in the order in which they are shown.',
      resolve: ({ of, scored }, _, { deps }) =>
        metricNames
          .filter((metric) => deps.pillarMetrics[metric].pillar === scored.pillar)
          .map((metric) => ({ metric, value: of.readings.get(metric) })),
    }),
  }),
});

builder.queryField('pillars', (t) =>
  t.field({
    type: [PillarType],
    nullable: true,
    description:
      'The four pillars of a service, or of the whole system. Without `at` and over 30 minutes they are those of the last evaluation, which is up to two minutes old (their `at` says how old); anything else is measured when it is asked. Null only with an error, which says why.',
    args: {
      service: t.arg.string({ description: 'The name of the service; the whole system when absent.' }),
      at: t.arg({ type: 'DateTime', description: 'The end of the window; now when absent.' }),
      windowMinutes: t.arg.float({
        required: true,
        defaultValue: 30,
        description: 'The length of the window, 1..1440 minutes.',
      }),
    },
    resolve: async (_, { service, ...question }, context) => {
      const of = await healthOf(service ?? undefined, question, context);
      return of.pillars.map((scored) => ({ of, scored }));
    },
  }),
);
