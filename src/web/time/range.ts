/** The span of time that a page shows: from its address, so that a link shows the same to the next reader. */
import { signal } from '@preact/signals';
import { useSearchParams } from 'wouter-preact';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Spans up to now that can be chosen, with their length. */
export const spans = {
  '15m': 15 * MINUTE_MS,
  '1h': HOUR_MS,
  '3h': 3 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '24h': 24 * HOUR_MS,
  '2d': 48 * HOUR_MS,
  '7d': 168 * HOUR_MS,
  '30d': 720 * HOUR_MS,
} as const;

/** One of {@link spans}. */
export type Span = keyof typeof spans;

const isSpan = (text: string | null): text is Span => text !== null && Object.hasOwn(spans, text);

/** How often pages that show the present move on. */
const TICK_MS = 15_000;

/** The present, which moves on every {@link TICK_MS} while the page is seen. */
export const present = signal(Date.now());

/** Keeps {@link present} moving. */
export function startClock(): void {
  setInterval(() => {
    if (!document.hidden) present.value = Date.now();
  }, TICK_MS);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) present.value = Date.now();
  });
}

/** A span of time. */
export interface Range {
  /** In milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** The span up to now that was chosen; undefined for fixed times. */
  readonly last: Span | undefined;
}

function fixedRange(from: string | null, to: string | null): Range | undefined {
  const [start, end] = [Date.parse(from ?? ''), Date.parse(to ?? '')];
  return start < end ? { from: start, to: end, last: undefined } : undefined;
}

/** The span that an address names; undefined when it names none. */
export function rangeIn(search: URLSearchParams): Range | undefined {
  const fixed = fixedRange(search.get('from'), search.get('to'));
  if (fixed !== undefined) return fixed;
  const last = search.get('last');
  return isSpan(last) ? { from: present.value - spans[last], to: present.value, last } : undefined;
}

/** The span that this page shows, and how to choose another. */
export function useRange(usual: Span = '3h'): Range {
  const [search] = useSearchParams();
  return rangeIn(search) ?? { from: present.value - spans[usual], to: present.value, last: usual };
}

/** Writes a span into the parameters of an address. */
export function withRange(
  search: URLSearchParams,
  range: Span | Pick<Range, 'from' | 'to'>,
): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const name of ['from', 'to', 'last']) next.delete(name);
  if (typeof range === 'string') {
    next.set('last', range);
    return next;
  }
  next.set('from', new Date(range.from).toISOString());
  next.set('to', new Date(range.to).toISOString());
  return next;
}

/** The arguments of a question over a span. */
export const windowOf = ({
  from,
  to,
}: Pick<Range, 'from' | 'to'>): { readonly from: string; readonly to: string } => ({
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});
