/** Metrics that fell silent: what is not known now. */
import { useQuery } from '../data/query.js';
import { SilentMetricsDocument, type SilentMetricsQuery } from '../generated/graphql.js';
import { Mark } from '../parts/marks.js';
import { Section, ServiceLink, Time } from '../parts/text.js';
import { Answered, NoData } from '../states/states.js';
import { durationOf } from '../time/format.js';

type Quality = NonNullable<SilentMetricsQuery['dataQuality']>;

function Silent({ quality: { stalled, metricCount, seriesCount } }: { readonly quality: Quality }) {
  if (metricCount === 0) {
    return (
      <NoData title="No metric has spoken for a day">
        Point the remote write of a Prometheus here; until then health rests on events alone.
      </NoData>
    );
  }
  const total = stalled.totalCount ?? stalled.nodes.length;
  if (total === 0) {
    return (
      <p>
        <Mark tone="good" /> All {metricCount} metrics ({seriesCount.toLocaleString('en')} series) of the last
        day still speak.
      </p>
    );
  }
  return (
    <>
      <table class="data">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Service</th>
            <th scope="col">Last heard</th>
          </tr>
        </thead>
        <tbody>
          {stalled.nodes.map(({ metric, service, lastAt, silentSeconds }) => (
            <tr key={`${service} ${metric}`}>
              <th scope="row">
                <code>{metric}</code>
              </th>
              <td>
                {service === null ? <span class="soft">none named</span> : <ServiceLink name={service} />}
              </td>
              <td>
                <Time at={lastAt} />{' '}
                <span class="soft small">silent for {durationOf(1_000 * silentSeconds)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {total > stalled.nodes.length && <p class="soft small">and {total - stalled.nodes.length} more</p>}
    </>
  );
}

/** The panel of the overview. */
export function SilentMetrics({ at }: { readonly at: string | null }) {
  const query = useQuery(SilentMetricsDocument, { at });
  const count = query.data?.dataQuality?.stalled.totalCount ?? 0;
  return (
    <Section title={count === 0 ? 'Silent metrics' : `Silent metrics: ${count}`} id="silent-metrics">
      <Answered query={query} what="how well measuring works">
        {({ dataQuality }) => dataQuality !== null && <Silent quality={dataQuality} />}
      </Answered>
    </Section>
  );
}
