/** `Service.metrics`: what is measured of a service. */
import { builder } from './builder.js';
import { unitOfMetric } from './metric-series.js';
import { ServiceType } from './services.js';

/** A metric of a service. */
interface ServiceMetric {
  readonly metric: string;
  readonly unit: string | undefined;
  readonly series: number;
}

const ServiceMetricType = builder.objectRef<ServiceMetric>('ServiceMetric').implement({
  description: 'A metric that series about a service have.',
  fields: (t) => ({
    metric: t.exposeString('metric', { description: 'The name of the metric.' }),
    unit: t.exposeString('unit', {
      nullable: true,
      description: 'The unit of its values, where the metric, a label or its name says it.',
    }),
    seriesCount: t.exposeInt('series', {
      description: 'How many series there are of it, those that are over too.',
    }),
  }),
});

builder.objectField(ServiceType, 'metrics', (t) =>
  t.field({
    type: [ServiceMetricType],
    description: 'The metrics that series about it have, by name.',
    resolve: ({ name }, _, { deps, budget }) => {
      const found = deps.store.findSeries({ services: [name] });
      budget.spend('relatives', found.length);
      const byMetric = new Map<string, ServiceMetric>();
      for (const one of found) {
        const { metric } = one;
        const known = byMetric.get(metric) ?? { metric, unit: unitOfMetric(metric, one, deps), series: 0 };
        byMetric.set(metric, { ...known, series: known.series + 1 });
      }
      return [...byMetric.values()].sort((a, b) => (a.metric < b.metric ? -1 : 1));
    },
  }),
);
