import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MOST_FAILURES } from '../../../src/serve/auth/attempts.js';
import { identityProvider } from '../../access/identity-provider.js';
import { guardedServer } from './server.js';

const PASSWORD = 'correct horse: battery';
let server: Awaited<ReturnType<typeof guardedServer>>;
let provider: Awaited<ReturnType<typeof identityProvider>>;

beforeAll(async () => {
  provider = await identityProvider();
  server = await guardedServer({
    basicAuth: [{ name: 'prometheus', passwordHash: hashSync(PASSWORD, 8), scopes: ['ingest', 'read'] }],
    oidc: [
      {
        issuer: provider.issuer,
        audience: 'genchi',
        algorithms: ['ES256'],
        clockToleranceS: 30,
        scopeClaim: 'scope',
        scopes: { 'genchi:read': ['read'] },
        nameClaim: 'sub',
      },
    ],
  });
});
afterAll(async () => {
  await server?.close();
  await provider?.close();
});

const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const ask = (headers: Record<string, string>) => server.ask('/metrics', { headers });
// What other tests did wrong is over when the clock has gone on.
beforeEach(() => {
  server.clock.aheadMs += 61_000;
});

const figure = async (name: string): Promise<number> => {
  const text = await (await server.ask('/metrics', { token: server.tokens.read })).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.split(' ')[1] ?? 0,
  );
};

describe('a user with a password', () => {
  it('comes in as Prometheus does, may do what the settings say, and is asked for by Basic', async () => {
    expect((await ask(basic('prometheus', PASSWORD))).status).toBe(200);
    const { headers, status } = await ask({});
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toBe(
      'Bearer realm="genchi", Basic realm="genchi", charset="UTF-8"',
    );
    const body = JSON.stringify({ query: 'mutation { __typename }' });
    const json = { 'content-type': 'application/json' };
    const answer = await server.ask('/graphql', {
      method: 'POST',
      headers: { ...json, ...basic('prometheus', PASSWORD) },
      body,
    });
    expect(answer.status).toBe(200);
  });

  it('is told to wait after many wrong passwords, while the right one still comes in; each is counted', async () => {
    const before = await figure('genchi_access_refused_total{method="basic",why="wrong"}');
    const wrong = [
      ['prometheus', 'wrong'],
      ['nobody', PASSWORD],
      ['prometheus', `${PASSWORD} `],
      ['prometheus', ''],
      ['', PASSWORD],
      ['prometheus', `${PASSWORD}${'x'.repeat(80)}`],
    ] as const;
    for (const [user, password] of wrong) expect((await ask(basic(user, password))).status, user).toBe(401);
    for (let tried = wrong.length; tried < MOST_FAILURES; tried++) await ask(basic('prometheus', 'guess'));
    const waiting = await ask(basic('prometheus', 'another guess'));
    expect(waiting.status).toBe(429);
    expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(basic('prometheus', PASSWORD))).status).toBe(200);
    expect((await server.ask('/metrics', { token: server.tokens.read })).status).toBe(200);
    expect(await figure('genchi_access_refused_total{method="basic",why="wrong"}')).toBe(
      before + MOST_FAILURES,
    );
    expect(await figure('genchi_access_refused_total{method="basic",why="waiting"}')).toBe(1);
    server.clock.aheadMs += 61_000;
    expect((await ask(basic('prometheus', 'guess'))).status).toBe(401);
  });

  it('logs in by the form', async () => {
    const answer = await server.ask('/session', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ user: 'prometheus', password: PASSWORD }).toString(),
    });
    expect(answer.status).toBe(303);
    expect(await (await server.ask('/login')).text()).toContain('name="password"');
  });

  it.each(['Basic', 'Basic !!!', 'Basic bm9jb2xvbg==', 'Digest a', 'Bearer', 'x'.repeat(9_000)])(
    'is told how to ask by a header that cannot be read: %s',
    async (authorization) => {
      expect((await ask({ authorization: authorization.slice(0, 9_000) })).status).toBe(401);
    },
  );
});

describe('a JWT', () => {
  it('comes in by its issuer, and nothing of it stands in the log', async () => {
    const token = await provider.sign({ exp: 4_000_000_000 });
    expect((await server.ask('/metrics', { token })).status).toBe(200);
    const other = await provider.sign({ aud: 'other', exp: 4_000_000_000 });
    expect((await server.ask('/metrics', { token: other })).status).toBe(401);
    const log = server.lines.join('');
    for (const secret of [token, other, PASSWORD, basic('prometheus', PASSWORD).authorization]) {
      expect(log).not.toContain(secret.slice(-30));
    }
  });
});

describe('a wrong credential', () => {
  it('takes as long for a user that there is as for one that there is not', async () => {
    // By construction both compare one bcrypt hash of the same cost: what is counted is comparisons, and not time.
    const { Passwords } = await import('../../../src/access/index.js');
    const { PasswordDesk } = await import('../../../src/access/password-desk.js');
    const compared: string[] = [];
    const original = PasswordDesk.prototype.compare;
    PasswordDesk.prototype.compare = async (_password, hash) => {
      compared.push(hash);
      return false;
    };
    try {
      const users = [
        { name: 'cheap', passwordHash: hashSync('a', 4), scopes: ['read'] as const },
        { name: 'dear', passwordHash: hashSync('a', 6), scopes: ['read'] as const },
      ];
      const passwords = new Passwords(users, server.now);
      expect(await passwords.principalOf('dear', 'x')).toBeUndefined();
      expect(await passwords.principalOf('unknown', 'x')).toBeUndefined();
    } finally {
      PasswordDesk.prototype.compare = original;
    }
    expect(compared).toHaveLength(2);
    expect(new Set(compared.map((hash) => hash.slice(0, 7)))).toEqual(new Set(['$2b$06$']));
  });
});
