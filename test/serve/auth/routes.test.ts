import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ground, groundOf, openRooms } from '../../../src/assembly/index.js';
import { openAccess } from '../../../src/serve/auth/index.js';
import { routesOf } from '../../../src/serve/auth/routes.js';
import { mutationScopes } from '../../../src/serve/graphql/scopes.js';
import { createHttp } from '../../../src/serve/http.js';

let folder: string;
let ground: Ground;
let house: FastifyInstance;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'genchi-routes-'));
  ground = await groundOf(
    { data: join(folder, 'data'), auth: 'required', corsOrigins: ['https://grafana.example'] },
    { logger: pino({ level: 'silent' }) },
  );
  house = await openRooms(ground, 'http://127.0.0.1:4600', () => undefined);
});
afterAll(async () => {
  await ground?.shutdown.run();
  rmSync(folder, { recursive: true, force: true });
});

describe('who may ask what', () => {
  it('is this table: a route is opened here, and nowhere by accident', () => {
    const asked = routesOf(house).filter(({ method }) => method !== 'HEAD');
    const table = asked.map(({ method, url, scope }) => `${scope.padEnd(13)} ${method} ${url}`);
    expect(table.sort().join('\n')).toMatchInlineSnapshot(`
      "admin         GET /backups/:id
      admin         POST /backups
      authenticated GET /graphql
      authenticated POST /graphql
      ingest        POST /api/v1/alertmanager
      ingest        POST /api/v1/cloudevents
      ingest        POST /api/v1/events
      ingest        POST /api/v1/write
      open          DELETE /session
      open          GET /
      open          GET /assets/:file
      open          GET /connect
      open          GET /experiments
      open          GET /experiments/:id
      open          GET /explore
      open          GET /incidents
      open          GET /incidents/:id
      open          GET /kaizen
      open          GET /login
      open          GET /reviews
      open          GET /runbooks
      open          GET /runbooks/:name
      open          GET /services/:name
      open          GET /session
      open          GET /slos
      open          GET /slos/:id
      open          OPTIONS *
      open          POST /session
      open          POST /session/end
      operate       POST /log/checkpoint
      read          GET /.well-known/void
      read          GET /documents
      read          GET /id/*
      read          GET /log/checkpoint
      read          GET /log/checkpoint/cosigned
      read          GET /log/consistency
      read          GET /log/keys
      read          GET /log/proof
      read          GET /log/tile/*
      read          GET /metrics
      read          GET /ontology
      read          GET /ontology/alignments
      read          GET /ontology/context.jsonld
      read          GET /ontology/shapes
      read          GET /openapi.json
      read          GET /postmortems/:id
      read          GET /queries
      read          GET /queries/*
      read          GET /reviews/:week
      read          GET /sparql
      read          POST /sparql"
    `);
  });

  it('is this table for the mutations of GraphQL', () => {
    const table = Object.entries(mutationScopes).map(([name, scopes]) => `${name}: ${scopes.join(' or ')}`);
    expect(table.sort().join('\n')).toMatchInlineSnapshot(`
      "acknowledgeIncident: operate
      giveVerdict: operate
      importSlos: operate
      logImprovement: operate
      publishPostmortem: operate
      recordEvent: ingest or operate
      registerSlo: operate
      resolveIncident: operate
      retireSlo: operate
      startExperiment: operate
      stopExperiment: operate
      testWebhook: operate
      updateImprovement: operate"
    `);
  });

  it('is said by every route, or the route is not added', async () => {
    const logger = pino({ level: 'silent' });
    const http = { logger, bodyBytes: 100, access: openAccess, observeRequest: () => undefined };
    const server = await createHttp(http);
    expect(() => server.get('/new', async () => 'x')).toThrow('GET /new does not say which scope it needs');
    expect(() => server.options('/new', async () => 'x')).toThrow('does not say which scope it needs');
    await server.close();
  });

  it('holds for every route: without credentials none but the open ones answers', async () => {
    for (const { method, url, scope } of routesOf(house)) {
      const answer = await house.inject({ method: method as 'GET', url: url.replace(/[:*]\w*/g, 'x') });
      const isStopped = answer.statusCode === 401 && answer.headers['www-authenticate'] !== undefined;
      expect(isStopped, `${method} ${url}`).toBe(scope !== 'open');
    }
  });

  it('holds for every way to write a path', async () => {
    for (const url of [
      '//metrics',
      '/metrics/',
      '/./metrics',
      '/id/../metrics',
      '/%6detrics',
      '/METRICS',
      '/-/../metrics',
      '/metrics;x',
      '/metrics%00',
      'http://x/metrics',
    ]) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST'] as const) {
        const { statusCode } = await house.inject({ method, url });
        expect([400, 401, 404], `${method} ${url}`).toContain(statusCode);
      }
    }
  });
});
