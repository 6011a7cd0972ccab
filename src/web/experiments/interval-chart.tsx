/** How the interval of an experiment's effect narrowed while it ran. */
import { useMemo } from 'preact/hooks';
import { useQuery } from '../data/query.js';
import { ExperimentIntervalsDocument, type ExperimentIntervalsQuery } from '../generated/graphql.js';
import { Time } from '../parts/text.js';
import { Answered, NoData } from '../states/states.js';
import { evenTimes } from './experiment-model.js';
import { IntervalDrawing, type Look } from './interval-drawing.js';
import { changeOf, intervalOf } from './words.js';

const POINTS = 8;

type Intervals = NonNullable<ExperimentIntervalsQuery['experiment']>;

/** The statuses in the order of time; those at which nothing was known are left out; pure. */
export function knownIntervals(found: Intervals): readonly Look[] {
  const all = [found.s0, found.s1, found.s2, found.s3, found.s4, found.s5, found.s6, found.s7];
  return all.flatMap((status) =>
    status?.changePercent == null ? [] : [{ ...status, changePercent: status.changePercent }],
  );
}

function Chart({ found, expected }: { readonly found: Intervals; readonly expected: number | null }) {
  const known = useMemo(() => knownIntervals(found), [found]);
  const last = known.at(-1);
  if (last === undefined || known.length < 2) {
    return <NoData title="There is no interval yet">It takes minutes of both arms to have one.</NoData>;
  }
  return (
    <figure class="intervals">
      <IntervalDrawing
        looks={known}
        expected={expected}
        label={`Change in percent, now ${intervalOf(last.changePercent)}`}
      />
      <figcaption class="soft small">
        Each bar is the 95 % interval as it stood at that time, its dot the estimated change. The intervals
        hold at every look; where a bar has no end, that end is not known.
      </figcaption>
      <LooksTable looks={known} />
    </figure>
  );
}

function LooksTable({ looks }: { readonly looks: readonly Look[] }) {
  return (
    <details class="as-list">
      <summary>The same as a table</summary>
      <div class="scroll">
        <table class="data">
          <thead>
            <tr>
              <th scope="col">At</th>
              <th scope="col" class="figure">
                Change
              </th>
              <th scope="col" class="figure">
                Interval
              </th>
            </tr>
          </thead>
          <tbody>
            {looks.map(({ judgedAt, changePercent }) => (
              <tr key={judgedAt}>
                <th scope="row">
                  <Time at={judgedAt} />
                </th>
                <td class="figure">{changeOf(changePercent.value)}</td>
                <td class="figure">{intervalOf(changePercent)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** The chart of an experiment from its start up to its end, or to now. */
export function IntervalChart({
  id,
  fromMs,
  toMs,
  expected,
}: {
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly expected: number | null;
}) {
  const [t0 = '', t1 = '', t2 = '', t3 = '', t4 = '', t5 = '', t6 = '', t7 = ''] = evenTimes(
    fromMs,
    toMs,
    POINTS,
  );
  const query = useQuery(
    ExperimentIntervalsDocument,
    { id, t0, t1, t2, t3, t4, t5, t6, t7 },
    { subject: id },
  );
  return (
    <Answered query={query} what="the interval over time" lines={5}>
      {({ experiment }) => experiment !== null && <Chart found={experiment} expected={expected} />}
    </Answered>
  );
}
