import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { bindPack, type Graph, type Pack } from '../graph/index.js';
import { ServeError } from './errors.js';
import { goneSignal } from './gone.js';

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

const valuesShape = z.record(z.string(), z.string());

/** The values of the parameters, from the query string; each may be given once. */
function valuesOf({ query }: FastifyRequest): Readonly<Record<string, string>> {
  const values = valuesShape.safeParse(query);
  if (values.success) return values.data;
  const [name = ''] = values.error.issues[0]?.path ?? [];
  throw new ServeError('bad-request', `The parameter ${String(name)} is given more than once.`);
}

/** `GET /queries` lists the query packs; `GET /queries/NAME?parameter=value` asks one, like a query at `/sparql`. */
export function registerPacks(server: FastifyInstance, graph: Graph): void {
  const packs = new Map(graph.packs().map((pack) => [pack.name, pack]));
  server.get('/queries', async () => ({ queries: [...packs.values()].map(listed) }));
  server.get<{ Params: { '*': string } }>('/queries/*', async (request, reply) => {
    const pack = packs.get(request.params['*']);
    if (pack === undefined) {
      throw new ServeError('not-found', 'There is no query pack of this name; GET /queries lists them.');
    }
    const { accept } = request.headers;
    const text = bindPack(pack, valuesOf(request));
    const asked = { text, signal: goneSignal(reply), ...(accept === undefined ? {} : { accept }) };
    const { contentType, body } = await graph.query(asked);
    return reply.type(contentType).header('vary', 'accept').send(Buffer.from(body));
  });
}
