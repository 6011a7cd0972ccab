/** How the interval of an experiment's effect narrowed while it ran. */
import { useMemo } from 'preact/hooks';
import type { Line } from '../charts/line.js';
import { LineChart } from '../charts/line-chart.js';
import { useQuery } from '../data/query.js';
import {
  ExperimentIntervalsDocument,
  type ExperimentIntervalsQuery,
  type IntervalFragment,
} from '../generated/graphql.js';
import { Answered, NoData } from '../states/states.js';
import { evenTimes } from './experiment-model.js';
import { intervalOf } from './words.js';

const POINTS = 8;

type Intervals = NonNullable<ExperimentIntervalsQuery['experiment']>;

/** The statuses in the order of time; those at which nothing was known are left out; pure. */
export function knownIntervals(
  found: Intervals,
): readonly (IntervalFragment & { readonly changePercent: object })[] {
  const all = [found.s0, found.s1, found.s2, found.s3, found.s4, found.s5, found.s6, found.s7];
  return all.flatMap((status) =>
    status?.changePercent == null ? [] : [{ ...status, changePercent: status.changePercent }],
  );
}

function Chart({ found, expected }: { readonly found: Intervals; readonly expected: number | null }) {
  const known = useMemo(() => knownIntervals(found), [found]);
  const lines = useMemo((): readonly Line[] => {
    const times = known.map(({ judgedAt }) => Date.parse(judgedAt));
    const line = (name: string, values: readonly (number | null)[]): Line => ({ name, times, values });
    return [
      line(
        'change',
        known.map(({ changePercent }) => changePercent?.value ?? null),
      ),
      line(
        'expected',
        known.map(() => expected),
      ),
      line(
        'low',
        known.map(({ changePercent }) => changePercent?.low ?? null),
      ),
      line(
        'high',
        known.map(({ changePercent }) => changePercent?.high ?? null),
      ),
    ];
  }, [known, expected]);
  const [first] = known;
  const last = known.at(-1);
  if (first === undefined || last === undefined || first === last) {
    return <NoData title="There is no interval yet">It takes minutes of both arms to have one.</NoData>;
  }
  const span = { from: Date.parse(first.judgedAt), to: Date.parse(last.judgedAt) };
  return (
    <figure>
      <LineChart
        label={`Change in percent, now ${intervalOf(last.changePercent)}`}
        lines={lines}
        span={span}
        unit="%"
        heightPx={220}
      />
      <figcaption class="soft small">
        The first line is the estimated change, the second what was expected; the other two are the ends of
        the 95 % interval, which holds at every look.
      </figcaption>
    </figure>
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
