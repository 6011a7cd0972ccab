/** What changed, and which alerts fired, on one axis of time. */
import { useEffect, useMemo } from 'preact/hooks';
import { Lanes } from '../charts/lanes.js';
import { onChanges } from '../data/live.js';
import { useQuery } from '../data/query.js';
import { RecentHappeningsDocument, type RecentHappeningsQuery } from '../generated/graphql.js';
import { Section } from '../parts/text.js';
import { Answered, Empty } from '../states/states.js';
import { durationOf, zoneName } from '../time/format.js';
import { type Range, windowOf } from '../time/range.js';
import { lanesOf, leftOutOf } from './happenings.js';

function Strip({ data, range }: { readonly data: RecentHappeningsQuery; readonly range: Range }) {
  const lanes = useMemo(() => lanesOf(data), [data]);
  const leftOut = leftOutOf(data);
  const isEmpty = lanes.every(({ happenings }) => happenings.length === 0);
  if (isEmpty) {
    return (
      <Empty title="Nothing changed">
        No deployment, setting, flag, experiment or alert is recorded in this span. Choose a longer one above,
        or check that your pipelines report here.
      </Empty>
    );
  }
  return (
    <>
      {leftOut !== undefined && <p class="partial">{leftOut}</p>}
      <Lanes lanes={lanes} span={range} />
    </>
  );
}

/** The strip of the overview, and of one service. */
export function ChangeStrip({ range, service }: { readonly range: Range; readonly service?: string }) {
  const query = useQuery(
    RecentHappeningsDocument,
    { ...windowOf(range), services: service === undefined ? null : [service] },
    { subject: `happenings ${service}` },
  );
  const { reload } = query;
  useEffect(
    () => onChanges((changes) => changes.some((one) => one.__typename === 'IncidentChange') && reload()),
    [reload],
  );
  return (
    <Section title="What changed" aside={`${durationOf(range.to - range.from)}, ${zoneName()} time`}>
      <Answered query={query} what="changes and alerts" lines={5}>
        {(data) => <Strip data={data} range={range} />}
      </Answered>
    </Section>
  );
}
