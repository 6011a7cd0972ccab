import { type Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Closed, Standing } from '../../analysis/index.js';
import type { Recorded } from '../../evidence/index.js';
import type { QueryCost } from '../../graph/index.js';
import { type EventReceipt, type Instant, MINUTE_MS } from '../../model/index.js';
import type { RequestFigures } from '../http.js';
import { AccessFigures } from './access-figures.js';
import { BoundedValues } from './bounded-values.js';
import { counter, EvidenceFigures } from './evidence-figures.js';
import {
  COMPUTED,
  CONTENT_TYPE,
  type Family,
  type Format,
  openMetricsOf,
  writeFamilies,
} from './exposition.js';
import { incidentFamilies } from './incident-families.js';
import { LatestChanges } from './latest-changes.js';
import { ReceiptFigures } from './receipt-figures.js';
import { RetentionFigures } from './retention-figures.js';
import { exposeSources, type FigureSources } from './sources.js';
import { StandingText } from './standing-text.js';

/** Gauges of prom-client whose names end like a counter's; `*_resources` by type says the same. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

const COMMIT_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const QUERY_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const REQUEST_BUCKETS_S = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];
const SLICE_BUCKETS = [0, 10, 100, 1_000, 10_000, 25_000, 50_000, 100_000, 250_000];

/** Settings of the exporter. */
export interface MetricsOptions {
  readonly version: string;
  /** How many services have series of their own. */
  readonly services: number;
  /** Hears once of the first service that has none for want of a place. */
  readonly onServicesFull?: (leftOut: string) => void;
}

