import { type EventReceipt, type Iris, pathOfEvent } from '../model/index.js';
import { isBefore, stateOf } from './latest.js';
import type { Rule } from './mapping.js';
import { triplesOfEvent } from './ntriples.js';
import { RDF_TYPE, tps } from './vocabulary.js';

interface Incident {
  record: EventReceipt<'incident'> | undefined;
  /** Candidates and why steps of the current analysis, and of one whose incident record has not come in yet. */
  found: Map<string, EventReceipt<'candidate' | 'why'>>;
  /** What people said of it. */
  readonly said: EventReceipt<'acknowledgement' | 'verdict'>[];
}

/** Incidents in their latest state with the candidates of their latest analysis. */
export class Incidents {
  readonly #incidents = new Map<string, Incident>();

  #of(id: string): Incident {
    const known = this.#incidents.get(id) ?? { record: undefined, found: new Map(), said: [] };
    this.#incidents.set(id, known);
    return known;
  }

  /** Takes note of a new state of an incident. */
  addRecord(record: EventReceipt<'incident'>): void {
    const incident = this.#of(record.incident);
    const known = incident.record;
    if (known !== undefined && isBefore(record, known)) return;
    incident.record = record;
    for (const [id, { analysis }] of incident.found) {
      if (analysis < record.analysis) incident.found.delete(id);
    }
  }

  /** Takes note of a candidate or a why step, unless a later analysis has replaced it. */
  addFound(found: EventReceipt<'candidate' | 'why'>): void {
    const incident = this.#of(found.incident);
    if (found.analysis < (incident.record?.analysis ?? 0)) return;
    incident.found.set(found.id, found);
  }

  /** Takes note of an acknowledgement or a verdict. */
  addSaid(said: EventReceipt<'acknowledgement' | 'verdict'>): void {
    this.#of(said.incident).said.push(said);
  }

  /** The triples of all incidents, and of their current candidates and why steps. */
  triples(iris: Iris, rules: readonly Rule[]): readonly string[] {
    return [...this.#incidents].flatMap(([id, { record, found, said }]) => {
      if (record === undefined) return [];
      const subject = `<${iris.of({ type: 'incident', id })}>`;
      const current = [
        ...[...found.values()].filter(({ analysis }) => analysis === record.analysis),
        ...said,
      ];
      return [
        `${subject} <${RDF_TYPE}> <${tps('Incident')}> .`,
        ...stateOf(record, subject, rules),
        ...current.map(
          (receipt) => `${subject} <${tps(receipt.kind)}> <${iris.ofPath(pathOfEvent(receipt))}> .`,
        ),
        ...current.flatMap((receipt) => triplesOfEvent(receipt, rules)),
      ];
    });
  }
}
