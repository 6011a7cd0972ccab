/** The parameters of a request at a SPARQL door, from its form or its URL. */
import type { FastifyRequest } from 'fastify';
import { acceptOf, GraphError } from '../graph/index.js';
import { ServeError } from './errors.js';

/** Why updates are refused, whichever way they come. */
export const NO_UPDATES =
  'Evidence is only ever appended: SPARQL updates are refused. Record events instead, at POST /api/v1/events.';

/** Parameters by name, each of which may be given once. */
export class Parameters {
  readonly #sources: readonly URLSearchParams[];

  constructor(...sources: readonly URLSearchParams[]) {
    this.#sources = sources;
  }

  /** The one value of a parameter; undefined when it is absent, `bad-request` when it is there twice. */
  one(name: string): string | undefined {
    const [value, ...others] = this.#sources.flatMap((source) => source.getAll(name));
    if (others.length > 0)
      throw new ServeError('bad-request', `The parameter ${name} is given more than once.`);
    return value;
  }

  has(name: string): boolean {
    return this.#sources.some((source) => source.has(name));
  }
}

/** The parameters of a URL, without those of a form. */
export function urlParametersOf({ url }: FastifyRequest): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

/** The parameters of a request, those of its form first. */
export function parametersOf(request: FastifyRequest): Parameters {
  const { body } = request;
  const fromUrl = urlParametersOf(request);
  return body instanceof URLSearchParams ? new Parameters(body, fromUrl) : new Parameters(fromUrl);
}

/** The deadline that is asked for, in milliseconds. */
export function timeoutOf(parameters: Parameters): number | undefined {
  const text = parameters.one('timeout');
  if (text === undefined || text === '') return undefined;
  const timeoutMs = Number(text);
  if (text.trim() !== '' && timeoutMs > 0 && Number.isFinite(timeoutMs)) return timeoutMs;
  throw new ServeError(
    'bad-request',
    `The timeout ${JSON.stringify(text)} is no positive number of milliseconds.`,
  );
}

/** Whether to tell how the query was answered instead of what. */
export function explainOf(parameters: Parameters): boolean {
  const text = parameters.one('explain') ?? 'false';
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ServeError('bad-request', `explain is true or false, not ${JSON.stringify(text.slice(0, 80))}.`);
}

/** Whether the client wants the work done for it alone (RFC 9111, section 5.2.1.4). */
export function freshOf({ headers }: FastifyRequest): boolean {
  return /\bno-cache\b/i.test(headers['cache-control'] ?? '');
}

/** The format that is asked for by the parameter `format`, as an Accept header: a short name or a media type. */
export function formatOf(parameters: Parameters): string | undefined {
  const format = parameters.one('format');
  if (format === undefined || format === '') return undefined;
  const accept = format.includes('/') ? format : acceptOf(format);
  if (accept !== undefined) return accept;
  throw new ServeError(
    'bad-request',
    'The format is one of json, xml, csv, tsv, turtle, ntriples and jsonld.',
  );
}

/** Refuses what the protocol has and this graph has not: updates, and other graphs than the one. */
export function refuseOthers(parameters: Parameters): void {
  if (parameters.has('update')) throw new GraphError('query-is-update', NO_UPDATES);
  for (const name of ['default-graph-uri', 'named-graph-uri']) {
    if (parameters.has(name)) {
      throw new ServeError('bad-request', `There is one graph, the default one: leave out ${name}.`);
    }
  }
}
