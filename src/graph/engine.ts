/** Oxigraph with the knowledge in it, kept from one query to the next, as loading it takes longer than most queries. */
import oxigraph from 'oxigraph';
import { free } from './engine-memory.js';

const NTRIPLES = { format: 'application/n-triples', lenient: true };
/** A slice up to this size is lent to the kept store; a larger one is loaded faster with the knowledge than taken out again. */
const MAX_LENT_BYTES = 128 * 1024;
/** Triples taken out of a store leave their traces in its memory: after so many it is made anew. */
const MAX_LENT_TRIPLES = 100_000;

/** When a kept store is made anew. */
export interface EngineLimits {
  /** Triples that are lent to it, at most; 100,000 unless given. */
  readonly maxLentTriples?: number;
}

/** One store with the knowledge, and the queries over it and their slices. */
export class Engine {
  readonly #maxLentTriples: number;
  #knowledge = '';
  #kept: oxigraph.Store | undefined;
  #lent = 0;

  constructor({ maxLentTriples = MAX_LENT_TRIPLES }: EngineLimits = {}) {
    this.#maxLentTriples = maxLentTriples;
  }

  /** Takes this knowledge, as N-Triples, in the place of the one before. */
  know(knowledge: string): void {
    this.#knowledge = knowledge;
    this.#renew();
  }

  /** The answer to a query in a format, over the knowledge and a slice as N-Triples; fails as Oxigraph does. */
  query(text: string, format: string, chunks: readonly Uint8Array[]): string {
    const size = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    return size > MAX_LENT_BYTES
      ? this.#queryFresh(text, format, chunks)
      : this.#queryKept(text, format, chunks);
  }

  #queryFresh(text: string, format: string, chunks: readonly Uint8Array[]): string {
    const store = this.#fresh();
    for (const chunk of chunks) store.load(chunk, { ...NTRIPLES, no_transaction: true });
    const answered = store.query(text, { results_format: format });
    // Not in a finally block: a store in a broken engine cannot be freed, and the thread ends with it.
    free(store);
    return String(answered);
  }

  #queryKept(text: string, format: string, chunks: readonly Uint8Array[]): string {
    this.#kept ??= this.#fresh();
    const store = this.#kept;
    const lent = chunks
      .flatMap((chunk) => oxigraph.parse(chunk, NTRIPLES))
      .filter((quad) => !store.has(quad));
    for (const quad of lent) store.add(quad);
    try {
      return String(store.query(text, { results_format: format }));
    } finally {
      for (const quad of lent) store.delete(quad);
      this.#lent += lent.length;
      if (this.#lent > this.#maxLentTriples) this.#renew();
    }
  }

  #fresh(): oxigraph.Store {
    const store = new oxigraph.Store();
    store.load(this.#knowledge, { ...NTRIPLES, no_transaction: true });
    return store;
  }

  #renew(): void {
    if (this.#kept !== undefined) free(this.#kept);
    this.#kept = undefined;
    this.#lent = 0;
  }
}
