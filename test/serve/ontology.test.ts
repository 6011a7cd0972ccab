import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import oxigraph from 'oxigraph';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOntologyTerms } from '../../src/graph/index.js';
import { TPS } from '../../src/model/index.js';
import { openAccess } from '../../src/serve/auth/index.js';
import { createHttp } from '../../src/serve/http.js';
import { registerOntology } from '../../src/serve/ontology.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
let server: FastifyInstance;

beforeAll(async () => {
  const logger = pino({ level: 'silent' });
  server = await createHttp({
    logger,
    bodyBytes: 1_048_576,
    access: openAccess,
    observeRequest: () => undefined,
  });
  registerOntology(server, await readOntologyTerms());
  await server.ready();
});
afterAll(() => server?.close());

const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers });
const sizeOf = (text: string, type: string) =>
  oxigraph.parse(text, { format: type.replace(/;.*/, '') }).length;

describe('/ontology', () => {
  it.each([
    ['/ontology', undefined, 'text/turtle'],
    ['/ontology', 'application/n-triples', 'application/n-triples'],
    ['/ontology', 'application/ld+json', 'application/ld+json'],
    ['/ontology?format=jsonld', BROWSER, 'application/ld+json'],
    ['/ontology/shapes', BROWSER, 'text/turtle'],
    ['/ontology/shapes', 'application/ld+json', 'application/ld+json'],
    ['/ontology/alignments', 'application/n-triples', 'application/n-triples'],
  ])('serves %s to who accepts %s as %s, with the same triples as the Turtle', async (url, accept, type) => {
    const response = await get(url, accept === undefined ? {} : { accept });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(response.headers.vary).toContain('accept');
    const turtle = await get(url.replace(/\?.*/, ''), { accept: 'text/turtle' });
    expect(sizeOf(response.body, type)).toBe(sizeOf(turtle.body, 'text/turtle'));
    expect(sizeOf(turtle.body, 'text/turtle')).toBeGreaterThan(50);
  });

  it('gives browsers a page with every term at its anchor, its meaning, and links that lead somewhere', async () => {
    const page = await get('/ontology', { accept: BROWSER });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const turtle = await get('/ontology', { accept: 'text/turtle' });
    const quads = oxigraph.parse(turtle.body, { format: 'text/turtle' });
    const about = (end: string) => quads.filter(({ predicate }) => predicate.value.endsWith(end));
    const named = new Set(
      about('#domain')
        .concat(about('#subClassOf'), about('#notation'))
        .map(({ subject }) => subject.value),
    );
    expect(named.size).toBeGreaterThan(100);
    for (const iri of named) expect(page.body).toContain(`id="${iri.slice(TPS.length)}"`);
    const escaped = (text: string) =>
      text.replace(
        /[<>&"']/g,
        (mark) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', "'": '&#39;' })[mark] ?? mark,
      );
    for (const { object } of about('#comment').filter(({ subject }) => named.has(subject.value))) {
      expect(page.body).toContain(escaped(object.value));
    }
    const row = page.body.slice(page.body.indexOf('<tr id="latencyMs"'));
    expect(row.slice(0, row.indexOf('</tr>'))).toMatch(/href="#TaskCompletion".*xsd:double.*<td>ms<\/td>/);
    const ids = new Set([...page.body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, anchor] of page.body.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(anchor);
    for (const [, path = ''] of page.body.matchAll(/href="(\/ontology[^"]*)"/g)) {
      expect((await get(path)).statusCode, path).toBe(200);
    }
  });

  it('runs no script on its page and allows its one style', async () => {
    const { body, headers } = await get('/ontology', { accept: BROWSER });
    expect(body).not.toMatch(/<script|javascript:| on[a-z]+=| style=/i);
    const style = /<style>(.*?)<\/style>/s.exec(body)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('answers 304 to who has it, 406 to who takes none of its formats, 400 to a format that it lacks', async () => {
    const { etag = '' } = (await get('/ontology')).headers;
    expect((await get('/ontology', { 'if-none-match': etag })).statusCode).toBe(304);
    const other = await get('/ontology', { 'if-none-match': etag, accept: 'application/ld+json' });
    expect(other.statusCode).toBe(200);
    expect((await get('/ontology', { accept: 'image/png' })).statusCode).toBe(406);
    expect((await get('/ontology?format=xlsx')).statusCode).toBe(400);
  });

  it('serves the context as JSON-LD', async () => {
    const response = await get('/ontology/context.jsonld', { accept: BROWSER });
    expect(response.headers['content-type']).toContain('application/ld+json');
    expect(response.json()['@context'].Deployment).toBe('tps:Deployment');
  });
});
