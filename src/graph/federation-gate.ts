/**
 * The only way from a federated query to the network. The engine asks clauses by addresses of hosts that cannot exist;
 * the gate turns them into POST requests to the endpoints that are listed, and lets nothing else pass.
 */
import { z } from 'zod';
import { type GraphCode, GraphError } from './errors.js';
import { addressOfClause, type ServiceClause } from './federation-clauses.js';
import type { FederationLimits } from './federation-job.js';

/** Why a clause has no answer. */
export interface GateFault {
  readonly code: Extract<
    GraphCode,
    'query-endpoint-failed' | 'query-service-refused' | 'query-result-too-large' | 'query-unbounded'
  >;
  readonly message: string;
  /** The number of the clause; undefined when the engine asked for what is no clause. */
  readonly clause: number | undefined;
}

/** Carries a fault through the engine. */
class GateError extends GraphError {
  readonly fault: GateFault;

  constructor(fault: GateFault) {
    super(fault.code, fault.message);
    this.fault = fault;
  }
}

/** Answers that were given, by clause and query, so that a second look at them asks nobody again. */
export type GateCache = Map<string, Promise<string>>;

const RESULTS = 'application/sparql-results+json';
const FORM = 'application/x-www-form-urlencoded;charset=UTF-8';
const REQUESTED = /^http:\/\/service\.invalid\/(\d+)\/(\d+)(?:\?query=(.*))?$/s;

const term = z.looseObject({
  type: z.enum(['uri', 'literal', 'typed-literal', 'bnode', 'triple']),
  value: z.unknown(),
});
/** SPARQL 1.1 Query Results JSON Format, section 3. */
const results = z.union([
  z.object({ results: z.object({ bindings: z.array(z.record(z.string(), term)) }) }),
  z.object({ boolean: z.boolean() }),
]);

/** Says of an address that a SPARQL endpoint stands there, in the endpoint's stead, so that nobody is asked. */
function description(address: string): Response {
  const sd = 'http://www.w3.org/ns/sparql-service-description#';
  const body = `<${address}> a <${sd}Service> ; <${sd}endpoint> <${address}> .`;
  return new Response(body, { headers: { 'content-type': 'text/turtle' } });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}

/** Lets the requests of one run of a query pass, and remembers the first that failed. */
export class Gate {
  /** Which run it is, as in the addresses of its clauses. */
  readonly run: number;
  /** Tells of the first fault; it never resolves. */
  readonly failed: Promise<never>;
  #fault: GateFault | undefined;
  #fail: (error: GateError) => void = () => undefined;
  readonly #clauses: readonly ServiceClause[];
  readonly #limits: FederationLimits;
  readonly #cache: GateCache;
  readonly #request: typeof fetch;
  readonly #over = new AbortController();
  #requests = 0;
  #bytes = 0;

  constructor(
    run: number,
    clauses: readonly ServiceClause[],
    limits: FederationLimits,
    cache: GateCache,
    request: typeof fetch,
  ) {
    this.run = run;
    this.#clauses = clauses;
    this.#limits = limits;
    this.#cache = cache;
    this.#request = request;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    // Whoever waits for it hears of it; nobody has to.
    this.failed.catch(() => undefined);
  }

  /** The first fault of the run, whatever the engine made of it. */
  get fault(): GateFault | undefined {
    return this.#fault;
  }

  /** Ends the requests that are under way; their failures are none of the query. */
  close(): void {
    this.#fail = () => undefined;
    this.#over.abort();
  }

  /** Stands in for `fetch` in the engine. */
  readonly fetch: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const [, run, number, inUrl] = REQUESTED.exec(url) ?? [];
    const index = Number(number);
    const clause = this.#clauses[index];
    if (this.#over.signal.aborted || (run !== undefined && Number(run) !== this.run)) {
      throw new GraphError('query-timeout', 'This run of the query is over.');
    }
    if (run === undefined || clause === undefined) {
      throw this.#stop('query-service-refused', `Nothing but SERVICE is asked: ${url.slice(0, 200)}`);
    }
    const query = this.#queryOf(inUrl, init?.body);
    if (query === undefined) return description(addressOfClause(this.run, index));
    const key = `${index} ${query}`;
    const answer = this.#cache.get(key) ?? this.#ask(index, clause, query);
    this.#cache.set(key, answer);
    return new Response(await answer, { headers: { 'content-type': RESULTS } });
  };

  #queryOf(inUrl: string | undefined, body: unknown): string | undefined {
    if (inUrl !== undefined) return decodeURIComponent(inUrl);
    if (body === undefined || body === null) return undefined;
    return new URLSearchParams(String(body)).get('query') ?? undefined;
  }

  #stop(code: GateFault['code'], message: string, clause?: number): GateError {
    const error = new GateError({ code, message, clause });
    this.#fault ??= error.fault;
    this.#fail(error);
    return error;
  }

  async #ask(index: number, { endpoint }: ServiceClause, query: string): Promise<string> {
    const { maxRequests } = this.#limits;
    this.#requests += 1;
    if (this.#requests > maxRequests) {
      throw this.#stop(
        'query-unbounded',
        `The query would ask the endpoint ${endpoint.name} more than ${maxRequests} times: bound the part of it ` +
          'that is answered here, so that fewer of its rows go into SERVICE.',
        index,
      );
    }
    const failed = (why: string) =>
      this.#stop('query-endpoint-failed', `The endpoint ${endpoint.name} ${why}`, index);
    const timeout = AbortSignal.timeout(endpoint.timeoutMs);
    try {
      const response = await this.#request(endpoint.url, {
        method: 'POST',
        headers: { 'user-agent': 'genchi', ...endpoint.headers, accept: RESULTS, 'content-type': FORM },
        body: new URLSearchParams({ query }).toString(),
        redirect: 'manual',
        signal: AbortSignal.any([timeout, this.#over.signal]),
      });
      return await this.#read(index, response, failed);
    } catch (error) {
      if (error instanceof GateError) throw error;
      if (timeout.aborted) throw failed(`did not answer within ${endpoint.timeoutMs} ms.`);
      throw failed(`cannot be asked: ${reasonOf(error)}.`);
    }
  }

  async #read(index: number, response: Response, failed: (why: string) => GateError): Promise<string> {
    const { status } = response;
    if (status >= 300 && status < 400) {
      await response.body?.cancel();
      throw failed(`answered ${status}, a redirect, which is not followed: list the URL where it answers.`);
    }
    const text = await this.#text(index, response);
    if (!response.ok) {
      throw failed(`answered ${status}: ${text.replace(/\s+/g, ' ').slice(0, 300)}`);
    }
    if (!isResults(text)) throw failed('answered what are no SPARQL results in JSON.');
    return text;
  }

  /** Reads an answer and gives up, long before memory does, when it is too large. */
  async #text(index: number, { body }: Response): Promise<string> {
    const { maxAnswerBytes, maxTotalBytes } = this.#limits;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of body ?? []) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      this.#bytes += chunk.byteLength;
      if (bytes <= maxAnswerBytes && this.#bytes <= maxTotalBytes) continue;
      const name = this.#clauses[index]?.endpoint.name;
      const most = bytes > maxAnswerBytes ? `${maxAnswerBytes} bytes` : `${maxTotalBytes} bytes in all`;
      throw this.#stop(
        'query-result-too-large',
        `The endpoint ${name} answered more than ${most}: ask it for less, by a FILTER or a LIMIT within SERVICE.`,
        index,
      );
    }
    return Buffer.concat(chunks).toString();
  }
}

function isResults(text: string): boolean {
  try {
    return results.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
