/** The metrics of a service as charts that share their axis and their cursor. */
import type { Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { MetricChart } from '../charts/metric-chart.js';
import { useParameter } from '../parts/address.js';
import { Section } from '../parts/text.js';
import { NoData } from '../states/states.js';
import type { Range } from '../time/range.js';
import type { ServiceFacts } from './service-page.js';

interface Props {
  readonly service: ServiceFacts;
  readonly range: Range;
  readonly cursor: Signal<number | undefined>;
}

/** What Genchi measures itself comes after what was sent to it. */
const isOwn = (metric: string): boolean => /^(?:jidoka|kanban|andon|heijunka)_/.test(metric);

/** The charts, those whose name holds what is typed. */
export function ServiceMetrics({ service, range, cursor }: Props) {
  const [typed, type] = useParameter('metric');
  const metrics = useMemo(
    () =>
      service.metrics
        .filter(({ metric }) => metric.toLowerCase().includes(typed.toLowerCase()))
        .toSorted((a, b) => Number(isOwn(a.metric)) - Number(isOwn(b.metric))),
    [service.metrics, typed],
  );
  return (
    <Section title="Metrics">
      {service.metrics.length === 0 ? (
        <NoData title="No metric speaks of it">
          Only events do; a Prometheus can send its metrics by remote write.
        </NoData>
      ) : (
        <div class="filters">
          <label>
            <span>Name contains</span>
            <input type="search" value={typed} onInput={({ currentTarget }) => type(currentTarget.value)} />
          </label>
          <span class="soft" role="status">
            {metrics.length} of {service.metrics.length} metrics
          </span>
        </div>
      )}
      <div class="metric-grid">
        {metrics.map(({ metric, seriesCount }) => (
          <MetricChart
            key={metric}
            {...{ metric, cursor }}
            service={service.name}
            span={range}
            title={seriesCount === 1 ? '' : `${seriesCount} series`}
          />
        ))}
      </div>
    </Section>
  );
}
