import { setImmediate as turn } from 'node:timers/promises';
import type { EvidenceStore, Recorded } from '../evidence/index.js';
import { type Clock, type EventReceipt, type Iris, parsePath } from '../model/index.js';
import { Answerer } from './answer.js';
import { Deadline } from './deadline.js';
import type { GraphError } from './errors.js';
import { explanationBody } from './explain.js';
import { Federation } from './federation.js';
import type { ServiceEndpoint } from './federation-clauses.js';
import type {
  DependencyEdge,
  Graph,
  GraphFigures,
  Pack,
  QueryAnswer,
  QueryRequest,
  Topology,
} from './graph.js';
import { Knowledge } from './knowledge.js';
import { mappingOf } from './mapping.js';
import { negotiate } from './negotiate.js';
import { readOntology } from './ontology.js';
import { readAllPacks } from './packs.js';
import { QueryParser } from './parse.js';
import { ParseThread } from './parse-thread.js';
import type { Runbook } from './runbooks/runbook.js';
import { RunbookShelf } from './runbooks/shelf.js';
import { SharedAnswers } from './shared-answers.js';
import { Slicer } from './slice.js';
import { Turnstile } from './turnstile.js';
import { suppliedPrefixes } from './vocabulary.js';
import { WorkerPool } from './workers.js';

/** How many queries of one client, and how many clients, wait for a worker, and for how long. */
const QUEUE = { mostWaiting: 64, mostClients: 256, waitMs: 5_000 };
/** Queries that the server asks itself are a client of their own. */
const ITSELF = 'itself';
const DEFAULT_MAX_RESULT_BYTES = 64 * 1024 * 1024;

/** What the graph is made from, and its limits. */
export interface GraphOptions {
  readonly store: EvidenceStore;
  readonly iris: Iris;
  readonly clock: Clock;
  /** Threads that answer queries. */
  readonly workers: number;
  /** The longest that a query may take, in milliseconds. */
  readonly deadlineMs: number;
  /** The most receipts that one query may touch. */
  readonly maxReceipts: number;
  /** The largest answer; 64 MiB unless given. */
  readonly maxResultBytes?: number;
  /** Other endpoints that SERVICE may ask; none unless given. */
  readonly endpoints?: readonly ServiceEndpoint[];
  /** Authorities that these are trusted by, beside those of Node, PEM. */
  readonly authorities?: string | undefined;
  /** A folder of query packs beside those that come with Genchi. */
  readonly packFolder?: string;
  /** Hears of each file in that folder that is no query pack, with its line; the others are read all the same. */
  readonly onPackFault?: (fault: GraphError) => void;
  /** A folder of runbooks beside those that come with Genchi, read again when it changes. */
  readonly runbookFolder?: string;
  /** Hears of each file in that folder that is no runbook, with its line; the others are read all the same. */
  readonly onRunbookFault?: (fault: GraphError) => void;
}

interface Parts {
  readonly knowledge: Knowledge;
  readonly parsing: ParseThread;
  readonly answerer: Answerer;
  readonly pool: WorkerPool;
  readonly federation: Federation;
  readonly packs: readonly Pack[];
  readonly shelf: RunbookShelf;
}

/** Evidence and knowledge as one graph, over a store and a pool of workers. */
class EvidenceGraph implements Graph {
  readonly #options: GraphOptions;
  readonly #parts: Parts;
  readonly #shared = new SharedAnswers();
  readonly #turnstile: Turnstile;
  #queries = 0;

  constructor(options: GraphOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
    this.#turnstile = new Turnstile({ places: options.workers, ...QUEUE }, () => performance.now());
  }

  async query(request: QueryRequest): Promise<QueryAnswer> {
    this.#queries += 1;
    const deadline = new Deadline(this.#timeoutMs(request), request.signal);
    try {
      const leave = await this.#turnstile.enter(request.client ?? ITSELF, deadline.signal);
      // In a turn of its own: reading a query takes some milliseconds.
      await turn();
      try {
        return await this.#answer(request, deadline.signal);
      } finally {
        leave();
      }
    } finally {
      deadline.end();
    }
  }

  #timeoutMs({ timeoutMs }: QueryRequest): number {
    const { deadlineMs } = this.#options;
    return Math.max(1, Math.min(timeoutMs ?? deadlineMs, deadlineMs));
  }

