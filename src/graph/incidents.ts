import { type EventReceipt, type Iris, pathOfEvent } from '../model/index.js';
import { IndexedTriples } from './indexed-triples.js';
import { isBefore, type Recording, stateOf } from './latest.js';
import type { Rule } from './mapping.js';
import { RDF_TYPE, tps } from './vocabulary.js';

/** What an analysis found. */
const FOUND = ['candidate', 'why'] as const;
/** What people said. */
const SAID = ['acknowledgement', 'verdict'] as const;

/** The kinds of receipts that incidents are linked to. */
export const linkedKinds = [...FOUND, ...SAID] as const;
const isLink: ReadonlySet<string> = new Set(linkedKinds.map(tps));

/** A receipt that belongs to an incident. */
export interface IncidentLink {
  readonly kind: (typeof linkedKinds)[number];
  readonly incident: string;
  /** The analysis that found it; undefined of what people said. */
  readonly analysis: number | undefined;
  /** The path of its IRI. */
  readonly path: string;
}

/** A receipt as a link. */
export function linkOf(
  receipt: EventReceipt<'candidate' | 'why'> | EventReceipt<'acknowledgement' | 'verdict'>,
): IncidentLink {
  const { kind, incident } = receipt;
  return {
    kind,
    incident,
    analysis: 'analysis' in receipt ? receipt.analysis : undefined,
    path: pathOfEvent(receipt),
  };
}

interface State extends Recording {
  readonly analysis: number;
}

/**
 * Incidents in their latest state, with links to what the latest analysis found and to what people said. What is linked
 * to are receipts, and stays in the evidence.
 */
export class Incidents {
  readonly #iris: Iris;
  readonly #rules: readonly Rule[];
  readonly #states = new Map<string, State>();
  /** Links of analyses, or of incidents, whose incident record has not come in yet. */
  readonly #early = new Map<string, readonly IncidentLink[]>();
  /** Each incident as triples; only incidents are subjects. */
  readonly triples = new IndexedTriples();

  constructor(iris: Iris, rules: readonly Rule[]) {
    this.#iris = iris;
    this.#rules = rules;
  }

  /** Takes note of a new state of an incident. */
  addRecord(record: EventReceipt<'incident'>): void {
    const { incident: id, at, receivedAt, analysis } = record;
    const known = this.#states.get(id);
    if (known !== undefined && isBefore(record, known)) return;
    const subject = this.#subject(id);
    for (const predicate of this.triples.predicates(subject)) {
      if (!isLink.has(predicate)) this.triples.set(subject, predicate, []);
    }
    this.triples.add(`${subject} <${RDF_TYPE}> <${tps('Incident')}> .`);
    for (const triple of stateOf(record, subject, this.#rules)) this.triples.add(triple);
    this.#states.set(id, { at, receivedAt, analysis });
    if (known !== undefined && known.analysis !== analysis) {
      for (const kind of FOUND) this.triples.set(subject, tps(kind), []);
    }
    const early = this.#early.get(id) ?? [];
    this.#early.delete(id);
    for (const link of early) this.addLink(link);
  }

  /** Takes note of what was found or said, unless a later analysis has replaced it. */
  addLink(link: IncidentLink): void {
    const { incident: id, analysis, kind, path } = link;
    const state = this.#states.get(id);
    if (state === undefined || (analysis ?? 0) > state.analysis) {
      this.#early.set(id, [...(this.#early.get(id) ?? []), link]);
      return;
    }
    if (analysis !== undefined && analysis < state.analysis) return;
    const subject = this.#subject(id);
    const objects = this.triples.objects(subject, tps(kind));
    this.triples.set(subject, tps(kind), [...objects, `<${this.#iris.ofPath(path)}>`]);
  }

  #subject(id: string): string {
    return `<${this.#iris.of({ type: 'incident', id })}>`;
  }
}
