/**
 * The worker thread for queries with SERVICE: Comunica over an N3 store of the slice and the knowledge, one query at a
 * time. Its engine takes more than a second to load, so the thread starts with the first such query and stays.
 *
 * Filters compare by value, as in the engine of all other queries. Joins compare terms: what was recorded here has the
 * lexical forms that engine gives it ("1.50" is "1.5"), what an endpoint sends keeps its own. What Comunica computes
 * itself it writes in its own way: doubles as "1.5E0" for "1.5", decimals with the precision of a double.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Term } from '@rdfjs/types';
import { Generator } from '@traqula/generator-sparql-1-1';
import { Parser as QueryReader } from '@traqula/parser-sparql-1-1';
import { Parser, Store } from 'n3';
import oxigraph from 'oxigraph';
import { fetchTrustingAuthorities } from '../outgoing/index.js';
import { free } from './engine-memory.js';
import { GraphError } from './errors.js';
import { columnsOf, rewriteForEngine, serviceClauses } from './federation-clauses.js';
import { openEngine } from './federation-engine.js';
import { Gate, type GateCache, type GateFault } from './federation-gate.js';
import type { FederationWorkerData } from './federation-job.js';
import { writeBoolean, writeGraph, writeTable } from './federation-results.js';
import type { Job, JobEnd, JobEnded } from './job.js';

const { endpoints, limits, authorities }: FederationWorkerData = workerData;
const request = authorities === undefined ? globalThis.fetch : fetchTrustingAuthorities(authorities);
// The engine reaches the network by the gate alone, whatever it would fetch on its own account.
globalThis.fetch = () => Promise.reject(new TypeError('Nothing is fetched but by SERVICE.'));

const engine = openEngine();
const reader = new QueryReader({ lexerConfig: { positionTracking: 'onlyStart' } });
const generator = new Generator();

const NTRIPLES = { format: 'application/n-triples', no_transaction: true, lenient: true };

let knowledge = '';
let runs = 0;

/** The slice and the knowledge, in the lexical forms in which the engine of all other queries would answer. */
function storeOf({ chunks }: Job): Store {
  const canonical = new oxigraph.Store();
  canonical.load(knowledge, NTRIPLES);
  for (const chunk of chunks) canonical.load(chunk, NTRIPLES);
  const text = canonical.dump({ format: NTRIPLES.format, from_graph_name: oxigraph.defaultGraph() });
  free(canonical);
  return new Store(new Parser({ format: 'N-Triples' }).parse(text));
}

/** All that an answer has; undefined when it is more than may be sent. */
async function collect<T extends object>(
  stream: AsyncIterable<T>,
  sizeOf: (item: T) => number,
  most: number,
): Promise<T[] | undefined> {
  const items: T[] = [];
  let size = 0;
  for await (const item of stream) {
    size += sizeOf(item);
    if (size > most) return undefined;
    items.push(item);
  }
  return items;
}

function sizeOfTerms(terms: Iterable<Term>): number {
  let size = 0;
  for (const { value } of terms) size += value.length;
  return size;
}

async function write(query: string, store: Store, gate: Gate, job: Job, columns?: readonly string[]) {
  const { format, maxResultBytes } = job;
  const answer = await engine.query(query, { sources: [store], fetch: gate.fetch });
  switch (answer.resultType) {
    case 'boolean':
      return writeBoolean(await answer.execute(), format);
    case 'quads': {
      const quads = await collect(
        await answer.execute(),
        ({ subject, predicate, object }) => sizeOfTerms([subject, predicate, object]),
        maxResultBytes,
      );
      return quads === undefined ? undefined : writeGraph(quads, format);
    }
    case 'bindings': {
      const found = await collect(await answer.execute(), (row) => sizeOfTerms(row.values()), maxResultBytes);
      if (found === undefined) return undefined;
      const { variables } = await answer.metadata();
      const names = columns ?? variables.map(({ value }) => value);
      const rows = found.map((row) => new Map([...row].map(([{ value }, term]) => [value, term])));
      return writeTable({ columns: names, rows }, format);
    }
    case 'void':
      throw new GraphError('query-is-update', 'Updates are not answered.');
  }
}

/** How one run of a query ended: for good, or with a SILENT clause that has to be left out. */
type Run =
  | { readonly type: 'ended'; readonly end: JobEnd }
  | { readonly type: 'silenced'; readonly clause: number };

async function run(job: Job, store: Store, dropped: ReadonlySet<number>, cache: GateCache): Promise<Run> {
  const tree = reader.parse(job.query);
  const clauses = serviceClauses(tree, endpoints);
  runs += 1;
  rewriteForEngine(tree, runs, dropped);
  const columns = columnsOf(tree);
  const gate = new Gate(runs, clauses, limits, cache, request);
  try {
    const text = await Promise.race([
      write(generator.generate(tree), store, gate, job, columns),
      gate.failed,
    ]);
    // A fault that the engine kept to itself would make this answer a partial one.
    if (gate.fault !== undefined) return runOfFault(gate.fault, clauses);
    return { type: 'ended', end: endOfText(text, job) };
  } catch (error) {
    if (gate.fault !== undefined) return runOfFault(gate.fault, clauses);
    return { type: 'ended', end: endOfError(error) };
  } finally {
    gate.close();
  }
}

function runOfFault({ code, message, clause }: GateFault, clauses: readonly { isSilent: boolean }[]): Run {
  const isSilent = clause !== undefined && clauses[clause]?.isSilent === true;
  if (isSilent && code === 'query-endpoint-failed') return { type: 'silenced', clause };
  return { type: 'ended', end: { type: 'refused', code, message } };
}

function tooLarge({ maxResultBytes }: Job): JobEnd {
  return {
    type: 'refused',
    code: 'query-result-too-large',
    message: `The answer has more than the ${maxResultBytes} bytes that one may have: use LIMIT, or ask for less.`,
  };
}

function endOfText(text: string | undefined, job: Job): JobEnd {
  if (text === undefined) return tooLarge(job);
  const body = new TextEncoder().encode(text);
  return body.byteLength > job.maxResultBytes ? tooLarge(job) : { type: 'answered', body };
}

function endOfError(error: unknown): JobEnd {
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'refused', code: 'query-malformed', message };
}

/** Answers a query; a SILENT clause that fails is left out, and the others' answers are not asked for again. */
async function answer(job: Job): Promise<JobEnd> {
  const store = storeOf(job);
  const dropped = new Set<number>();
  const cache: GateCache = new Map();
  try {
    for (;;) {
      const ran = await run(job, store, dropped, cache);
      if (ran.type === 'ended') return ran.end;
      dropped.add(ran.clause);
    }
  } finally {
    // The engine remembers endpoints by the context of a query, and with it the store of its slice.
    await engine.invalidateHttpCache();
  }
}

// What an abandoned run of the engine still fails with was told by its gate, or is nobody's concern any more.
process.on('unhandledRejection', () => undefined);

parentPort?.on('message', async (job: Job) => {
  if (job.knowledge !== undefined) knowledge = job.knowledge;
  const end = await answer(job).catch((error: unknown) => endOfError(error));
  const ended: JobEnded = { end };
  parentPort?.postMessage(ended, end.type === 'answered' ? [end.body.buffer] : []);
});
