/** Series as lines over time, drawn by uPlot. */
import { effect, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Tone } from '../parts/marks.js';
import { theme } from '../shell/pickers.js';
import { measureOf, zone } from '../time/format.js';
import { ticksOf } from '../time/ticks.js';
import { colourOf, seriesColour } from './colours.js';
import { type Span, useWidth } from './lanes.js';
import type { Line } from './line.js';
import { drawMany, frameOf, isMany } from './many-lines.js';

/** A time that is marked through a chart. */
export interface ThroughLine {
  readonly at: number;
  readonly tone: Tone;
}

interface ChartParts {
  readonly lines: readonly Line[];
  readonly span: Span;
  readonly unit: string | null | undefined;
  readonly heightPx: number;
  readonly through: readonly ThroughLine[];
  /** The time that is pointed at, in all charts that share it. */
  readonly cursor: Signal<number | undefined> | undefined;
  /** Tells which place of the times is pointed at. */
  readonly onPoint: ((values: readonly (number | null | undefined)[] | undefined) => void) | undefined;
}

/** The width of the axis of values, as the lanes of the stylesheet have it. */
const gutterOf = (place: HTMLElement): number =>
  Number.parseFloat(getComputedStyle(place).getPropertyValue('--gutter')) || 52;

const END_PX = 12;

function dataOf(lines: readonly Line[]): uPlot.AlignedData {
  const tables = lines.map(({ times, values }): uPlot.AlignedData => [[...times], [...values]]);
  const [first] = tables;
  if (first === undefined) return [[]];
  return tables.length === 1 ? first : uPlot.join(tables);
}

function drawThrough(chart: uPlot, through: readonly ThroughLine[]): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  for (const { at, tone } of through) {
    const x = Math.round(chart.valToPos(at, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = colourOf(`--${tone}`);
    ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function axesOf({ unit, span }: ChartParts, widthPx: number, gutterPx: number): uPlot.Axis[] {
  const [soft, line] = [colourOf('--soft'), colourOf('--line')];
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const look = { stroke: soft, font, ticks: { show: false } };
  const ticks = ticksOf(span.from, span.to, widthPx / 84);
  return [
    {
      ...look,
      size: 22,
      gap: 4,
      grid: { stroke: line, width: 1 },
      splits: () => ticks.map(({ at }) => at),
      values: () => ticks.map(({ label }) => label),
    },
    {
      ...look,
      size: gutterPx,
      gap: 6,
      grid: { stroke: line, width: 1 },
      space: 28,
      values: (_, values) => values.map((value) => measureOf(value, unit)),
    },
  ];
}

/** The lines as uPlot draws them; of many only the frame is its own. */
const seriesOf = (lines: readonly Line[]): uPlot.Series[] => [
  {},
  ...(isMany(lines)
    ? [{ paths: () => null, points: { show: false } }]
    : lines.map(({ name }, place) => ({
        label: name,
        stroke: colourOf(seriesColour(place)),
        width: 1.5,
        points: { show: false },
      }))),
];

function optionsOf(parts: ChartParts, widthPx: number, gutterPx: number): uPlot.Options {
  const { lines, span, heightPx, through, cursor, onPoint } = parts;
  return {
    width: widthPx,
    height: heightPx,
    ms: 1,
    padding: [6, END_PX, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: !isMany(lines), size: 5 } },
    scales: {
      x: { time: true, range: () => [span.from, span.to] },
      y: { range: (_, low, high) => valueRange(low, high) },
    },
    axes: axesOf(parts, widthPx, gutterPx),
    series: seriesOf(lines),
    hooks: {
      draw: [
        (chart) => {
          if (isMany(lines)) drawMany(chart, lines);
          drawThrough(chart, through);
        },
      ],
      setCursor: [
        (chart) => {
          const { idx, left } = chart.cursor;
          const isInside = idx != null && left != null && left >= 0;
          onPoint?.(
            isInside && !isMany(lines) ? lines.map((_, place) => chart.data[place + 1]?.[idx]) : undefined,
          );
          if (cursor !== undefined && chart.root.matches(':hover')) {
            cursor.value = isInside ? chart.posToVal(left, 'x') : undefined;
          }
        },
      ],
    },
  };
}

/** Values from zero on where they are near it, and some air round those that stand still. */
function valueRange(low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const bottom = low >= 0 && low < high * 0.7 ? 0 : low - (high - low) * 0.08;
  const top = high + (high - bottom) * 0.08;
  return top > bottom ? [bottom, top] : [Math.min(0, low), Math.max(1, low * 2)];
}

/** Moves the cursor of a chart to the time that is pointed at elsewhere. */
function follow(chart: uPlot, cursor: Signal<number | undefined>): () => void {
  return effect(() => {
    const at = cursor.value;
    if (chart.root.matches(':hover')) return;
    chart.setCursor({ left: at === undefined ? -10 : chart.valToPos(at, 'x'), top: 0 }, true);
  });
}

/** A chart of lines; pass the same lines again rather than equal ones, it is drawn anew for others. */
export function LineChart({
  label,
  lines,
  span,
  unit,
  heightPx = 140,
  through = NO_LINES,
  cursor,
  onPoint,
}: Partial<ChartParts> & Pick<ChartParts, 'lines' | 'span'> & { readonly label: string }) {
  const { element, width } = useWidth<HTMLDivElement>();
  const drawn = useRef<HTMLDivElement>(null);
  const [mode, look] = [zone.value, theme.value];
  const { from, to } = span;
  // The zone and the theme change what is drawn.
  useEffect(() => {
    if (drawn.current === null || width === 0) return undefined;
    const parts = { lines, span: { from, to }, unit, heightPx, through, cursor, onPoint };
    const chart = new uPlot(
      optionsOf(parts, width, gutterOf(drawn.current)),
      isMany(lines) ? frameOf(lines, { from, to }) : dataOf(lines),
      drawn.current,
    );
    const unfollow = cursor === undefined ? undefined : follow(chart, cursor);
    return () => {
      unfollow?.();
      chart.destroy();
    };
  }, [lines, from, to, unit, heightPx, through, cursor, onPoint, width, mode, look]);
  return (
    <div class="chart" ref={element} style={{ minHeight: `${heightPx}px` }}>
      <div ref={drawn} role="img" aria-label={label} />
    </div>
  );
}

const NO_LINES: readonly ThroughLine[] = [];
