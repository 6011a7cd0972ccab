import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { openAccess } from '../../src/serve/auth/index.js';
import { allowOrigins } from '../../src/serve/cors.js';
import { createHttp } from '../../src/serve/http.js';

const GRAFANA = 'https://grafana.example.com';
const PREFLIGHT = {
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'content-type',
};
const servers: FastifyInstance[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A server with a door of each sort, whose routes vary by themselves. */
async function serverFor(...origins: readonly string[]): Promise<FastifyInstance> {
  const logger = pino({ level: 'silent' });
  const server = await createHttp({
    logger,
    bodyBytes: 1_024,
    access: openAccess,
    observeRequest: () => undefined,
  });
  servers.push(server);
  await allowOrigins(server, origins);
  for (const url of ['/sparql', '/id/*', '/metrics']) {
    server.get(url, { config: { scope: 'read' } }, async (_request, reply) =>
      reply.header('vary', 'accept').send('read'),
    );
  }
  for (const url of ['/sparql', '/graphql', '/api/v1/events'])
    server.post(url, { config: { scope: 'ingest' } }, async () => 'taken');
  await server.ready();
  return server;
}

const get = (server: FastifyInstance, url: string, origin: string) =>
  server.inject({ url, headers: { origin } });
const preflight = (server: FastifyInstance, url: string, origin: string) =>
  server.inject({ method: 'OPTIONS', url, headers: { ...PREFLIGHT, origin } });

describe('allowOrigins', () => {
  it('lets pages of the named origins read the doors that read, and of no other origin', async () => {
    const server = await serverFor(GRAFANA, 'http://localhost:3000');
    for (const url of ['/sparql?query=ASK{}', '/id/service/a']) {
      const named = await get(server, url, GRAFANA);
      expect(named.headers['access-control-allow-origin'], url).toBe(GRAFANA);
      expect(named.headers['access-control-expose-headers']).toContain('link');
      expect(named.headers['access-control-allow-credentials']).toBeUndefined();
      const other = await get(server, url, 'https://evil.example.com');
      expect(other.headers['access-control-allow-origin'], url).toBeUndefined();
      for (const { headers } of [named, other]) expect(headers.vary).toMatch(/accept.*origin/i);
    }
    const asked = await preflight(server, '/graphql', GRAFANA);
    expect(asked.statusCode).toBe(204);
    expect(asked.headers['access-control-allow-methods']).toContain('POST');
    expect(asked.headers['access-control-allow-headers']).toContain('content-type');
    expect(
      (await preflight(server, '/graphql', 'null')).headers['access-control-allow-origin'],
    ).toBeUndefined();
  });

  it('never lets a page write evidence, nor read what is no evidence', async () => {
    const server = await serverFor('*');
    const asked = await preflight(server, '/api/v1/events', GRAFANA);
    expect(asked.statusCode).toBe(404);
    expect(asked.headers['access-control-allow-origin']).toBeUndefined();
    for (const url of ['/metrics', '/sparqlx', '/idx']) {
      const { headers } = await get(server, url, GRAFANA);
      expect(headers['access-control-allow-origin'], url).toBeUndefined();
    }
  });

  it('lets every origin when that is said, errors included', async () => {
    const server = await serverFor('*');
    expect((await get(server, '/sparql', GRAFANA)).headers['access-control-allow-origin']).toBe('*');
    const missing = await get(server, '/sparql/none', GRAFANA);
    expect(missing.statusCode).toBe(404);
    expect(missing.headers['access-control-allow-origin']).toBe('*');
  });

  it('answers as if there were no such thing when nobody is named', async () => {
    const server = await serverFor();
    const { headers } = await get(server, '/sparql', GRAFANA);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers.vary).toBe('accept');
    expect((await preflight(server, '/sparql', GRAFANA)).statusCode).toBe(404);
  });
});
