import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyone } from '../../../src/access/index.js';
import { instantOf } from '../../../src/model/index.js';
import { nextPath } from '../../../src/serve/auth/same-origin.js';
import { SESSION_IDLE_MS, SESSION_MS, Sessions } from '../../../src/serve/auth/sessions.js';
import { guardedServer } from './server.js';

let server: Awaited<ReturnType<typeof guardedServer>>;
beforeAll(async () => {
  server = await guardedServer();
});
afterAll(() => server?.close());

const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';
const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const SAME = { 'sec-fetch-site': 'same-origin' };

function login(fields: Record<string, string>, headers: Record<string, string> = SAME): Promise<Response> {
  return server.ask('/session', { method: 'POST', headers: { ...FORM, ...headers }, body: form(fields) });
}

async function cookieOf(token: string): Promise<string> {
  const answer = await login({ token });
  return String(answer.headers.get('set-cookie')).split(';')[0] ?? '';
}

describe('a browser', () => {
  it('is led to the login and back, and comes in with a cookie that no script and no other site can use', async () => {
    const asked = await server.ask('/queries?x=1', { headers: { accept: HTML } });
    expect(asked.status).toBe(303);
    expect(asked.headers.get('location')).toBe('/login?next=%2Fqueries%3Fx%3D1');
    const page = await (await server.ask('/login?next=%2Fqueries%3Fx%3D1')).text();
    expect(page).toContain('name="next" value="/queries?x=1"');
    expect(page).not.toContain('<script');
    const done = await login({ token: server.tokens.read, next: '/queries?x=1' });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/queries?x=1']);
    const cookie = String(done.headers.get('set-cookie'));
    expect(cookie).toMatch(/^genchi_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    expect((await server.ask('/queries', { headers })).status).toBe(200);
    expect(await (await server.ask('/session', { headers })).json()).toMatchObject({
      authentication: true,
      login: ['token'],
      principal: { method: 'token', name: 'reader', scopes: ['read'] },
    });
  });

  it('that follows a link from elsewhere hops once, so that it brings its cookie', async () => {
    const from = { accept: HTML, 'sec-fetch-dest': 'document' };
    const first = await server.ask('/queries', { headers: { ...from, 'sec-fetch-site': 'cross-site' } });
    expect(first.status).toBe(401);
    expect(await first.text()).toContain('http-equiv="refresh" content="0; url=/queries"');
    const second = await server.ask('/queries', { headers: { ...from, 'sec-fetch-site': 'same-origin' } });
    expect(second.headers.get('location')).toBe('/login?next=%2Fqueries');
  });

  it('sees why it did not come in, on the same page', async () => {
    const answer = await login({ token: 'gen_wrong', next: '/x' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('set-cookie')).toBeNull();
    const page = await answer.text();
    expect(page).toContain('role="alert"');
    expect(page).toContain('value="/x"');
    expect(page).not.toContain('gen_wrong');
  });

  it.each([
    ['another site by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that is none', { origin: 'null' }],
    ['nobody knows where', {}],
  ])('changes nothing by its cookie when the request comes from %s', async (_, headers) => {
    const cookie = await cookieOf(server.tokens.operate);
    const body = JSON.stringify({ query: '{ __typename }' });
    const json = { 'content-type': 'application/json', cookie };
    const refused = await server.ask('/graphql', { method: 'POST', headers: { ...json, ...headers }, body });
    expect(refused.status).toBe(403);
    expect((await login({ token: server.tokens.read }, headers)).status).toBe(403);
    const ended = await server.ask('/session', { method: 'DELETE', headers: { cookie, ...headers } });
    expect(ended.status).toBe(403);
    const allowed = await server.ask('/graphql', { method: 'POST', headers: { ...json, ...SAME }, body });
    expect(allowed.status).toBe(200);
    const older = { ...json, origin: server.app.url };
    expect((await server.ask('/graphql', { method: 'POST', headers: older, body })).status).toBe(200);
  });

  it('goes out by the form and by DELETE, and its cookie is good for nothing afterwards', async () => {
    for (const [path, method, status] of [
      ['/session/end', 'POST', 303],
      ['/session', 'DELETE', 204],
    ] as const) {
      const cookie = await cookieOf(server.tokens.read);
      const out = await server.ask(path, {
        method,
        headers: { ...(method === 'POST' ? FORM : {}), ...SAME, cookie },
      });
      expect(out.status).toBe(status);
      expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
      expect((await server.ask('/queries', { headers: { cookie } })).status).toBe(401);
    }
  });

  it('logs in by JSON as pages with scripts do', async () => {
    const answer = await server.ask('/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...SAME },
      body: JSON.stringify({ token: server.tokens.read }),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toContain('genchi_session=');
    expect(await answer.json()).toMatchObject({ name: 'reader', scopes: ['read'] });
  });
});

describe('the way on after the login', () => {
  it.each([
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/a/..//evil.example',
    'javascript:alert(1)',
    '\n//evil.example',
    '',
  ])('is never %j', (asked) => {
    expect(nextPath(asked)).toBe('/');
  });
  it('keeps path and query', () => {
    expect(nextPath('/id/incident/a%2Fb?format=turtle#x')).toBe('/id/incident/a%2Fb?format=turtle');
  });
});

describe('sessions', () => {
  const at = { ms: 1_800_000_000_000 };
  const make = (holds = () => true) => new Sessions({ clock: () => instantOf(at.ms), holds });

  it('end when they are idle, at the latest after a time, and with what was shown', () => {
    let held = true;
    const sessions = make(() => held);
    const cookie = sessions.open(everyone);
    for (let passed = 0; passed < SESSION_MS - SESSION_IDLE_MS; passed += SESSION_IDLE_MS - 1) {
      expect(sessions.principalOf(cookie)?.name).toBe('anyone');
      at.ms += SESSION_IDLE_MS - 1;
    }
    at.ms += SESSION_IDLE_MS;
    expect(sessions.principalOf(cookie)).toBeUndefined();
    const idle = sessions.open(everyone);
    at.ms += SESSION_IDLE_MS;
    expect(sessions.principalOf(idle)).toBeUndefined();
    const short = sessions.open({ ...everyone, expiresAt: instantOf(at.ms + 10) });
    at.ms += 10;
    expect(sessions.principalOf(short)).toBeUndefined();
    const revoked = sessions.open(everyone);
    held = false;
    expect(sessions.principalOf(revoked)).toBeUndefined();
    expect(sessions.size).toBe(0);
  });

  it('are bounded, of one principal and of all: the longest unused one goes', () => {
    const sessions = make();
    const own = Array.from({ length: 21 }, () => sessions.open(everyone));
    expect(own.map((cookie) => sessions.principalOf(cookie) !== undefined)).toEqual([
      false,
      ...Array(20).fill(true),
    ]);
    for (let index = 0; index < 1_100; index++) sessions.open({ ...everyone, id: String(index) });
    expect(sessions.size).toBe(1_000);
  });
});
