/** What was left of the budget of an objective over time. */
import { useMemo } from 'preact/hooks';
import type { Line } from '../charts/line.js';
import { LineChart } from '../charts/line-chart.js';
import type { SloDetailQuery } from '../generated/graphql.js';
import { NoData } from '../states/states.js';
import { figureOf } from '../time/format.js';
import { minutesInWords } from './words.js';

type Slo = NonNullable<SloDetailQuery['slo']>;

/** The chart, or why there is none. */
export function BudgetChart({ slo }: { readonly slo: Slo }) {
  const { budgetHistory: points } = slo;
  const known = points.filter(({ leftPercent }) => leftPercent !== null);
  const lines = useMemo((): readonly Line[] => {
    const times = points.map(({ at }) => Date.parse(at));
    return [
      { name: 'left', times, values: points.map(({ leftPercent }) => leftPercent) },
      { name: 'spent', times, values: points.map(() => 0) },
    ];
  }, [points]);
  const span = useMemo(
    () => ({ from: Date.parse(slo.window.from), to: Date.parse(slo.window.to) }),
    [slo.window.from, slo.window.to],
  );
  if (known.length < 2) {
    return (
      <NoData title="No budget can be drawn yet">
        {slo.missing[0] ?? 'There are no data of its window.'}
      </NoData>
    );
  }
  const lows = known.map(({ leftPercent }) => leftPercent ?? 0);
  const label = `Error budget left, from ${figureOf(lows[0])} % to ${figureOf(lows.at(-1))} %, least ${figureOf(Math.min(...lows))} %`;
  return (
    <figure>
      <LineChart label={label} lines={lines} span={span} unit="%" heightPx={220} />
      <figcaption class="soft small">
        At each time what was left over the {minutesInWords(slo.revision.windowMinutes ?? 0)} before it,
        judged as it is agreed now. The second line is where it is spent.
      </figcaption>
    </figure>
  );
}
