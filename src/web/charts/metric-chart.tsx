/** A metric of a service as a chart: read when it comes into view, thinned to its pixels. */
import type { Signal } from '@preact/signals';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useQuery } from '../data/query.js';
import {
  EventChartDocument,
  type EventChartQuery,
  MetricChartDocument,
  type MetricChartQuery,
} from '../generated/graphql.js';
import { Answered, NoData } from '../states/states.js';
import { figureOf, measureOf } from '../time/format.js';
import { windowOf } from '../time/range.js';
import { seriesColour } from './colours.js';
import { type Span, useWidth } from './lanes.js';
import type { Line } from './line.js';
import { LineChart, type ThroughLine } from './line-chart.js';
import { unpacked } from './packed.js';
import { quantilesOf } from './quantiles.js';
import { isCounter, rateOf } from './rates.js';
import { namesOfSeries } from './series-names.js';

/** More lines than these have no names below the chart. */
const MOST_NAMED = 6;

/** The widest that is asked for: more points cost more than they show. */
const MOST_WIDTH = 2_000;

/** How far below what is seen a chart is drawn already, in pixels. */
const AHEAD_PX = 400;

type Drawn = NonNullable<MetricChartQuery['metricSeries']>;

/** Whether an element has come near what is seen. */
function useSeen() {
  const element = useRef<HTMLElement>(null);
  const [isSeen, setSeen] = useState(false);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null || isSeen) return undefined;
    if (current.getBoundingClientRect().top < window.innerHeight + AHEAD_PX) {
      setSeen(true);
      return undefined;
    }
    const observer = new IntersectionObserver(
      (entries) => setSeen(entries.some(({ isIntersecting }) => isIntersecting)),
      { rootMargin: `${AHEAD_PX}px` },
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [isSeen]);
  return { element, isSeen };
}

const isHistogram = (metric: string): boolean => metric.endsWith('_bucket');

/** What a metric is drawn as, where that is not as it was sampled. */
function drawnAs(metric: string, isOfEvents: boolean): string {
  if (isOfEvents) return ' by the minute, from events';
  if (isHistogram(metric)) return ' as quantiles over a minute';
  return isCounter(metric) ? ' per second' : '';
}

/** What is drawn. */
interface Charted {
  readonly lines: readonly Line[];
  readonly unit: string | null;
}

/** A counter is drawn as what it grows by a second. */
function unitOf({ metric, unit }: Drawn): string | null {
  if (!isCounter(metric)) return unit;
  if (unit === null || unit === 'count') return '/s';
  return unit === 'seconds' ? 's/s' : `${unit}/s`;
}

function ofSamples(drawn: Drawn): Charted {
  const spoken = drawn.series.filter(({ samples }) => samples > 0);
  if (isHistogram(drawn.metric)) {
    const buckets = spoken.map(({ packed, series: { labels } }) => ({ labels, ...unpacked(packed) }));
    return { lines: quantilesOf(buckets), unit: drawn.unit };
  }
  const names = namesOfSeries(spoken.map(({ series: { labels } }) => labels));
  const lines = spoken.map(({ packed }, place) => ({ name: names[place] ?? '', ...unpacked(packed) }));
  return { lines: isCounter(drawn.metric) ? lines.map(rateOf) : lines, unit: unitOf(drawn) };
}

/** What events measure, by the names that candidates have it under, with its unit. */
const EVENT_UNITS: Readonly<Record<string, string | null>> = {
  log_lines: '/min',
  queue_depth: null,
  task_latency_ms: 'ms',
  active_workers: null,
};

function ofEvents({ eventFigures }: EventChartQuery, metric: string): Charted {
  const spoken = eventFigures.filter(({ count }) => count > 0);
  const lines = spoken.map(({ labels, packed }) => ({
    name: labels.map(({ name, value }) => `${name} ${value}`).join(', ') || 'value',
    ...unpacked(packed),
  }));
  return { lines, unit: EVENT_UNITS[metric] ?? null };
}

