/** The face of the graph room: one RDF graph of evidence and knowledge, asked in SPARQL. */
import type { Recorded } from '../evidence/index.js';
import type { EventReceipt } from '../model/index.js';
import type { GraphError } from './errors.js';
import type { Runbook } from './runbooks/runbook.js';

/** Which service calls which, as the dependency receipts tell it. */
export interface Topology {
  /** Every service that is known, from dependencies or from evidence, sorted. */
  readonly services: readonly string[];
  /** The services that this one calls. */
  callees(service: string): readonly string[];
  /** The services that call this one. */
  callers(service: string): readonly string[];
  /** Whether the caller waits for the answer of what it calls; not when it only leaves messages for it. */
  awaits(caller: string, callee: string): boolean;
}

/** One call relation with the receipt that tells it. */
export interface DependencyEdge {
  readonly caller: string;
  readonly callee: string;
  readonly kind?: string;
  readonly receipt: EventReceipt<'dependency'>;
}

/** A SPARQL query as it came in. */
export interface QueryRequest {
  readonly text: string;
  /** The Accept header; SPARQL JSON results or Turtle when absent. */
  readonly accept?: string;
  /** A deadline below the configured one, in milliseconds. */
  readonly timeoutMs?: number;
  /** Who asks: one client gets at most half of the workers. The server itself where it is absent. */
  readonly client?: string;
  /** Ends the query when the client goes away. */
  readonly signal?: AbortSignal;
  /**
   * Answers how the query was answered instead of what: an {@link Explanation} as `application/json`, whatever `accept`
   * says. The query is really run and measured; only its own answer is thrown away.
   */
  readonly explain?: boolean;
  /** Works the answer out anew, where it could be shared with others who ask the same; to measure it. */
  readonly isFresh?: boolean;
}

/** What a query cost; nothing where the answer was worked out for another one who asked the same. */
export interface QueryCost {
  /** Receipts in the slice. */
  readonly receipts: number;
  /** Rows that came out of the store when the query was compiled; absent when it was answered from a slice. */
  readonly compiledRows?: number;
  /** Bytes of N-Triples in the slice. */
  readonly sliceBytes: number;
  readonly sliceMs: number;
  readonly queryMs: number;
}

/** The answer to a query, written in the format that was negotiated. */
export interface QueryAnswer {
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly cost: QueryCost;
}

/** A place in a question of the packs that a value goes into, written `$name` there. */
export interface PackParameter {
  readonly name: string;
  /** What its value is: `service` and `incident` are their names, `instant` is RFC 3339. */
  readonly type: 'text' | 'number' | 'integer' | 'instant' | 'service' | 'incident';
  readonly description?: string;
  /** Its value when none is given; without one it must be given. */
  readonly default?: string;
  readonly example: string;
}

/** A question of the query packs; `bindPack` fills in its parameters. */
export interface Pack {
  /** Its path below `queries/` without `.rq`, for example `correlation/around-time`. */
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters: readonly PackParameter[];
  readonly text: string;
}

/** Figures of the graph for the exporter. */
export interface GraphFigures {
  readonly queries: number;
  readonly workerRestarts: number;
  readonly busyWorkers: number;
  readonly knowledgeTriples: number;
}

/** Evidence and knowledge as one RDF graph. */
export interface Graph {
  /** Answers a query in a worker; fails with a `GraphError` (malformed, update, too complex, unbounded, timeout). */
  query(request: QueryRequest): Promise<QueryAnswer>;
  /** The facts about the thing at a path below `/id/`; undefined when there is none. */
  describe(path: string, accept?: string): Promise<QueryAnswer | undefined>;
  topology(): Topology;
  /** Dependencies of these services, in either direction; of all when none are named. */
  dependencies(services?: readonly string[]): readonly DependencyEdge[];
  packs(): readonly Pack[];
  /** The service level objectives in force, each in its latest revision, by name. */
  slos(): readonly EventReceipt<'slo'>[];
  /** All revisions of each objective, the oldest first, those of retired ones too, by name. */
  sloHistories(): readonly (readonly EventReceipt<'slo'>[])[];
  /** The runbooks in force, by name. */
  runbooks(): readonly Runbook[];
  /** What is wrong with the files that would be runbooks and are none now. */
  runbookFaults(): readonly GraphError[];
  /** Takes note of what was just recorded; give it to the recorder as a listener. */
  hear(recorded: Recorded): void;
  figures(): GraphFigures;
  close(): Promise<void>;
}
