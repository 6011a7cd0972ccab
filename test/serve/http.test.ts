import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccess } from '../../src/serve/auth/index.js';
import { ServeError } from '../../src/serve/errors.js';
import { registerHome } from '../../src/serve/home.js';
import { createHttp, type RequestFigures } from '../../src/serve/http.js';

let lines: Record<string, unknown>[];
let figures: RequestFigures[];
let server: FastifyInstance;

beforeEach(async () => {
  lines = [];
  figures = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  server = await createHttp({
    logger,
    bodyBytes: 100,
    access: openAccess,
    observeRequest: (seen) => void figures.push(seen),
  });
  server.get('/things/:id', { config: { scope: 'read' } }, async () => 'a thing');
  server.post('/things', { config: { scope: 'ingest' } }, async (request) => request.body);
  server.get('/refused', { config: { scope: 'read' } }, async () => {
    throw new ServeError('not-acceptable', 'ask for something else');
  });
  server.get('/broken', { config: { scope: 'read' } }, async () => {
    throw new TypeError('secret detail');
  });
  registerHome(server, {
    version: '1.2.3',
    incidents: { list: async () => [] },
    sendPage: async (_, reply) => reply.type('text/html; charset=utf-8').send('the pages'),
  });
});
afterEach(() => server.close());

describe('createHttp', () => {
  it('gives every request an id of its own, whatever the client sends, and logs under it', async () => {
    const headers = { 'x-request-id': 'mine' };
    const one = await server.inject({ url: '/things/1', headers });
    const two = await server.inject({ url: '/things/1', headers });
    const ids = [one, two].map((answer) => answer.headers['x-request-id']);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids[1]).not.toBe(ids[0]);
    expect(lines.filter(({ msg }) => msg === 'request').map(({ requestId }) => requestId)).toEqual(ids);
  });

  it('counts requests by the pattern of their route, never by their path', async () => {
    await server.inject('/things/17');
    await server.inject('/things/18?x=1');
    await server.inject('/nowhere/19');
    expect(figures.map(({ method, route, status }) => [method, route, status])).toEqual([
      ['GET', '/things/:id', 200],
      ['GET', '/things/:id', 200],
      ['GET', 'unmatched', 404],
    ]);
    for (const { seconds } of figures) expect(seconds).toBeGreaterThan(0);
  });

  it.each([
    ['GET', '/nowhere', undefined, 404, 'not-found'],
    ['GET', '/refused', undefined, 406, 'not-acceptable'],
    ['POST', '/things', '{"a":', 400, 'bad-json'],
    ['POST', '/things', '{"__proto__":{"a":1}}', 400, 'bad-json'],
    ['POST', '/things', `"${'x'.repeat(200)}"`, 413, 'body-too-large'],
    ['GET', '/broken', undefined, 500, 'internal'],
    ['GET', '/things/%ff', undefined, 400, 'bad-request'],
  ] as const)('%s %s is a problem document', async (method, url, payload, status, code) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await server.inject({
      method,
      url,
      ...(payload === undefined ? {} : { payload, headers }),
    });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ status, code, type: `/problems/${code}` });
    expect(answer.statusCode).toBe(status);
    expect(answer.body).not.toContain('secret detail');
  });

  it('logs what it hides from the client', async () => {
    await server.inject('/broken');
    expect(lines.find(({ level }) => level === 50)).toMatchObject({ err: { message: 'secret detail' } });
  });

  it('shows the newest incidents to readers without scripts, and only what is really there', async () => {
    const page = await server.inject('/documents');
    expect(page.body).toContain('No incident has been opened.');
    expect(page.body).toContain('/-/ready');
    expect(page.body).not.toContain('/api/v1/write');
  });

  it('lets pages load nothing from elsewhere, and be framed by nobody', async () => {
    const { headers } = await server.inject('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:/);
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('GET /', () => {
  it('lists only what is there, as JSON', async () => {
    const answer = await server.inject('/');
    expect(answer.json()).toEqual({
      name: 'genchi',
      version: '1.2.3',
      places: [
        expect.objectContaining({ path: '/' }),
        expect.objectContaining({ path: '/-/healthy' }),
        expect.objectContaining({ path: '/-/ready' }),
      ],
    });
  });

  it('is the web interface for browsers', async () => {
    const answer = await server.inject({ url: '/', headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toBe('the pages');
  });
});

describe('GET /documents', () => {
  it('leads to what stands here without scripts', async () => {
    const answer = await server.inject('/documents');
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain('<a href="/-/ready">/-/ready</a>');
  });
});
