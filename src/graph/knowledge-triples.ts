import type { TermKey } from './bounds.js';
import { IndexedTriples, type Terms, unionOf } from './indexed-triples.js';
import type { Need } from './needs.js';
import type { KnowledgeView } from './stars.js';

/**
 * The triples of the knowledge: the core, which every query is given, and the incidents, of which each query is given
 * what it can see. For one query there may also be receipts that were read for it, which bound what they lead to and are
 * given to it by its slice.
 */
export class KnowledgeTriples implements KnowledgeView {
  readonly core: IndexedTriples;
  readonly #incidents: IndexedTriples;
  readonly #read: IndexedTriples;

  constructor(core: IndexedTriples, incidents: IndexedTriples, read = new IndexedTriples()) {
    this.core = core;
    this.#incidents = incidents;
    this.#read = read;
  }

  /** The same with receipts that were read whole for one query. */
  withRead(read: IndexedTriples): KnowledgeTriples {
    return new KnowledgeTriples(this.core, this.#incidents, read);
  }

  get size(): number {
    return this.core.size + this.#incidents.size;
  }

  /** Every subject here but what was read is here whole: services and incidents are nowhere else. */
  isComplete(subject: TermKey): boolean {
    return this.core.has(subject) || this.#incidents.has(subject);
  }

  isRead(subject: TermKey): boolean {
    return this.isComplete(subject) || this.#read.has(subject);
  }

  subjectsWith(predicate: string, objects: Terms): Terms {
    return unionOf(this.#all().map((triples) => triples.subjectsWith(predicate, objects)));
  }

  objectsOf(predicate: string, subjects: Terms): Terms {
    return unionOf(this.#all().map((triples) => triples.objectsOf(predicate, subjects)));
  }

  #all(): readonly IndexedTriples[] {
    return [this.core, this.#incidents, this.#read];
  }

  /** The triples of incidents as N-Triples: all, or those that some needs can see. */
  incidents(needs?: readonly Need[]): string {
    return this.#incidents.text(needs);
  }
}
