/** An answer as a chart: lines over time, or bars. */
import { useMemo, useState } from 'preact/hooks';
import { seriesColour } from '../charts/colours.js';
import type { Line } from '../charts/line.js';
import { LineChart } from '../charts/line-chart.js';
import { figureOf } from '../time/format.js';
import type { ChartBar, ChartChoice } from './chart-choice.js';

function spanOf(lines: readonly Line[]): { readonly from: number; readonly to: number } {
  const [first] = lines;
  const [from = 0, to = 1] = [first?.times[0], first?.times.at(-1)];
  return { from, to };
}

function Lines({ lines }: { readonly lines: readonly Line[] }) {
  const span = useMemo(() => spanOf(lines), [lines]);
  const [values, point] = useState<readonly (number | null | undefined)[] | undefined>();
  const label = `${lines.map(({ name }) => name).join(', ')}: ${lines.length === 1 ? 'one line' : `${lines.length} lines`} over time`;
  return (
    <>
      <LineChart label={label} lines={lines} span={span} unit={null} heightPx={320} onPoint={point} />
      <ul class="legend">
        {lines.map(({ name }, place) => (
          <li key={name}>
            <span class="swatch" style={{ background: `var(${seriesColour(place)})` }} />
            {name} {values !== undefined && <b>{figureOf(values[place])}</b>}
          </li>
        ))}
      </ul>
    </>
  );
}

function Bars({ measure, bars }: { readonly measure: string; readonly bars: readonly ChartBar[] }) {
  const most = Math.max(...bars.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  return (
    <table class="bars">
      <caption class="hidden-text">{measure} as bars</caption>
      <tbody>
        {bars.map(({ label, value }, place) => (
          // Labels may be alike, and the order does not change.
          <tr key={place}>
            <th scope="row" title={label}>
              {label === '' ? '–' : label}
            </th>
            <td class="figure">{figureOf(value)}</td>
            <td class="bar-cell" aria-hidden="true">
              <span
                class={value < 0 ? 'below' : ''}
                style={{ width: `${(100 * Math.abs(value)) / most}%` }}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Draws what was chosen for a table, and says what was left out of it. */
export function AnswerChart({ chart }: { readonly chart: ChartChoice }) {
  return (
    <figure class="answer-chart">
      {chart.type === 'lines' ? (
        <Lines lines={chart.lines} />
      ) : (
        <Bars measure={chart.measure} bars={chart.bars} />
      )}
      {chart.leftOut > 0 && (
        <figcaption class="soft small">
          {chart.leftOut} more {chart.type === 'lines' ? 'lines' : 'bars'} are in the table: group or limit
          the query.
        </figcaption>
      )}
    </figure>
  );
}
