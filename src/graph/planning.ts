import type { Algebra } from '@traqula/algebra-transformations-1-1';
import type { RowReads } from '../evidence/index.js';
import { type EventKind, type Identity, type Instant, type Iris, instantOf } from '../model/index.js';
import { IndexedTriples } from './indexed-triples.js';
import type { KnowledgeTriples } from './knowledge-triples.js';
import type { Need } from './needs.js';
import { type Plan, type PlanContext, planOf } from './plan.js';

/** From receipt to receipt a query is followed this far: an incident's candidates, what they cite, and what that cites. */
const ROUNDS = 3;
/** Receipts that are read for one query; more bound nothing that is worth the work. */
const MOST = 1_000;

/** What a query is planned by. */
export interface PlanningSources extends PlanContext {
  readonly iris: Iris;
  readonly knowledge: KnowledgeTriples;
}

interface NamedReceipt {
  readonly kind: EventKind;
  readonly at: Instant;
  readonly id: Identity;
}

/**
 * The planning of one query. Where something of it is not bounded by a name, receipts that it does name, such as the
 * candidates of an incident, are read first, so that what they cite is bounded by them.
 */
export class Planning {
  readonly #sources: PlanningSources;
  readonly #read = new IndexedTriples();
  /** Subjects that were looked for, found or not. */
  readonly #asked = new Set<string>();
  /** What the query goes by: the knowledge, and what was read for the query. */
  readonly context: PlanContext;

  constructor(sources: PlanningSources) {
    this.#sources = sources;
    this.context = { ...sources, knowledge: sources.knowledge.withRead(this.#read) };
  }

  get knowledge(): KnowledgeTriples {
    return this.#sources.knowledge;
  }

  /** Plans the query, or what is left of it; fails as the store does. */
  async plan(root: Algebra.Operation, reads: RowReads, signal?: AbortSignal): Promise<Plan> {
    for (let round = 0; ; round += 1) {
      const plan = planOf(root, this.context);
      const isOpen = plan.demands.some(({ star }) => star.subjects === undefined);
      const named = isOpen && round < ROUNDS ? this.#unread(plan.needs) : [];
      if (named.length === 0) return plan;
      await this.#readAll(named, reads, signal);
    }
  }

  #unread(needs: readonly Need[]): readonly NamedReceipt[] {
    const { iris } = this.#sources;
    const named: NamedReceipt[] = [];
    for (const key of needs.flatMap(({ subjects }) => [...(subjects ?? [])])) {
      const name = key.startsWith('<') ? iris.parse(key.slice(1, -1)) : undefined;
      if (name?.type !== 'event' || this.#asked.has(key) || this.#asked.size >= MOST) continue;
      this.#asked.add(key);
      named.push(name);
    }
    return named;
  }

  async #readAll(
    named: readonly NamedReceipt[],
    reads: RowReads,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const times = named.map(({ at }) => at);
    const kinds = [...new Set(named.map(({ kind }) => kind))];
    const lines = this.#sources.rules
      .filter((rule) => rule.table === 'event')
      .filter((rule) => rule.kinds === undefined || kinds.some((kind) => rule.kinds?.includes(kind)))
      .map(({ line }) => line);
    const bounds = {
      from: 'event',
      kinds,
      since: instantOf(Math.min(...times)),
      until: instantOf(Math.max(...times)),
      values: { id: named.map(({ id }) => id) },
    } as const;
    const text = Buffer.concat(await reads.render(bounds, lines, signal)).toString();
    for (const triple of text.split('\n')) if (triple !== '') this.#read.add(triple);
  }
}
