import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';

const file = new URL('../../ontology/tps.ttl', import.meta.url);

/** `GET /ontology`: the terms that evidence and knowledge are written in, as Turtle. */
export async function registerOntology(server: FastifyInstance): Promise<void> {
  const text = await readFile(file, 'utf8');
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  server.get('/ontology', async (request, reply) => {
    reply.header('etag', etag).header('cache-control', 'no-cache');
    if (request.headers['if-none-match'] === etag) return reply.status(304).send();
    return reply.type('text/turtle; charset=utf-8').send(text);
  });
}
