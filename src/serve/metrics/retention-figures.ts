import { Counter, type Registry } from 'prom-client';
import type { RetentionStep } from '../../evidence/index.js';

/** What retention archived and removed, and what it failed at. */
export class RetentionFigures {
  readonly #steps: Counter<'what' | 'action'>;
  readonly #rows: Counter<'what' | 'action'>;
  readonly #bytes: Counter<'what'>;
  readonly #failures: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#steps = new Counter({
      name: 'genchi_retention_steps_total',
      help: 'Steps of retention, by what they archived or removed: sample, a kind of events, minute or hour (roll-ups).',
      labelNames: ['what', 'action'],
      registers,
    });
    this.#rows = new Counter({
      name: 'genchi_retention_rows_total',
      help: 'Samples, events and roll-ups that retention archived or removed.',
      labelNames: ['what', 'action'],
      registers,
    });
    this.#bytes = new Counter({
      name: 'genchi_archived_bytes_total',
      help: 'Bytes of the files that were written to the archive.',
      labelNames: ['what'],
      registers,
    });
    this.#failures = new Counter({
      name: 'genchi_retention_failures_total',
      help: 'Steps of retention that failed and were undone.',
      registers,
    });
  }

  did({ what, action, rows, bytes }: RetentionStep): void {
    this.#steps.inc({ what, action });
    this.#rows.inc({ what, action }, rows);
    if (bytes !== undefined) this.#bytes.inc({ what }, bytes);
  }

  failed(): void {
    this.#failures.inc();
  }
}