function Legend({
  lines,
  values,
  unit,
}: {
  readonly lines: readonly Line[];
  readonly values: readonly (number | null | undefined)[] | undefined;
  readonly unit: string | null;
}) {
  if (lines.length > MOST_NAMED) return <p class="legend soft">{lines.length} series</p>;
  if (lines.length === 1 && values === undefined) return null;
  return (
    <ul class="legend">
      {lines.map(({ name }, place) => (
        <li key={name}>
          <span class="swatch" style={{ background: `var(${seriesColour(place)})` }} />
          {name}
          {values !== undefined && <b> {measureOf(values[place], unit)}</b>}
        </li>
      ))}
    </ul>
  );
}

interface MetricChartProps {
  readonly service?: string | undefined;
  readonly metric: string;
  readonly span: Span;
  readonly title?: string;
  readonly heightPx?: number;
  readonly through?: readonly ThroughLine[];
  readonly cursor?: Signal<number | undefined>;
}

function extentOf(lines: readonly Line[], unit: string | null): string {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of lines) {
    for (const value of values) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return `from ${figureOf(low)} to ${measureOf(high, unit)}`;
}

function Plot({
  charted: { lines, unit },
  service,
  metric,
  span,
  heightPx,
  through,
  cursor,
}: MetricChartProps & { readonly charted: Charted }) {
  const [values, point] = useState<readonly (number | null | undefined)[] | undefined>();
  if (lines.length === 0) return <NoData title="No samples in this span" />;
  const extent = extentOf(lines, unit);
  const label = `${metric}${service === undefined ? '' : ` of ${service}`}: ${lines.length} series, ${extent}`;
  return (
    <>
      <LineChart
        {...{ label, lines, span, through, cursor }}
        unit={unit}
        heightPx={heightPx ?? 140}
        onPoint={point}
      />
      <Legend lines={lines} values={values} unit={unit} />
    </>
  );
}

/** Asks for what is drawn: what events measured where the metric is one of theirs, else samples. */
function useCharted({ service, metric, span }: MetricChartProps, width: number, isOff: boolean) {
  const variables = { metric, width: Math.min(MOST_WIDTH, Math.max(200, width)), ...windowOf(span) };
  const isOfEvents = service !== undefined && metric in EVENT_UNITS;
  const events = useQuery(
    EventChartDocument,
    { ...variables, service: service ?? '' },
    { subject: `events ${service} ${metric}`, isOff: isOff || !isOfEvents },
  );
  // A metric of the same name may be told by samples.
  const isTold = isOfEvents && events.data?.eventFigures.every(({ count }) => count === 0) !== true;
  const samples = useQuery(
    MetricChartDocument,
    { ...variables, service: service ?? null },
    { subject: `${service} ${metric}`, isOff: isOff || isTold },
  );
  const drawn = samples.data?.metricSeries;
  const charted = useMemo((): Charted | undefined => {
    if (isTold) return events.data === undefined ? undefined : ofEvents(events.data, metric);
    return drawn == null ? undefined : ofSamples(drawn);
  }, [isTold, events.data, drawn, metric]);
  return { query: { ...(isTold ? events : samples), data: charted }, isTold };
}

/** A chart of all series of a metric. */
export function MetricChart(props: MetricChartProps) {
  const { metric, title, heightPx = 140 } = props;
  const { element, isSeen } = useSeen();
  const { element: frame, width } = useWidth<HTMLDivElement>();
  const { query, isTold } = useCharted(props, width, !isSeen || width === 0);
  return (
    <figure class="metric" ref={element}>
      <figcaption>
        <code>{metric}</code>
        <span class="soft">{drawnAs(metric, isTold)}</span>
        {title !== undefined && <span class="soft"> {title}</span>}
      </figcaption>
      <div ref={frame} style={{ minHeight: `${heightPx}px` }}>
        {isSeen && (
          <Answered query={query} what={metric} lines={4}>
            {(charted) => <Plot {...props} charted={charted} />}
          </Answered>
        )}
      </div>
    </figure>
  );
}
