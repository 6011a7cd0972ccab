import { type EventReceipt, type Iris, pathOfEvent } from '../model/index.js';
import { isBefore, stateOf } from './latest.js';
import type { Rule } from './mapping.js';
import { RDF_TYPE, tps } from './vocabulary.js';

/** Service level objectives in their latest revision. */
export class Slos {
  readonly #latest = new Map<string, EventReceipt<'slo'>>();

  /** Takes note of a revision. */
  add(revision: EventReceipt<'slo'>): void {
    const known = this.#latest.get(revision.slo);
    if (known === undefined || !isBefore(revision, known)) this.#latest.set(revision.slo, revision);
  }

  /** The objectives in force, by name; those that were retired are not. */
  list(): readonly EventReceipt<'slo'>[] {
    return [...this.#latest.values()]
      .filter(({ retired }) => retired !== true)
      .sort((a, b) => (a.slo < b.slo ? -1 : 1));
  }

  /** The triples of the objectives in force, each with the receipt of its revision. */
  triples(iris: Iris, rules: readonly Rule[]): readonly string[] {
    return this.list().flatMap((revision) => {
      const subject = `<${iris.of({ type: 'slo', name: revision.slo })}>`;
      return [
        `${subject} <${RDF_TYPE}> <${tps('Slo')}> .`,
        ...stateOf(revision, subject, rules),
        `${subject} <${tps('revision')}> <${iris.ofPath(pathOfEvent(revision))}> .`,
      ];
    });
  }
}
