/** How much stands here, by class, for the description of the data set. */
import type { EvidenceStore } from '../evidence/index.js';
import { type Graph, mappingOf, triplesOfEvent } from '../graph/index.js';
import {
  type Clock,
  type EventKind,
  eventKinds,
  type Instant,
  type Iris,
  type KindSpec,
  kinds,
  SECOND_MS,
} from '../model/index.js';
import type { IncidentBook } from '../rca/index.js';

/** What the statistics are counted in. */
export interface Counted {
  readonly store: EvidenceStore;
  readonly graph: Pick<Graph, 'topology' | 'figures'>;
  readonly incidents: Pick<IncidentBook, 'counts'>;
  readonly iris: Iris;
  readonly clock: Clock;
}

/** The size of the graph and what it is made of. */
export interface Statistics {
  /** How many things there are of each class, by its local name; classes of which there are none are left out. */
  readonly classes: ReadonlyMap<string, number>;
  /** Events, samples, series, services and incidents. */
  readonly entities: number;
  /** Counted for series and knowledge; for events and samples their number times the mean of some of them. */
  readonly triples: number;
  readonly firstAt: Instant | undefined;
  readonly lastAt: Instant | undefined;
}

/** How long a count is good enough, in milliseconds: counting passes over all evidence. */
const FRESH_MS = 30 * SECOND_MS;
/** How many of the newest events of a kind tell how many triples one has. */
const MEASURED_EVENTS = 50;
/** Its two classes, `tps:timestamp`, `tps:metricValue` or `tps:stale`, `tps:series` and `tps:metric`. */
const TRIPLES_OF_EVERY_SAMPLE = 6;
/** Its class and `tps:metric`. */
const TRIPLES_OF_EVERY_SERIES = 2;

async function triplesOfKind({ store, iris }: Counted, kind: EventKind, count: number): Promise<number> {
  const newest = await store.events({ kinds: [kind], order: 'newest-first', limit: MEASURED_EVENTS });
  const rules = mappingOf(iris);
  const triples = newest.reduce((sum, event) => sum + triplesOfEvent(event, rules).length, 0);
  return newest.length === 0 ? 0 : (triples / newest.length) * count;
}

function triplesOfSeries(store: EvidenceStore, samples: number): number {
  const series = store.findSeries({});
  const named = series.reduce(
    (sum, one) => sum + (one.service === undefined ? 0 : 1) + (one.component === undefined ? 0 : 1),
    0,
  );
  const labels = series.reduce((sum, one) => sum + Object.keys(one.labels).length, 0);
  const ofSamples = samples * (TRIPLES_OF_EVERY_SAMPLE + named / Math.max(1, series.length));
  return ofSamples + series.length * TRIPLES_OF_EVERY_SERIES + named + labels;
}

function add(classes: Map<string, number>, name: string, count: number): void {
  if (count > 0) classes.set(name, (classes.get(name) ?? 0) + count);
}

async function count(counted: Counted): Promise<Statistics> {
  const { store, graph, incidents } = counted;
  const totals = await store.totals();
  const specs: Readonly<Record<EventKind, KindSpec>> = kinds;
  const events = eventKinds.map((kind) => [kind, totals.events[kind] ?? 0] as const);
  const classes = new Map<string, number>();
  for (const [kind, number] of events) for (const name of specs[kind].classes) add(classes, name, number);
  const eventCount = events.reduce((sum, [, number]) => sum + number, 0);
  const services = graph.topology().services.length;
  const incidentCount = incidents.counts().all;
  add(classes, 'Event', eventCount + totals.samples);
  add(classes, 'MetricSample', totals.samples);
  add(classes, 'Series', totals.series);
  add(classes, 'Service', services);
  add(classes, 'Incident', incidentCount);
  let triples = graph.figures().knowledgeTriples + triplesOfSeries(store, totals.samples);
  for (const [kind, number] of events) {
    if (number > 0) triples += await triplesOfKind(counted, kind, number);
  }
  return {
    classes,
    entities: eventCount + totals.samples + totals.series + services + incidentCount,
    triples: Math.round(triples),
    firstAt: totals.firstAt,
    lastAt: totals.lastAt,
  };
}

/** Counts when it is asked, and again only when that is half a minute ago; who asks meanwhile waits for the same count. */
export function statisticsOf(counted: Counted): () => Promise<Statistics> {
  let latest: { readonly at: Instant; readonly counting: Promise<Statistics> } | undefined;
  return () => {
    const now = counted.clock();
    if (latest === undefined || now - latest.at > FRESH_MS) {
      const counting = count(counted);
      counting.catch(() => {
        latest = undefined;
      });
      latest = { at: now, counting };
    }
    return latest.counting;
  };
}
