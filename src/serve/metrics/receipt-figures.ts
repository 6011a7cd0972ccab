/** What came in since the process began, with the receipts of what came last: counters, as Prometheus knows them. */
import { type EventReceipt, pathOfEvent } from '../../model/index.js';
import { BoundedValues } from './bounded-values.js';
import { ReceiptCounter, ReceiptHistogram } from './counted.js';
import type { Exemplar, Family } from './exposition.js';

/** Where the services that have no series of their own are counted together, so that sums stay whole. */
const OTHERS = 'other services';
const OTHER_SEVERITIES = 'other';

/** Upper bounds in milliseconds, the targets of the three quantiles (50, 100 and 200) among them. */
const LATENCY_BUCKETS_MS = [5, 10, 25, 50, 100, 200, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/** An event as the exemplar of a count that it added `value` to. */
function exemplarOf(event: EventReceipt, value = 1): Exemplar {
  return { receipt: `/id/${pathOfEvent(event)}`, value, atSeconds: event.at / 1_000 };
}

/** Counts receipts, and what they tell of services. */
export class ReceiptFigures {
  readonly #services: BoundedValues;
  /** Senders may write whatever they like. */
  readonly #severities = new BoundedValues(20);
  readonly #receipts = new ReceiptCounter('genchi_receipts_total', 'Events recorded.');
  readonly #failures = new ReceiptCounter('jidoka_failures_total', 'Failures recorded.');
  readonly #opens = new ReceiptCounter('jidoka_circuit_opens_total', 'Circuits that opened.');
  readonly #alerts = new ReceiptCounter('genchi_alerts_fired_total', 'Alerts that fired.');
  readonly #lines = new ReceiptCounter('andon_log_volume_total', 'Log entries told of.');
  readonly #changes = new ReceiptCounter(
    'genchi_changes_total',
    'Changes recorded: deployments, configuration, flags, experiments.',
  );
  readonly #latencies = new ReceiptHistogram(
    'kanban_latency_histogram',
    'Latencies of completed tasks, in milliseconds.',
    LATENCY_BUCKETS_MS,
  );

  constructor(services: BoundedValues) {
    this.#services = services;
  }

  /** Takes note of events that were just recorded and were new. */
  heard(events: readonly EventReceipt[], door: string): void {
    for (const event of events) {
      this.#receipts.add({ kind: event.kind, door }, 1, exemplarOf(event));
      this.#told(event, this.#labelOf(event.service));
    }
  }

  /** What came in, whatever it tells of. */
  received(): Family {
    return this.#receipts.family();
  }

  /** What it tells of the system that is watched. */
  families(): readonly Family[] {
    const counters = [this.#changes, this.#alerts, this.#failures, this.#opens, this.#lines, this.#latencies];
    return counters.map((each) => each.family());
  }

  #labelOf(service: string | undefined): string | undefined {
    return service === undefined || this.#services.has(service) ? service : OTHERS;
  }

  #severityOf(severity: string): string {
    return this.#severities.has(severity) ? severity : OTHER_SEVERITIES;
  }

  #told(event: EventReceipt, service: string | undefined): void {
    switch (event.kind) {
      case 'failure':
        this.#failures.add({ service }, 1, exemplarOf(event));
        break;
      case 'circuit_opened':
        this.#opens.add({ service }, 1, exemplarOf(event));
        break;
      case 'log_volume':
        this.#lines.add({ service }, Math.max(0, event.count), exemplarOf(event, event.count));
        break;
      case 'task_completed':
        this.#latencies.observe({ service }, exemplarOf(event, event.latencyMs));
        break;
      case 'alert_fired':
        this.#alerts.add({ service, severity: this.#severityOf(event.severity) }, 1, exemplarOf(event));
        break;
      case 'deployment':
      case 'config_change':
      case 'flag_change':
      case 'experiment_started':
      case 'experiment_ended':
        this.#changes.add({ service, kind: event.kind }, 1, exemplarOf(event));
        break;
    }
  }
}