  async #answer(request: QueryRequest, signal: AbortSignal): Promise<QueryAnswer> {
    const { text, accept, explain = false, isFresh = false } = request;
    const { parsing, answerer, knowledge } = this.#parts;
    const started = performance.now();
    const parsed = await parsing.parse(text, signal);
    if (explain) {
      const told = await answerer.answer(parsed, negotiate(parsed.answers, undefined), signal);
      const body = explanationBody(told, performance.now() - started);
      return { contentType: 'application/json', body, cost: told.cost };
    }
    const contentType = negotiate(parsed.answers, accept);
    const work = async (until: AbortSignal): Promise<QueryAnswer> => {
      const { body, cost } = await answerer.answer(parsed, contentType, until);
      return { contentType, body, cost };
    };
    if (isFresh || !parsed.isRepeatable) return await work(signal);
    const state = `${this.#options.store.revision} ${knowledge.snapshot().version}`;
    return await this.#shared.ask({ key: `${contentType} ${parsed.text}`, state }, signal, work);
  }

  async describe(path: string, accept?: string): Promise<QueryAnswer | undefined> {
    const named = parsePath(path);
    if (named === undefined || !(await this.#exists(path))) return undefined;
    const iri = `<${this.#options.iris.of(named)}>`;
    // The parts of a runbook have names below its own, and are told with it.
    const parts = named.type === 'runbook' ? ` ?part WHERE { ${iri} tps:step|tps:matchClause ?part }` : '';
    const text = `DESCRIBE ${iri}${parts}`;
    return await this.query({ text, ...(accept === undefined ? {} : { accept }) });
  }

  async #exists(path: string): Promise<boolean> {
    const { store, iris } = this.#options;
    const named = parsePath(path);
    switch (named?.type) {
      case undefined:
        return false;
      case 'event':
        return (await store.event(named.kind, named.at, named.id)) !== undefined;
      case 'sample': {
        const { at, series } = named;
        const bounds = { from: 'sample', since: at, until: at, values: { seriesKey: [series] } } as const;
        return (await store.countRows(bounds, 1)) > 0;
      }
      case 'rollup': {
        const { at, series, span } = named;
        const values = { seriesKey: [series], span: [span] };
        return (await store.countRows({ from: 'rollup', since: at, until: at, values }, 1)) > 0;
      }
      case 'series':
        return (await store.countRows({ from: 'series', values: { seriesKey: [named.series] } }, 1)) > 0;
      case 'service':
      case 'incident':
      case 'runbook':
      case 'slo':
        return this.#parts.knowledge.snapshot().triples.isComplete(`<${iris.of(named)}>`);
    }
  }

  topology(): Topology {
    return this.#parts.knowledge.topology();
  }

  dependencies(services?: readonly string[]): readonly DependencyEdge[] {
    return this.#parts.knowledge.dependencies(services);
  }

  packs(): readonly Pack[] {
    return this.#parts.packs;
  }

  slos(): readonly EventReceipt<'slo'>[] {
    return this.#parts.knowledge.slos();
  }

  sloHistories(): readonly (readonly EventReceipt<'slo'>[])[] {
    return this.#parts.knowledge.sloHistories();
  }

  runbooks(): readonly Runbook[] {
    return this.#parts.shelf.list();
  }

  runbookFaults(): readonly GraphError[] {
    return this.#parts.shelf.faults();
  }

  hear(recorded: Recorded): void {
    this.#parts.knowledge.hear(recorded);
  }

  figures(): GraphFigures {
    const { pool, federation, knowledge, parsing } = this.#parts;
    return {
      queries: this.#queries,
      workerRestarts: pool.restarts + federation.restarts + parsing.restarts,
      busyWorkers: pool.busy + federation.busy,
      knowledgeTriples: knowledge.snapshot().triples.size,
    };
  }

  async close(): Promise<void> {
    const { pool, federation, shelf, parsing } = this.#parts;
    await Promise.all([pool.close(), federation.close(), shelf.close(), parsing.close()]);
  }
}

/** Opens the graph over a store: reads the knowledge back from its receipts and starts the workers. */
export async function openGraph(options: GraphOptions): Promise<Graph> {
  const { store, iris, clock, endpoints = [], packFolder, onPackFault } = options;
  const rules = mappingOf(iris);
  const prefixes = suppliedPrefixes(iris.prefix);
  const parser = new QueryParser(prefixes, endpoints);
  const [ontology, { packs, faults }] = await Promise.all([
    readOntology(),
    readAllPacks(packFolder, (text) => void parser.parse(text)),
  ]);
  for (const fault of faults) onPackFault?.(fault);
  const knowledge = await Knowledge.open({ store, iris, rules, ontology });
  const shelf = await RunbookShelf.open({
    folder: options.runbookFolder,
    checks: { query: (text) => void parser.parse(text), packs },
    onFault: options.onRunbookFault,
    onChange: (runbooks) => knowledge.shelve(runbooks),
  });
  const pool = new WorkerPool(options.workers);
  const { authorities } = options;
  const federation = new Federation(options.workers, endpoints, { authorities });
  const answerer = new Answerer({
    store,
    iris,
    clock,
    rules,
    parser,
    knowledge,
    pool,
    federation,
    slicer: new Slicer(rules, iris, options.maxReceipts),
    maxResultBytes: options.maxResultBytes ?? DEFAULT_MAX_RESULT_BYTES,
  });
  const parsing = new ParseThread(parser, { prefixes, endpoints });
  return new EvidenceGraph(options, { knowledge, packs, shelf, parsing, answerer, pool, federation });
}
