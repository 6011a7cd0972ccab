/** Reads series of a metric as a chart needs them: so many points a pixel, and the stretches without samples. */
import type { Drawing, DrawingExtent, EvidenceStore, Silence } from '../../evidence/index.js';
import {
  type Instant,
  instantOf,
  type Labels,
  MINUTE_MS,
  type Series,
  type SeriesRef,
  type Window,
} from '../../model/index.js';
import { ServeError } from '../errors.js';

/** The most series of one chart, and the most columns of pixels of all of them together. */
export const MOST_SERIES = 50;
const MOST_COLUMNS = 40_000;

/** What a chart asks for. */
export interface ChartQuestion {
  readonly metric: string;
  readonly service?: string;
  /** Each label must have one of its values. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly window: Window;
  /** In pixels. */
  readonly width: number;
}

/** A sample to draw; without a value it is where the line breaks: a staleness marker, NaN or an infinity. */
export interface DrawnPoint {
  readonly at: Instant;
  readonly value: number;
  readonly stale: boolean;
}

/** One series as it is to be drawn. */
export interface DrawnSeries {
  readonly series: Series;
  readonly points: readonly DrawnPoint[];
  /** Undefined without finite samples in the window. */
  readonly extent: DrawingExtent | undefined;
  readonly gaps: readonly Silence[];
}

const fits = (labels: Labels, wanted: ChartQuestion['labels']): boolean =>
  [...wanted].every(([name, values]) => values.includes(labels[name] ?? ''));

/** The series that a chart asks for; fails with `bad-request` on more than it may have. */
function chosen(store: EvidenceStore, { metric, service, labels }: ChartQuestion): readonly Series[] {
  const found = store
    .findSeries({ metrics: [metric], ...(service === undefined ? {} : { services: [service] }) })
    .filter((series) => fits(series.labels, labels));
  if (found.length <= MOST_SERIES) return found;
  throw new ServeError(
    'bad-request',
    `${found.length} series of ${metric} match and at most ${MOST_SERIES} can be drawn: name a service or more labels`,
  );
}

/** Under this a stretch without samples is none that the chart could show, or that anybody would call silent. */
const SHORTEST_GAP_MS = 5 * MINUTE_MS;

/** From how long on a stretch without samples is a gap: seen at this width, and beyond what the series does usually. */
function gapMsOf(extent: DrawingExtent | undefined, pixelMs: number): number {
  const usualMs =
    extent === undefined || extent.samples < 2 ? 0 : (extent.lastAt - extent.firstAt) / (extent.samples - 1);
  return Math.max(SHORTEST_GAP_MS, pixelMs, 3 * usualMs);
}

const pixelMsOf = ({ window, width }: ChartQuestion): number => (window.to - window.from) / width;

async function gapsOf(store: EvidenceStore, question: ChartQuestion, drawn: Drawing) {
  const least = new Map(
    [...drawn.extents].map(([ref, extent]) => [ref, gapMsOf(extent, pixelMsOf(question))]),
  );
  const series = [...least.keys()];
  if (series.length === 0) return new Map<SeriesRef, Silence[]>();
  const longerThanMs = Math.min(...least.values());
  const silences = await store.silences({ series, window: question.window, longerThanMs });
  const gaps = new Map(series.map((ref): [SeriesRef, Silence[]] => [ref, []]));
  for (const silence of silences) {
    const lasted = (silence.until ?? question.window.to) - silence.from;
    if (lasted > (least.get(silence.series) ?? 0)) gaps.get(silence.series)?.push(silence);
  }
  return gaps;
}

function pointsBySeries({ length, series, at, value, stale }: Drawing): ReadonlyMap<SeriesRef, DrawnPoint[]> {
  const found = new Map<SeriesRef, DrawnPoint[]>();
  for (let place = 0; place < length; place++) {
    const ref = series[place];
    if (ref === undefined) continue;
    const point = {
      at: instantOf(at[place] ?? 0),
      value: value[place] ?? Number.NaN,
      stale: stale.has(place),
    };
    const ofIt = found.get(ref);
    if (ofIt === undefined) found.set(ref, [point]);
    else ofIt.push(point);
  }
  return found;
}

function check(question: ChartQuestion, series: readonly Series[]): void {
  const { window, width } = question;
  if (window.from >= window.to) throw new ServeError('bad-request', 'expected from before to');
  if (!(width >= 1 && width * Math.max(1, series.length) <= MOST_COLUMNS)) {
    throw new ServeError(
      'bad-request',
      `expected width from 1 to ${Math.floor(MOST_COLUMNS / Math.max(1, series.length))} pixels for ${series.length} series, not ${width}`,
    );
  }
}

/** Reads the series of a chart, by two statements; those without samples in the window are there, empty. */
export async function drawSeries(
  store: EvidenceStore,
  question: ChartQuestion,
): Promise<readonly DrawnSeries[]> {
  const series = chosen(store, question);
  check(question, series);
  const refs = series.map(({ ref }) => ref);
  const drawn = await store.drawing({ series: refs, window: question.window, columns: question.width });
  const gaps = await gapsOf(store, question, drawn);
  const points = pointsBySeries(drawn);
  return series.map((one) => ({
    series: one,
    points: points.get(one.ref) ?? [],
    extent: drawn.extents.get(one.ref),
    gaps: gaps.get(one.ref) ?? [],
  }));
}
