import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Appended, Recorded } from '../evidence/index.js';
import type { GraphFigures, QueryCost } from '../graph/index.js';
import type { EventReceipt } from '../model/index.js';
import type { IncidentCounts } from '../rca/index.js';
import type { RequestFigures } from './http.js';
import type { CourierFigures } from './webhooks/index.js';

/** Where the exporter reads what is counted elsewhere, at each scrape. */
export interface FigureSources {
  readonly graph: () => GraphFigures;
  readonly incidents: () => IncidentCounts;
  readonly webhooks: () => readonly CourierFigures[];
}

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

function counter<L extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly L[],
): Counter<L> {
  return new Counter({ name, help, labelNames, registers: [registry] });
}

/** What came in and what became of it. */
class EvidenceFigures {
  readonly #receipts;
  readonly #samples;
  readonly #repeated;
  readonly #refused;

  constructor(registry: Registry) {
    this.#receipts = counter(registry, 'genchi_receipts_total', 'Events recorded.', ['kind', 'door']);
    this.#samples = counter(registry, 'genchi_samples_total', 'Samples recorded.', ['door']);
    this.#repeated = counter(
      registry,
      'genchi_repeated_total',
      'Events and samples that had been recorded before.',
      ['type', 'door'],
    );
    this.#refused = counter(registry, 'genchi_refused_total', 'Items refused at a door or by the store.', [
      'reason',
      'door',
    ]);
  }

  heard(appended: Appended, events: readonly EventReceipt[], door: string): void {
    for (const event of events) this.#receipts.inc({ kind: event.kind, door });
    if (appended.samples > 0) this.#samples.inc({ door }, appended.samples);
    if (appended.repeatedEvents.length > 0) {
      this.#repeated.inc({ type: 'event', door }, appended.repeatedEvents.length);
    }
    if (appended.repeatedSamples > 0) this.#repeated.inc({ type: 'sample', door }, appended.repeatedSamples);
    for (const { why } of appended.refusedSamples) this.#refused.inc({ reason: why, door });
  }

  refused(door: string, reason: string, items: number): void {
    if (items > 0) this.#refused.inc({ reason, door }, items);
  }
}

/** The counts that are kept elsewhere, read when a scrape asks. */
function exposeSources(registry: Registry, sources: () => FigureSources | undefined): void {
  const registers = [registry];
  new Counter({
    name: 'genchi_sparql_worker_restarts_total',
    help: 'SPARQL workers thrown away and replaced.',
    registers,
    collect() {
      const restarts = sources()?.graph().workerRestarts ?? 0;
      this.reset();
      this.inc(restarts);
    },
  });
  const gauge = (name: string, help: string, read: (from: FigureSources) => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const from = sources();
        if (from !== undefined) this.set(read(from));
      },
    });
  };
  gauge(
    'genchi_sparql_busy_workers',
    'SPARQL workers that answer a query now.',
    (from) => from.graph().busyWorkers,
  );
  gauge(
    'genchi_knowledge_triples',
    'Triples of the knowledge graph.',
    (from) => from.graph().knowledgeTriples,
  );
  gauge('genchi_incidents_open', 'Incidents that are open.', (from) => from.incidents().open);
  exposeSeverities(registry, sources);
  exposeWebhooks(registry, sources);
}

function exposeSeverities(registry: Registry, sources: () => FigureSources | undefined): void {
  new Gauge({
    name: 'genchi_incidents_open_by_severity',
    help: 'Incidents that are open, by the severity that their alerts have.',
    labelNames: ['severity'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [severity, open] of sources()?.incidents().openBySeverity ?? [])
        this.set({ severity }, open);
    },
  });
}

function exposeWebhooks(registry: Registry, sources: () => FigureSources | undefined): void {
  const registers = [registry];
  new Counter({
    name: 'genchi_webhook_notifications_total',
    help: 'Notifications of webhooks by what became of them: sent, failed (given up), dropped (too many waited).',
    labelNames: ['webhook', 'outcome'],
    registers,
    collect() {
      this.reset();
      for (const { name: webhook, sent, failed, dropped } of sources()?.webhooks() ?? []) {
        this.inc({ webhook, outcome: 'sent' }, sent);
        this.inc({ webhook, outcome: 'failed' }, failed);
        this.inc({ webhook, outcome: 'dropped' }, dropped);
      }
    },
  });
  new Gauge({
    name: 'genchi_webhook_pending',
    help: 'Notifications that wait to be sent.',
    labelNames: ['webhook'],
    registers,
    collect() {
      this.reset();
      for (const { name: webhook, pending } of sources()?.webhooks() ?? []) this.set({ webhook }, pending);
    },
  });
}

/** The service's own figures, in a registry of its own. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #evidence: EvidenceFigures;
  readonly #commits: Histogram;
  readonly #sorted: Counter;
  readonly #parts: Counter;
  readonly #queries: Histogram<'outcome'>;
  readonly #slices: Histogram;
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  #sources: FigureSources | undefined;

  constructor(version: string) {
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

  /** Names where the figures kept elsewhere are read from now on. */
  attach(sources: FigureSources): void {
    this.#sources = sources;
  }

  /** Takes note of what was committed; give it to the recorder as a listener. */
  hear({ appended, events, door }: Recorded): void {
    this.#evidence.heard(appended, events, door);
  }

  /** Items that a door refused before they reached the store. */
  refused(door: string, reason: string, items: number): void {
    this.#evidence.refused(door, reason, items);
  }

  committed(seconds: number): void {
    this.#commits.observe(seconds);
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

  /** Everything in the text format of Prometheus, with its content type. */
  async expose(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}

/** `GET /metrics`: the service's own figures in the text format of Prometheus. */
export function registerMetrics(server: FastifyInstance, metrics: Metrics): void {
  server.get('/metrics', async (_, reply) => {
    const { contentType, text } = await metrics.expose();
    return reply.type(contentType).send(text);
  });
}
