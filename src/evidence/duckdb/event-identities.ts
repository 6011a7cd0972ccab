import type { DuckDBConnection } from '@duckdb/node-api';
import type { Identity, Instant } from '../../model/index.js';
import { instantOf } from '../../model/index.js';

const BITS_PER_IDENTITY = 16;
const HASHES = 4;

/**
 * A Bloom filter over identities. These are hashes already, so their own words are its hash functions.
 * With 16 bits an identity and 4 hashes about 0.24 % of new ones look known when it is full.
 */
class Filter {
  readonly capacity: number;
  count = 0;
  readonly #bits: Uint32Array;
  readonly #mask: number;

  constructor(capacity: number) {
    this.capacity = capacity;
    const bits = 2 ** Math.ceil(Math.log2(capacity * BITS_PER_IDENTITY));
    this.#bits = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
  }

  has(id: Identity): boolean {
    for (let hash = 0; hash < HASHES; hash++) {
      const bit = this.#bit(id, hash);
      if (((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  add(id: Identity): void {
    for (let hash = 0; hash < HASHES; hash++) {
      const bit = this.#bit(id, hash);
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
    this.count++;
  }

  #bit(id: Identity, hash: number): number {
    return Number.parseInt(id.slice(hash * 8, hash * 8 + 8), 16) & this.#mask;
  }
}

const FIRST_CAPACITY = 1 << 18;
const SCAN_ROWS = 100_000;

/**
 * Which events have been recorded. A filter in memory (two bytes an event) answers "never" at once; what looks
 * known is looked up in the store. Full filters are kept and a larger one is begun.
 */
export class EventIdentities {
  readonly #filters: Filter[] = [new Filter(FIRST_CAPACITY)];

  /** Reads the identities of everything recorded so far. */
  static async load(connection: DuckDBConnection): Promise<EventIdentities> {
    const identities = new EventIdentities();
    const result = await connection.stream('SELECT id FROM event');
    for await (const rows of result.yieldRows()) {
      for (const [id] of rows) identities.add(String(id) as Identity);
    }
    return identities;
  }

  add(id: Identity): void {
    let filter = this.#filters.at(-1);
    if (filter === undefined || filter.count >= filter.capacity) {
      filter = new Filter((filter?.capacity ?? FIRST_CAPACITY) * 2);
      this.#filters.push(filter);
    }
    filter.add(id);
  }

  /** Of these identities, those that are recorded, with the time their receipt carries. */
  async recorded(
    connection: DuckDBConnection,
    ids: readonly Identity[],
  ): Promise<ReadonlyMap<Identity, Instant>> {
    const perhaps = ids.filter((id) => this.#filters.some((filter) => filter.has(id)));
    const found = new Map<Identity, Instant>();
    for (let from = 0; from < perhaps.length; from += SCAN_ROWS) {
      const reader = await connection.runAndReadAll(
        'SELECT id, "at" FROM event WHERE id IN (SELECT unnest(from_json($ids, \'["VARCHAR"]\')))',
        { ids: JSON.stringify(perhaps.slice(from, from + SCAN_ROWS)) },
      );
      for (const [id, at] of reader.getRows()) found.set(String(id) as Identity, instantOf(Number(at)));
    }
    return found;
  }
}
