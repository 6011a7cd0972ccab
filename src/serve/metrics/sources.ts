/** Figures that are kept elsewhere, read when a scrape asks. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { LateReceipts, MetricTable, Standing } from '../../analysis/index.js';
import type { EvidenceLog } from '../../evidence/index.js';
import type { GraphFigures } from '../../graph/index.js';
import type { Clock, NameCounts } from '../../model/index.js';
import type { Incident, IncidentCounts } from '../../rca/index.js';
import type { CourierFigures } from '../webhooks/index.js';

/** What is told of the log. */
type LogFigure = 'size' | 'signedSize' | 'fault';

/** Where the exporter reads what is counted elsewhere, at each scrape. */
export interface FigureSources {
  readonly graph: () => GraphFigures;
  readonly incidents: () => IncidentCounts;
  readonly openIncidents: () => readonly Incident[];
  readonly webhooks: () => readonly CourierFigures[];
  /** The latest evaluation; undefined before the first. */
  readonly standing: () => Standing | undefined;
  /** Receipts that came after their minute was closed. */
  readonly late: () => LateReceipts;
  /** What the metrics of the pillars are. */
  readonly pillarMetrics: MetricTable;
  /** How many series there are, and how many there may be. */
  readonly series: () => { readonly count: number; readonly limit: number };
  /** How many services and alerts events speak of, and how many they may. */
  readonly names?: () => { readonly known: NameCounts; readonly limits: NameCounts };
  /** The log of all commits. */
  readonly log?: () => Pick<EvidenceLog, LogFigure>;
  readonly clock: Clock;
}

/** Registers what is read from the sources; nothing of it is there while there are none. */
export function exposeSources(registry: Registry, sources: () => FigureSources | undefined): void {
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
  gauge('genchi_series', 'Series that are recorded.', (from) => from.series().count);
  gauge(
    'genchi_series_limit',
    'Series that may be recorded (maxSeries); samples of further ones are refused.',
    (from) => from.series().limit,
  );
  exposeNames(registry, sources);
  gauge('genchi_incidents_open', 'Incidents that are open.', (from) => from.incidents().open);
  exposeLog(registry, sources);
  exposeLate(registry, sources);
  exposeSeverities(registry, sources);
  exposeWebhooks(registry, sources);
}

function exposeNames(registry: Registry, sources: () => FigureSources | undefined): void {
  const gauge = (name: string, help: string, of: 'known' | 'limits'): void => {
    new Gauge({
      name,
      help,
      labelNames: ['of'],
      registers: [registry],
      collect() {
        const names = sources()?.names?.();
        if (names === undefined) return;
        this.set({ of: 'services' }, names[of].services);
        this.set({ of: 'alerts' }, names[of].alerts);
      },
    });
  };
  gauge('genchi_names', 'Services and alerts that events speak of, by name.', 'known');
  gauge(
    'genchi_names_limit',
    'Names that events may speak of (maxServices, maxAlertNames); events with further ones are refused.',
    'limits',
  );
}

function exposeLog(registry: Registry, sources: () => FigureSources | undefined): void {
  const gauge = (name: string, help: string, read: (log: Pick<EvidenceLog, LogFigure>) => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const log = sources()?.log?.();
        if (log !== undefined) this.set(read(log));
      },
    });
  };
  gauge('genchi_log_batches', 'Batches in the log, the leaves of its Merkle tree.', ({ size }) => size);
  gauge(
    'genchi_log_signed_batches',
    'Batches in the last checkpoint that was signed.',
    ({ signedSize }) => signedSize,
  );
  gauge(
    'genchi_log_consistent',
    '0 when the log is not what was signed, and nothing is signed any more.',
    (log) => (log.fault === undefined ? 1 : 0),
  );
}

function exposeLate(registry: Registry, sources: () => FigureSources | undefined): void {
  new Counter({
    name: 'genchi_late_receipts_total',
    help: 'Receipts that came after their minute was closed: counted in the minute they came in, or over an hour late and left out.',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      const late = sources()?.late();
      this.reset();
      this.inc({ outcome: 'counted' }, late?.counted ?? 0);
      this.inc({ outcome: 'left_out' }, late?.leftOut ?? 0);
    },
  });
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
