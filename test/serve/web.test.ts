import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAccess } from '../../src/serve/auth/index.js';
import { createHttp } from '../../src/serve/http.js';
import { registerWeb } from '../../src/serve/web.js';

let server: FastifyInstance;

beforeAll(async () => {
  const logger = pino({ level: 'silent' });
  server = await createHttp({
    ...{ logger, bodyBytes: 100, access: openAccess },
    observeRequest: () => undefined,
  });
  await registerWeb(server);
});
afterAll(() => server.close());

/** The address of the script that the document loads first. */
async function scriptOf(): Promise<string> {
  const { body } = await server.inject('/incidents');
  return /src="(\/assets\/[^"]+\.js)"/.exec(body)?.[1] ?? '';
}

describe('the document of the pages', () => {
  it('is the same at every address of theirs', async () => {
    const [one, other] = await Promise.all([server.inject('/incidents'), server.inject('/services/a%2Fb')]);
    expect(one.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(one.body).toContain('<div id="app">');
    expect(other.body).toBe(one.body);
  });

  it('may load nothing from elsewhere, and run no script but those of the build', async () => {
    const { headers, body } = await server.inject('/incidents');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/=]+';/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(body).not.toMatch(/ style="| on[a-z]+="/);
  });

  it('is not sent again to who has it', async () => {
    const { headers } = await server.inject('/incidents');
    const again = await server.inject({
      url: '/incidents',
      headers: { 'if-none-match': String(headers.etag) },
    });
    expect(again.statusCode).toBe(304);
  });

  it('leads who has no scripts to documents', async () => {
    const { body } = await server.inject('/incidents');
    expect(body).toMatch(/<noscript>[\s\S]*href="\/documents"/);
  });

  it('stands at no address that is not one of theirs', async () => {
    const answer = await server.inject('/incidents/1/nothing');
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });
});

describe('the files of the pages', () => {
  it.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['identity', undefined],
  ] as const)(
    'are sent to who takes %s as they were compressed, and may be kept for ever',
    async (accept, encoding) => {
      const answer = await server.inject({ url: await scriptOf(), headers: { 'accept-encoding': accept } });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-encoding']).toBe(encoding);
      expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(answer.headers['content-type']).toMatch(/javascript/);
      expect(answer.headers.vary).toMatch(/accept-encoding/i);
    },
  );

  it.each(['/assets/none.js', '/assets/..%2Findex.html', '/assets/..%2F..%2Fmain.js', '/assets/'])(
    'are nothing else: %s',
    async (url) => {
      const answer = await server.inject(url);
      expect([403, 404]).toContain(answer.statusCode);
      expect(answer.body).not.toContain('<div id="app">');
    },
  );
});