/** All that `/metrics` serves: the service's own figures, and what it knows of the system that it watches. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #services: BoundedValues;
  readonly #receipts: ReceiptFigures;
  readonly #changes: LatestChanges;
  readonly #evidence: EvidenceFigures;
  readonly #commits: Histogram;
  readonly #sorted: Counter;
  readonly #parts: Counter;
  readonly #evaluations: Histogram;
  readonly #minutes: Counter;
  /** Told of who was not let in. */
  readonly access: AccessFigures;
  /** Told of each step of retention. */
  readonly retention: RetentionFigures;
  readonly #queries: Histogram<'outcome'>;
  readonly #slices: Histogram;
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  #sources: FigureSources | undefined;
  #standing: StandingText | undefined;

  constructor({ version, services, onServicesFull }: MetricsOptions) {
    this.#services = new BoundedValues(services, onServicesFull);
    this.#receipts = new ReceiptFigures(this.#services);
    this.#changes = new LatestChanges(this.#services);
    const registers = [this.#registry];
    const histogram = <L extends string>(
      name: string,
      help: string,
      buckets: number[],
      labelNames: L[],
    ): Histogram<L> => new Histogram({ name, help, buckets, labelNames, registers });
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
    this.#evidence = new EvidenceFigures(this.#registry);
    this.#commits = histogram(
      'genchi_commit_duration_seconds',
      'Time from a batch to its commit.',
      COMMIT_BUCKETS_S,
      [],
    );
    this.access = new AccessFigures(this.#registry);
    this.retention = new RetentionFigures(this.#registry);
    this.#sorted = counter(
      this.#registry,
      'genchi_sorted_samples_total',
      'Old samples sorted into parts by series and time; again those that late ones came to.',
      [],
    );
    this.#parts = counter(
      this.#registry,
      'genchi_sorted_parts_total',
      'Parts that old samples were sorted into.',
      [],
    );
    this.#evaluations = histogram(
      'genchi_evaluation_duration_seconds',
      'Time to close the minutes that are due and to evaluate health and SLOs; trends and recommendations follow in turns.',
      QUERY_BUCKETS_S,
      [],
    );
    this.#minutes = counter(
      this.#registry,
      'genchi_closed_steps_total',
      'Steps of a minute whose figures of the pillars were kept as samples.',
      [],
    );
    this.#queries = histogram(
      'genchi_sparql_query_duration_seconds',
      'Time to answer a SPARQL query.',
      QUERY_BUCKETS_S,
      ['outcome'],
    );
    this.#slices = histogram(
      'genchi_sparql_slice_receipts',
      'Receipts in the slice of a SPARQL query.',
      SLICE_BUCKETS,
      [],
    );
    this.#requests = histogram(
      'genchi_http_request_duration_seconds',
      'Time to answer a request.',
      REQUEST_BUCKETS_S,
      ['method', 'route', 'status'],
    );
    new Gauge({
      name: 'genchi_build_info',
      help: 'Always 1; the version is in the labels.',
      labelNames: ['version', 'node'],
      registers,
    }).set({ version, node: process.versions.node }, 1);
    exposeSources(this.#registry, () => this.#sources);
  }

  /** When a Prometheus last scraped the exporter; undefined when none has since the process began. */
  scrapedAt: Instant | undefined;

  /** Names where the figures kept elsewhere are read from now on. */
  attach(sources: FigureSources): void {
    this.#sources = sources;
    this.#standing = new StandingText(sources.pillarMetrics, (service) => this.#services.has(service));
  }

  /** Takes note of what was committed; give it to the recorder as a listener. */
  hear({ appended, events, door }: Recorded): void {
    this.#evidence.heard(appended, door);
    this.#receipts.heard(events, door);
    this.#changes.heard(events);
  }

  /** Items that a door refused before they reached the store. */
  refused(door: string, reason: string, items: number): void {
    this.#evidence.refused(door, reason, items);
  }

  /** What may not be kept was found in what came in, by a rule. */
  sensitive(rule: string): void {
    this.#evidence.sensitive(rule);
  }

  /** Samples that Genchi computed itself, and that a Prometheus sent back to a door. */
  cameBack(door: string, samples: number): void {
    this.#evidence.cameBack(door, samples);
  }

  committed(seconds: number): void {
    this.#commits.observe(seconds);
  }

  /** An evaluation that ended after so many seconds. */
  evaluated(seconds: number): void {
    this.#evaluations.observe(seconds);
  }

  /** Writes what an evaluation found before anybody scrapes it, with turns for others between. */
  async prepare(standing: Standing): Promise<void> {
    await this.#standing?.prepare(standing);
  }

  /** A stretch of minutes that was closed. */
  closed({ window: { from, to } }: Closed): void {
    this.#minutes.inc((to - from) / MINUTE_MS);
  }

  /** A part that so many old samples were sorted into. */
  sorted(samples: number): void {
    this.#sorted.inc(samples);
    this.#parts.inc();
  }

  /** A query that ended; `cost` is undefined when it failed. */
  queried(outcome: string, seconds: number, cost: QueryCost | undefined): void {
    this.#queries.observe({ outcome }, seconds);
    if (cost !== undefined) this.#slices.observe(cost.receipts);
  }

  requested({ method, route, status, seconds }: RequestFigures): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  /** Changes that were recorded before this process began; they are not counted again. */
  recall(changes: readonly EventReceipt[]): void {
    this.#changes.heard(changes);
  }

  /** Everything, in one of the two formats. */
  async expose(format: Format): Promise<{ readonly contentType: string; readonly text: string }> {
    const own = await this.#registry.metrics();
    const itself = writeFamilies([this.#receipts.received(), this.#leftOut()], format);
    const text = `${itself}${writeFamilies(this.#families(), format, COMPUTED)}${this.#found(format)}`;
    return {
      contentType: CONTENT_TYPE[format],
      text: format === 'open' ? `${openMetricsOf(own)}${text}# EOF\n` : `${own}${text}`,
    };
  }

  /** What the last evaluation found. */
  #found(format: Format): string {
    const standing = this.#sources?.standing();
    if (this.#sources === undefined || standing === undefined) return '';
    return this.#standing?.write(standing, this.#sources.clock(), format) ?? '';
  }

  /** Of the system that is watched, what is not evaluated. */
  #families(): readonly Family[] {
    const incidents = incidentFamilies(this.#sources?.openIncidents() ?? []);
    return [...this.#receipts.families(), this.#changes.family(), ...incidents];
  }

  #leftOut(): Family {
    return {
      type: 'gauge',
      name: 'genchi_services_left_out',
      help: 'Services without series of their own, since the setting metricsServices allows no more.',
      points: [{ labels: {}, value: this.#services.leftOut }],
    };
  }
}
