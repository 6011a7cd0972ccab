import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { bindPack, type Graph, type Pack } from '../graph/index.js';
import { ServeError } from './errors.js';
import { goneSignal } from './gone.js';
import { prefersPage } from './pages/negotiation.js';
import { explainOf, formatOf, freshOf, Parameters, timeoutOf, urlParametersOf } from './sparql-parameters.js';

/** A pack as `GET /queries` lists it. */
function listed({ name, summary, description, tags, parameters, text }: Pack) {
  return {
    name,
    path: `/queries/${name}`,
    summary,
    description,
    tags,
    parameters: parameters.map((parameter) => ({
      ...parameter,
      required: parameter.default === undefined,
    })),
    text,
  };
}

/** Parameters of the door itself, unless a pack has one of that name. */
const OF_THE_DOOR: ReadonlySet<string> = new Set(['explain', 'format', 'timeout']);

/** The values of a pack's parameters, from the query string; each may be given once. */
function valuesOf({ parameters }: Pack, url: URLSearchParams): Readonly<Record<string, string>> {
  const own = new Set(parameters.map(({ name }) => name));
  const given = new Parameters(url);
  const names = [...new Set(url.keys())].filter((name) => own.has(name) || !OF_THE_DOOR.has(name));
  return Object.fromEntries(names.map((name) => [name, given.one(name) ?? '']));
}

/** The parameters that are for the door and not for the pack. */
function ofTheDoor({ parameters }: Pack, url: URLSearchParams): Parameters {
  const own = new Set(parameters.map(({ name }) => name));
  return new Parameters(new URLSearchParams([...url].filter(([name]) => !own.has(name))));
}

/** Answers a pack like the query that it is; browsers are led to that query's page. */
async function answer(
  graph: Graph,
  pack: Pack,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const url = urlParametersOf(request);
  const text = bindPack(pack, valuesOf(pack, url));
  const door = ofTheDoor(pack, url);
  const accept = formatOf(door) ?? request.headers.accept;
  reply.header('vary', 'accept');
  if (prefersPage(accept)) return reply.redirect(`/sparql?query=${encodeURIComponent(text)}`, 303);
  const timeoutMs = timeoutOf(door);
  const { contentType, body } = await graph.query({
    text,
    signal: goneSignal(reply),
    explain: explainOf(door),
    isFresh: freshOf(request),
    ...(accept === undefined ? {} : { accept }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return reply.type(contentType).send(Buffer.from(body));
}

/**
 * `GET /queries` lists the query packs, with the longest that a query may take, in milliseconds; `GET /queries/NAME?parameter=value` asks one, like a query at `/sparql` and with
 * its `timeout`, `format` and `explain`.
 */
export function registerPacks(server: FastifyInstance, graph: Graph, deadlineMs: number): void {
  const packs = new Map(graph.packs().map((pack) => [pack.name, pack]));
  server.get('/queries', { config: { scope: 'read' } }, async () => ({
    deadlineMs,
    queries: [...packs.values()].map(listed),
  }));
  server.get<{ Params: { '*': string } }>(
    '/queries/*',
    { config: { scope: 'read' } },
    async (request, reply) => {
      const pack = packs.get(request.params['*']);
      if (pack === undefined) {
        throw new ServeError('not-found', 'There is no query pack of this name; GET /queries lists them.');
      }
      return await answer(graph, pack, request, reply);
    },
  );
}
