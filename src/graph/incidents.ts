import { type EventReceipt, type Iris, pathOfEvent } from '../model/index.js';
import { isBefore, stateOf } from './latest.js';
import type { Rule } from './mapping.js';
import { triplesOfEvent } from './ntriples.js';
import { RDF_TYPE, tps } from './vocabulary.js';

interface Incident {
  record: EventReceipt<'incident'> | undefined;
  /** Candidates of the current analysis, and of one whose incident record has not come in yet. */
  candidates: Map<string, EventReceipt<'candidate'>>;
}

/** Incidents in their latest state with the candidates of their latest analysis. */
export class Incidents {
  readonly #incidents = new Map<string, Incident>();

  #of(id: string): Incident {
    const known = this.#incidents.get(id) ?? { record: undefined, candidates: new Map() };
    this.#incidents.set(id, known);
    return known;
  }

  /** Takes note of a new state of an incident. */
  addRecord(record: EventReceipt<'incident'>): void {
    const incident = this.#of(record.incident);
    const known = incident.record;
    if (known !== undefined && isBefore(record, known)) return;
    incident.record = record;
    for (const [id, candidate] of incident.candidates) {
      if (candidate.analysis < record.analysis) incident.candidates.delete(id);
    }
  }

  /** Takes note of a candidate, unless a later analysis has replaced it. */
  addCandidate(candidate: EventReceipt<'candidate'>): void {
    const incident = this.#of(candidate.incident);
    if (candidate.analysis < (incident.record?.analysis ?? 0)) return;
    incident.candidates.set(candidate.id, candidate);
  }

  /** The triples of all incidents and of their current candidates. */
  triples(iris: Iris, rules: readonly Rule[]): readonly string[] {
    return [...this.#incidents].flatMap(([id, { record, candidates }]) => {
      if (record === undefined) return [];
      const subject = `<${iris.of({ type: 'incident', id })}>`;
      const current = [...candidates.values()].filter(({ analysis }) => analysis === record.analysis);
      return [
        `${subject} <${RDF_TYPE}> <${tps('Incident')}> .`,
        ...stateOf(record, subject, rules),
        ...current.map(
          (candidate) => `${subject} <${tps('candidate')}> <${iris.ofPath(pathOfEvent(candidate))}> .`,
        ),
        ...current.flatMap((candidate) => triplesOfEvent(candidate, rules)),
      ];
    });
  }
}
