/** Lanes of what happened, one under the other on one axis of time. */
import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Mark, type Tone } from '../parts/marks.js';
import { clockOf, fullTimeOf, timeOf } from '../time/format.js';
import { ticksOf } from '../time/ticks.js';

/** Something that happened at a time, or from a time on. */
export interface Happening {
  readonly id: string;
  readonly at: number;
  /** When it was over, for what lasted. */
  readonly until?: number | undefined;
  readonly title: string;
  readonly tone: Tone;
  /** The document that tells it. */
  readonly href?: string | undefined;
  /** Whether it is marked out among the others. */
  readonly isMain?: boolean;
}

/** One line of happenings of a sort. */
export interface Lane {
  readonly label: string;
  readonly happenings: readonly Happening[];
}

/** A span of time. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The width of an element in pixels, as it changes. */
export function useWidth<E extends HTMLElement>() {
  const element = useRef<E>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (element.current === null) return undefined;
    // Known before the first frame: what depends on it need not wait for the observer.
    setWidth(element.current.clientWidth);
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

const shareOf = (at: number, { from, to }: Span): number => (at - from) / (to - from);
const percent = (share: number): string => `${(100 * share).toFixed(3)}%`;

function HappeningMark({ one, span }: { readonly one: Happening; readonly span: Span }) {
  const left = Math.max(0, shareOf(one.at, span));
  const end = one.until === undefined ? undefined : Math.min(1, shareOf(one.until, span));
  const title = `${timeOf(one.at, true)} ${one.title}`;
  return (
    <>
      {end !== undefined && end > left && (
        <span
          class={`lasting tone-${one.tone}`}
          style={{ left: percent(left), width: percent(end - left) }}
        />
      )}
      <a
        class={one.isMain === true ? 'happening main' : 'happening'}
        style={{ left: percent(left) }}
        href={one.href}
        tabIndex={-1}
        title={title}
      >
        <Mark tone={one.tone} />
      </a>
    </>
  );
}

/** The axis of time under, or over, what it measures. */
export function TimeAxis({ span, width }: { readonly span: Span; readonly width: number }) {
  return (
    <div class="axis" aria-hidden="true">
      {ticksOf(span.from, span.to, width / 84).map(({ at, label }) => (
        <span key={at} style={{ left: percent(shareOf(at, span)) }}>
          {label}
        </span>
      ))}
    </div>
  );
}

function Cursor({ cursor, span }: { readonly cursor: Signal<number | undefined>; readonly span: Span }) {
  const at = cursor.value;
  if (at === undefined || at < span.from || at > span.to) return null;
  return (
    <span class="cursor" style={{ left: percent(shareOf(at, span)) }}>
      <span>{clockOf(at, true)}</span>
    </span>
  );
}

/** Everything that happened as a table, for those who cannot see the lanes. */
function HappeningList({ lanes }: { readonly lanes: readonly Lane[] }) {
  const all = lanes
    .flatMap(({ label, happenings }) => happenings.map((one) => ({ label, ...one })))
    .sort((a, b) => b.at - a.at);
  if (all.length === 0) return null;
  return (
    <details class="as-list">
      <summary>{all.length === 1 ? 'This one as a list' : `All ${all.length} as a list`}</summary>
      <div class="scroll">
        <table class="data">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">What</th>
              <th scope="col">Sort</th>
            </tr>
          </thead>
          <tbody>
            {all.map(({ id, at, title, href, label }) => (
              <tr key={id}>
                <td>
                  <time dateTime={new Date(at).toISOString()} title={fullTimeOf(at)}>
                    {timeOf(at, true)}
                  </time>
                </td>
                <td>{href === undefined ? title : <a href={href}>{title}</a>}</td>
                <td class="soft">{label}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function LaneRow({ label, happenings, span }: Lane & { readonly span: Span }) {
  return (
    <div class="lane">
      <span class="lane-label">
        {label} <span class="soft">{happenings.length === 0 ? '' : happenings.length}</span>
      </span>
      <div class="lane-track">
        {happenings.map((one) => (
          <HappeningMark key={one.id} one={one} span={span} />
        ))}
      </div>
    </div>
  );
}

/** The lanes, their axis, a list of the same, and whatever else shares the axis below them. */
export function Lanes({
  lanes,
  span,
  cursor,
  lines = [],
  children,
}: {
  readonly lanes: readonly Lane[];
  readonly span: Span;
  readonly cursor?: Signal<number | undefined>;
  /** Times that are marked through all lanes. */
  readonly lines?: readonly { readonly at: number; readonly tone: Tone }[];
  readonly children?: ComponentChildren;
}) {
  const { element, width } = useWidth<HTMLDivElement>();
  const point = (event: MouseEvent): void => {
    const box = element.current?.getBoundingClientRect();
    if (cursor === undefined || box === undefined) return;
    const share = (event.clientX - box.left) / box.width;
    cursor.value = share < 0 || share > 1 ? undefined : span.from + share * (span.to - span.from);
  };
  return (
    <div class="lanes">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the cursor only shows a time that the list tells too */}
      <div
        class="lane-rows"
        onMouseMove={point}
        onMouseLeave={() => {
          if (cursor !== undefined) cursor.value = undefined;
        }}
      >
        <div class="lane-ground" ref={element}>
          {lines.map(({ at, tone }) => (
            <span key={at} class={`through tone-${tone}`} style={{ left: percent(shareOf(at, span)) }} />
          ))}
          {cursor !== undefined && <Cursor cursor={cursor} span={span} />}
        </div>
        {lanes.map(({ label, happenings }) => (
          <LaneRow key={label} {...{ label, happenings, span }} />
        ))}
        <div class="lane axis-lane">
          <span class="lane-label" />
          <div class="lane-track">
            <TimeAxis span={span} width={width} />
          </div>
        </div>
      </div>
      <HappeningList lanes={lanes} />
      {children}
    </div>
  );
}
