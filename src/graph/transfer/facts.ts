/** RDF as it is read from files: the facts of one subject at a time. */

/** The object of a fact; `datatype` is absent for plain texts, and that of texts with a language is `rdf:langString`. */
export type Term =
  | { readonly type: 'iri'; readonly value: string }
  | { readonly type: 'literal'; readonly value: string; readonly datatype?: string };

/** One triple without its subject. */
export interface Fact {
  readonly predicate: string;
  readonly object: Term;
}

/** The triples that stand together about one subject. */
export interface Subject {
  readonly iri: string;
  /** The line of its first triple, from 1; absent where the format has no lines to speak of. */
  readonly line?: number;
  readonly facts: readonly Fact[];
}

/** The most triples that one receipt can sensibly have; what has more is no receipt. */
const MAX_FACTS = 100_000;

/** Puts triples that follow each other with the same subject together. */
export class SubjectGatherer {
  #subjects: Subject[] = [];
  #iri: string | undefined;
  #facts: Fact[] = [];

  /** Adds a triple; `line` is where it stands. */
  add(iri: string, predicate: string, object: Term, line?: number): void {
    if (iri !== this.#iri || this.#facts.length >= MAX_FACTS) {
      this.#iri = iri;
      this.#facts = [];
      this.#subjects.push({ iri, facts: this.#facts, ...(line === undefined ? {} : { line }) });
    }
    this.#facts.push({ predicate, object });
  }

  /** The subject of the last triple. */
  get last(): string | undefined {
    return this.#iri;
  }

  /** Takes the subjects that are whole; the last one may go on. */
  take(): readonly Subject[] {
    const taken = this.#subjects;
    const last = taken.pop();
    this.#subjects = last === undefined ? [] : [last];
    return taken;
  }

  /** Takes what is left. */
  takeAll(): readonly Subject[] {
    const taken = this.#subjects;
    this.#subjects = [];
    this.#iri = undefined;
    return taken;
  }
}
