/** The series that Genchi keeps the pillars in, told from those that come from outside by a label. */
import { type EvidenceStore, LATENCY_BOUNDS_MS, stepIncreases } from '../../evidence/index.js';
import {
  isOwnFigure,
  METRIC_LABEL,
  OWN_SOURCE,
  type Series,
  type SeriesRef,
  SOURCE_LABEL,
} from '../../model/index.js';

/**
 * The metric that tells when a minute was closed: a sample at the minute's end holds how many seconds later that was.
 * Receipts that came in after it are late for that minute.
 */
export const CLOSING_METRIC = 'genchi_pillar_close_delay_seconds';

/** The metric of the buckets of latencies; each has its upper bound in milliseconds in the label `le`. */
export const BUCKET_METRIC = 'kanban_latency_histogram_bucket';

/** Upper bounds as labels, the last one without bound. */
export const bucketBounds: readonly string[] = [...LATENCY_BOUNDS_MS.map(String), '+Inf'];

/** The counters that are carried on from minute to minute. */
const counterMetrics: readonly string[] = [...stepIncreases, BUCKET_METRIC];

/** Whether Genchi keeps a series; one that came back to it by way of a Prometheus that scraped it names the scraped. */
export const isOwn = ({ labels }: Series): boolean =>
  isOwnFigure(labels) && labels.instance === undefined && labels.job === undefined;

type Registry = Pick<EvidenceStore, 'intern' | 'findSeries'>;

/** Finds or makes Genchi's own series. */
export class OwnSeries {
  readonly #store: Registry;
  readonly #refs = new Map<string, SeriesRef>();

  constructor(store: Registry) {
    this.#store = store;
  }

  /** The series of a metric for a service, or for the whole system; made when it is new. */
  of(metric: string, service: string | undefined, le?: string): SeriesRef {
    const key = `${metric}\0${le ?? ''}\0${service ?? ''}`;
    const known = this.#refs.get(key);
    if (known !== undefined) return known;
    const ref = this.#store.intern({
      [METRIC_LABEL]: metric,
      [SOURCE_LABEL]: OWN_SOURCE,
      ...(service === undefined ? {} : { service }),
      ...(le === undefined ? {} : { le }),
    });
    this.#refs.set(key, ref);
    return ref;
  }

  /** The series that tells when minutes were closed. */
  closings(): SeriesRef {
    return this.of(CLOSING_METRIC, undefined);
  }

  /** The counters that there are. */
  counters(): readonly Series[] {
    return this.#store.findSeries({ metrics: counterMetrics }).filter(isOwn);
  }

  /** The series of the pillars that there are, counters among them, of some services or all. */
  all(metrics: readonly string[], services?: readonly string[]): readonly Series[] {
    const bounds = services === undefined ? {} : { services };
    return this.#store.findSeries({ metrics: [...metrics, ...counterMetrics], ...bounds }).filter(isOwn);
  }
}
