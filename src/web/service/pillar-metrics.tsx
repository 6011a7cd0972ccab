/** The metrics of the pillars with their targets. */
import type { MetricStanding } from '../generated/graphql.js';
import { Badge, type Tone } from '../parts/marks.js';
import { measureOf } from '../time/format.js';
import type { ServiceFacts } from './service-page.js';

type PillarMetric = NonNullable<ServiceFacts['health']>['metrics'][number];

const standings: Readonly<Record<MetricStanding, { readonly tone: Tone; readonly word: string }>> = {
  met: { tone: 'good', word: 'met' },
  warn: { tone: 'strained', word: 'past target' },
  alert: { tone: 'bad', word: 'past threshold' },
  unjudged: { tone: 'accent', word: 'trend only' },
  absent: { tone: 'unknown', word: 'no data' },
};

function targetOf({ better, targets, unit }: PillarMetric): string {
  const [low, high] = targets;
  if (low === undefined) return '–';
  if (high !== undefined) return `${measureOf(low, unit)} to ${measureOf(high, unit)}`;
  return `${better === 'lower' ? 'at most' : 'at least'} ${measureOf(low, unit)}`;
}

/** Every metric of the pillars, those without data too. */
export function PillarMetrics({ metrics }: { readonly metrics: readonly PillarMetric[] }) {
  return (
    <details class="pillar-metrics">
      <summary>All {metrics.length} metrics of the pillars</summary>
      <div class="scroll">
        <table class="data">
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col" class="figure">
                Value
              </th>
              <th scope="col">Target</th>
              <th scope="col">Standing</th>
            </tr>
          </thead>
          <tbody>
            {metrics.map((metric) => (
              <tr key={metric.name}>
                <th scope="row" title={metric.meaning}>
                  <code>{metric.name}</code>
                </th>
                <td class="figure">{measureOf(metric.value, metric.unit)}</td>
                <td>{targetOf(metric)}</td>
                <td>
                  <Badge {...standings[metric.standing]} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
