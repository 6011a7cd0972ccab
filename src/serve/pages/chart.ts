import type { Instant, Window } from '../../model/index.js';
import { type Html, html } from './html.js';
import { readableTime } from './links.js';

/** A value with its time. */
export interface Point {
  readonly at: Instant;
  readonly value: number;
}

const WIDTH = 800;
const HEIGHT = 160;
const MARGIN = 10;

/** Draws values over a window as a line, with a mark at one instant; undefined with fewer than two finite values. */
export function chart(points: readonly Point[], window: Window, mark: Instant): Html | undefined {
  const finite = points.filter((point) => Number.isFinite(point.value));
  if (finite.length < 2) return undefined;
  const least = finite.reduce((low, { value }) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const most = finite.reduce((high, { value }) => Math.max(high, value), Number.NEGATIVE_INFINITY);
  // Halves, because the span of two finite numbers may not be finite.
  const span = most / 2 - least / 2;
  const x = ({ at }: Point): string =>
    (MARGIN + ((at - window.from) / (window.to - window.from)) * (WIDTH - 2 * MARGIN)).toFixed(1);
  const y = ({ value }: Point): string =>
    (HEIGHT - MARGIN - (span === 0 ? 0.5 : (value / 2 - least / 2) / span) * (HEIGHT - 2 * MARGIN)).toFixed(
      1,
    );
  const marked = finite.find((point) => point.at === mark);
  const caption = `${finite.length} samples from ${readableTime(window.from)} to ${readableTime(window.to)}, between ${least} and ${most}`;
  return html`<figure>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${caption}">
<polyline points="${finite.map((point) => `${x(point)},${y(point)}`).join(' ')}"/>
${marked === undefined ? undefined : html`<circle cx="${x(marked)}" cy="${y(marked)}" r="4"/>`}
</svg>
<figcaption class="soft">${caption}.</figcaption>
</figure>`;
}
