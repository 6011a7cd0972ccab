/** Reads series of a metric as a chart needs them: so many points a pixel, and the stretches without samples. */
import type { DrawingExtent, DrawnLine, EvidenceStore, Silence } from '../../evidence/index.js';
import { type Labels, MINUTE_MS, type Series, type SeriesRef, type Window } from '../../model/index.js';
import { ServeError } from '../errors.js';

/** The most series of one chart, and the most columns of pixels of all of them together. */
export const MOST_SERIES = 400;
export const MOST_COLUMNS = 40_000;

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

/** One series as it is to be drawn; without a line it has no samples in the window. */
export interface DrawnSeries {
  readonly series: Series;
  readonly line: DrawnLine | undefined;
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

/** A span, and how many columns it is drawn as. */
type Columns = Pick<ChartQuestion, 'window' | 'width'>;

const pixelMsOf = ({ window, width }: Columns): number => (window.to - window.from) / width;

/** Reads the stretches of a chart without samples, those of all its series by one statement. */
export async function readGaps(
  store: EvidenceStore,
  columns: Columns,
  drawn: readonly DrawnSeries[],
): Promise<ReadonlyMap<SeriesRef, readonly Silence[]>> {
  const least = new Map(
    drawn.flatMap(({ series: { ref }, line }) =>
      line === undefined ? [] : [[ref, gapMsOf(line.extent, pixelMsOf(columns))] as const],
    ),
  );
  const series = [...least.keys()];
  if (series.length === 0) return new Map();
  const longerThanMs = Math.min(...least.values());
  const silences = await store.silences({ series, window: columns.window, longerThanMs });
  const gaps = new Map(series.map((ref): [SeriesRef, Silence[]] => [ref, []]));
  for (const silence of silences) {
    const lasted = (silence.until ?? columns.window.to) - silence.from;
    if (lasted > (least.get(silence.series) ?? 0)) gaps.get(silence.series)?.push(silence);
  }
  return gaps;
}

function check({ window, width }: ChartQuestion): void {
  if (window.from >= window.to) throw new ServeError('bad-request', 'expected from before to');
  if (!(width >= 1 && width <= MOST_COLUMNS)) {
    throw new ServeError('bad-request', `expected width from 1 to ${MOST_COLUMNS} pixels, not ${width}`);
  }
}

/** What a chart is drawn from, and how many columns of pixels each of its series got. */
interface DrawnChart {
  readonly drawn: readonly DrawnSeries[];
  readonly width: number;
}

/** Reads the series of a chart by one statement; those without samples in the window are there, without a line. */
export async function drawSeries(store: EvidenceStore, question: ChartQuestion): Promise<DrawnChart> {
  check(question);
  const series = chosen(store, question);
  const width = Math.min(question.width, Math.floor(MOST_COLUMNS / Math.max(1, series.length)));
  const refs = series.map(({ ref }) => ref);
  const lines = await store.drawing({ series: refs, window: question.window, columns: width });
  return { drawn: series.map((one) => ({ series: one, line: lines.get(one.ref) })), width };
}
