import { Counter, type Registry } from 'prom-client';
import type { Appended } from '../../evidence/index.js';

/** A counter of prom-client in a registry. */
export function counter<L extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly L[],
): Counter<L> {
  return new Counter({ name, help, labelNames, registers: [registry] });
}

/** What came in and what became of it, but for the receipts that are counted with their names. */
export class EvidenceFigures {
  readonly #samples;
  readonly #repeated;
  readonly #refused;
  readonly #sensitive;

  constructor(registry: Registry) {
    this.#samples = counter(registry, 'genchi_samples_total', 'Samples recorded.', ['door']);
    this.#repeated = counter(
      registry,
      'genchi_repeated_total',
      'Events and samples that had been recorded before, and samples that Genchi computed itself (own_sample).',
      ['type', 'door'],
    );
    this.#sensitive = counter(
      registry,
      'genchi_sensitive_total',
      'Credentials and personal data that came in labels, which were refused or hidden, or in texts, out of which they were taken.',
      ['rule'],
    );
    this.#refused = counter(registry, 'genchi_refused_total', 'Items refused at a door or by the store.', [
      'reason',
      'door',
    ]);
  }

  /** What may not be kept was found, by a rule. */
  sensitive(rule: string): void {
    this.#sensitive.inc({ rule });
  }

  heard(appended: Appended, door: string): void {
    if (appended.samples > 0) this.#samples.inc({ door }, appended.samples);
    if (appended.repeatedEvents.length > 0) {
      this.#repeated.inc({ type: 'event', door }, appended.repeatedEvents.length);
    }
    if (appended.repeatedSamples > 0) this.#repeated.inc({ type: 'sample', door }, appended.repeatedSamples);
    for (const { why } of appended.refusedSamples) this.#refused.inc({ reason: why, door });
  }

  cameBack(door: string, samples: number): void {
    if (samples > 0) this.#repeated.inc({ type: 'own_sample', door }, samples);
  }

  refused(door: string, reason: string, items: number): void {
    if (items > 0) this.#refused.inc({ reason, door }, items);
  }
}
