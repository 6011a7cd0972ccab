/** `pillars`: how each of the four pillars does, with every metric of it. */
import { type Health, metricNames, type PillarHealth } from '../../analysis/index.js';
import { builder } from './builder.js';
import { BandEnum, healthOf, MetricType, PillarEnum } from './health.js';
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
    window: t.field({
      type: TimeWindow,
      description: 'The window that was measured.',
      resolve: ({ of }) => of.window,
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
      'The four pillars of a service, or of the whole system; null only with an error, which says why.',
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
