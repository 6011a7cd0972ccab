/** Parses large queries in a thread of its own: reading the largest takes half a second, in which nobody else is served. */
import { Worker } from 'node:worker_threads';
import { AlgebraFactory } from '@traqula/algebra-transformations-1-1';
import { GraphError } from './errors.js';
import { sizeOf } from './guard.js';
import type { ParsedQuery, QueryParser } from './parse.js';
import type { ParseEnd, ParseThreadData } from './parse-job.js';

/** Queries up to this size are parsed where they come in: that takes a few milliseconds, less than to hand them over. */
const SMALL = { characters: 4_096, nesting: 10, tokens: 250, valuesTokens: 250 };

const script = new URL('../../dist/graph/parse-worker.js', import.meta.url);

interface Reading {
  readonly text: string;
  readonly settle: (end: ParseEnd) => void;
  readonly fail: (reason: unknown) => void;
}

/** Whether a query is parsed within a few milliseconds. */
export function isSmall(text: string): boolean {
  if (text.length > SMALL.characters) return false;
  const { nesting, tokens, valuesTokens } = sizeOf(text);
  return nesting <= SMALL.nesting && tokens <= SMALL.tokens && valuesTokens <= SMALL.valuesTokens;
}

function stopping(): GraphError {
  return new GraphError('query-overloaded', 'The server is stopping.');
}

const { dataFactory } = new AlgebraFactory();

interface CopiedTerm {
  readonly termType: string;
  readonly value: string;
  readonly language?: string;
  readonly datatype?: CopiedTerm;
}

function isCopiedTerm(value: object): value is CopiedTerm {
  return 'termType' in value;
}

/** A term with its methods; what is no term of a pattern or an expression stays as it is. */
function termOf(copied: CopiedTerm): unknown {
  const { termType, value, language = '', datatype } = copied;
  switch (termType) {
    case 'NamedNode':
      return dataFactory.namedNode(value);
    case 'BlankNode':
      return dataFactory.blankNode(value);
    case 'Variable':
      return dataFactory.variable?.(value) ?? copied;
    case 'DefaultGraph':
      return dataFactory.defaultGraph();
    case 'Literal':
      return dataFactory.literal(value, language || dataFactory.namedNode(datatype?.value ?? ''));
    default:
      return revived(copied);
  }
}

/** Gives the terms within a copy of an algebra their methods back, in place. */
function revived<T extends object>(copy: T): T {
  for (const [key, value] of Object.entries(copy)) {
    if (typeof value !== 'object' || value === null) continue;
    Reflect.set(copy, key, isCopiedTerm(value) ? termOf(value) : revived(value));
  }
  return copy;
}

/** Reads queries: small ones at once, large ones in a thread that starts with the first of them. */
export class ParseThread {
  readonly #parser: QueryParser;
  readonly #data: ParseThreadData;
  readonly #waiting: Reading[] = [];
  #worker: Worker | undefined;
  #reading: Reading | undefined;
  #restarts = 0;
  #closed = false;

  constructor(parser: QueryParser, data: ParseThreadData) {
    this.#parser = parser;
    this.#data = data;
  }

  /** How often the thread was replaced, since a query took longer than it may. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Reads a query until a signal says to stop, whose reason it then fails with; else fails as the parser does. */
  async parse(text: string, signal: AbortSignal): Promise<ParsedQuery> {
    return isSmall(text) ? this.#parser.parse(text) : await this.#elsewhere(text, signal);
  }

  async #elsewhere(text: string, signal: AbortSignal): Promise<ParsedQuery> {
    signal.throwIfAborted();
    if (this.#closed) throw stopping();
    return await new Promise((resolve, reject) => {
      const stopped = (): void => this.#stop(reading, signal.reason);
      const ended = (): void => signal.removeEventListener('abort', stopped);
      const reading: Reading = {
        text,
        settle: (end) => {
          ended();
          if (end.type === 'parsed') resolve({ ...end.query, algebra: revived(end.query.algebra) });
          else reject(new GraphError(end.code, end.message));
        },
        fail: (reason) => {
          ended();
          reject(reason);
        },
      };
      signal.addEventListener('abort', stopped);
      this.#waiting.push(reading);
      this.#next();
    });
  }

  #next(): void {
    if (this.#reading !== undefined) return;
    this.#reading = this.#waiting.shift();
    if (this.#reading === undefined) {
      this.#worker?.unref();
      return;
    }
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#worker.postMessage(this.#reading.text);
  }

  #start(): Worker {
    const worker = new Worker(script, { workerData: this.#data });
    const ended = (tell: (reading: Reading | undefined) => void): void => {
      if (this.#worker !== worker) return;
      const reading = this.#reading;
      this.#reading = undefined;
      tell(reading);
      this.#next();
    };
    worker.on('message', (end: ParseEnd) => ended((reading) => reading?.settle(end)));
    worker.on('error', (cause) => {
      ended((reading) => {
        this.#worker = undefined;
        reading?.fail(new GraphError('query-crashed', 'The query broke the parser.', { cause }));
      });
    });
    return worker;
  }

  /** Ends the reading of a query that waits or is read; the thread of one that is read has to be replaced. */
  #stop(reading: Reading, reason: unknown): void {
    const waiting = this.#waiting.indexOf(reading);
    if (waiting >= 0) this.#waiting.splice(waiting, 1);
    else this.#replace();
    reading.fail(reason);
    this.#next();
  }

  #replace(): void {
    this.#restarts += 1;
    this.#reading = undefined;
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  /** Stops the thread; queries that are read fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const left = [...this.#waiting.splice(0), ...(this.#reading === undefined ? [] : [this.#reading])];
    for (const one of left) one.fail(stopping());
    this.#reading = undefined;
    await this.#worker?.terminate();
  }
}
