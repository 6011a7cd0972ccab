/** Intervals as bars over time, against no change and against what was expected. */
import './intervals.css';
import { useWidth } from '../charts/lanes.js';
import type { IntervalFragment } from '../generated/graphql.js';
import { timeOf } from '../time/format.js';
import { present } from '../time/range.js';
import { changeOf } from './words.js';

/** What was known of the effect at one time. */
export type Look = IntervalFragment & {
  readonly changePercent: NonNullable<IntervalFragment['changePercent']>;
};

const HEIGHT_PX = 240;
const [TOP_PX, BOTTOM_PX, LEFT_PX, RIGHT_PX] = [10, 26, 8, 8];
/** A label takes so much of the width; others are left out. */
const LABEL_PX = 64;

/** The least and the greatest of all that is drawn, with some air. */
export function rangeOf(
  looks: readonly Look[],
  expected: number | null,
): readonly [low: number, high: number] {
  const values = looks.flatMap(({ changePercent: { low, value, high } }) => [low, value, high]);
  const known = [...values, expected, 0].filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const air = (high - low || 1) * 0.08;
  return [low - air, high + air];
}

interface Scales {
  readonly x: (place: number) => number;
  readonly y: (percent: number) => number;
  readonly widthPx: number;
}

function scalesFor(looks: readonly Look[], expected: number | null, widthPx: number): Scales {
  const [low, high] = rangeOf(looks, expected);
  const room = (widthPx - LEFT_PX - RIGHT_PX) / looks.length;
  return {
    x: (place) => LEFT_PX + room * (place + 0.5),
    y: (percent) => TOP_PX + ((high - percent) / (high - low)) * (HEIGHT_PX - TOP_PX - BOTTOM_PX),
    widthPx,
  };
}

function Level({
  at,
  name,
  scales,
}: {
  readonly at: number;
  readonly name: string;
  readonly scales: Scales;
}) {
  const y = scales.y(at);
  return (
    <g class={at === 0 ? 'no-change' : 'expected'}>
      <line x1={0} x2={scales.widthPx} y1={y} y2={y} />
      <text x={scales.widthPx - 4} y={at <= 0 ? y - 5 : y + 14} text-anchor="end">
        {name}
      </text>
    </g>
  );
}

function Bar({
  look,
  place,
  scales,
}: {
  readonly look: Look;
  readonly place: number;
  readonly scales: Scales;
}) {
  const { low, value, high } = look.changePercent;
  const x = scales.x(place);
  const end = (percent: number | null) =>
    percent !== null && <line x1={x - 5} x2={x + 5} y1={scales.y(percent)} y2={scales.y(percent)} />;
  return (
    <g class="look">
      {low !== null && high !== null && <line x1={x} x2={x} y1={scales.y(low)} y2={scales.y(high)} />}
      {end(low)}
      {end(high)}
      {value !== null && <circle cx={x} cy={scales.y(value)} r={4} />}
    </g>
  );
}

/** The drawing; `label` says in words what it shows. */
export function IntervalDrawing({
  looks,
  expected,
  label,
}: {
  readonly looks: readonly Look[];
  readonly expected: number | null;
  readonly label: string;
}) {
  const { element, width: widthPx } = useWidth<HTMLDivElement>();
  const scales = scalesFor(looks, expected, widthPx);
  const each = Math.ceil((looks.length * LABEL_PX) / Math.max(widthPx, LABEL_PX));
  return (
    <div ref={element} class="interval-drawing">
      <svg role="img" aria-label={label} width={widthPx} height={HEIGHT_PX}>
        <Level at={0} name="no change" scales={scales} />
        {expected !== null && <Level at={expected} name={`expected ${changeOf(expected)}`} scales={scales} />}
        {looks.map((look, index) => (
          <Bar key={look.judgedAt} look={look} place={index} scales={scales} />
        ))}
        {looks.map(
          ({ judgedAt }, index) =>
            (looks.length - 1 - index) % each === 0 && (
              <text key={judgedAt} x={scales.x(index)} y={HEIGHT_PX - 8} text-anchor="middle">
                {timeOf(Date.parse(judgedAt), false, present.value)}
              </text>
            ),
        )}
      </svg>
    </div>
  );
}
