/** Attacks on who may do what, on a server that asks everyone who they are. */
import { execFileSync, fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import bcrypt from 'bcryptjs';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { postJson, raw, send } from './send.mjs';

/** @typedef {import('./attack.mjs').Attack} Attack */
/** @typedef {{ url: URL, issuer: string, token: (name: 'read' | 'ingest' | 'revoked') => string, sign: (claims: object) => SignJWT, privateKey: CryptoKey, publicPem: string, output: () => string, stop: () => Promise<void> }} Guarded */

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const USER = 'alice';
const PASSWORD = 'correct horse battery staple';
const QUERY = '{"query":"{ health { score } }"}';
const MUTATION = 'mutation { retireSlo(input: {slo: "x"}) { __typename } }';

const cli = (/** @type {readonly string[]} */ ...args) =>
  execFileSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** An identity provider with one key, which answers who asks for its keys. */
async function provider() {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwks = JSON.stringify({
    keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }],
  });
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(jwks);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { issuer: `http://127.0.0.1:${port}`, server, privateKey, publicPem: await exportSPKI(publicKey) };
}

/**
 * A server with tokens, a user and an identity provider.
 * @param {string} folder
 * @returns {Promise<Guarded>}
 */
export async function guardedServer(folder) {
  const data = join(folder, 'guarded');
  const { issuer, server: keys, privateKey, publicPem } = await provider();
  const tokens = { read: '', ingest: '', revoked: '' };
  for (const name of /** @type {const} */ (['read', 'ingest', 'revoked'])) {
    const scope = name === 'revoked' ? 'admin' : name;
    const made = JSON.parse(cli('token', 'create', name, '--scope', scope, '--data', data, '--json'));
    tokens[name] = made.token;
    if (name === 'revoked') cli('token', 'revoke', made.id, '--data', data);
  }
  const passwordHash = bcrypt.hashSync(PASSWORD, 10).replace('$2b$', '$2y$');
  const settings = {
    ...{ port: 0, data, auth: 'required', logLevel: 'debug', logFormat: 'json' },
    basicAuth: [{ name: USER, passwordHash, scopes: ['operate'] }],
    oidc: [
      {
        ...{ issuer, audience: 'genchi', jwksUrl: `${issuer}/keys`, algorithms: ['RS256'] },
        ...{ clockToleranceS: 0, scopeClaim: 'scope', scopes: { 'genchi:read': ['read'] }, nameClaim: 'sub' },
      },
    ],
  };
  const child = fork(fileURLToPath(new URL('./server.mjs', import.meta.url)), [JSON.stringify(settings)], {
    silent: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const started = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', () => reject(new Error(`the guarded server ended: ${output.slice(-1_000)}`)));
  });
  const claims = { scope: 'genchi:read', aud: 'genchi', iss: issuer, sub: 'bob' };
  return {
    url: new URL(/** @type {{ url: string }} */ (started).url),
    ...{ issuer, privateKey, publicPem },
    token: (name) => tokens[name],
    sign: (more) =>
      new SignJWT({ ...claims, exp: Math.floor(Date.now() / 1_000) + 300, ...more }).setProtectedHeader({
        alg: 'RS256',
        kid: 'one',
      }),
    output: () => output,
    stop: async () => {
      keys.close();
      const exited = new Promise((resolve) => child.once('exit', resolve));
      child.send('stop');
      await exited;
    },
  };
}

const part = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * A JWT that nobody signed, or who has no business to.
 * @param {Guarded} guarded
 * @param {object} header
 * @param {(signed: string) => string} [signature]
 */
function forged({ issuer }, header, signature = () => '') {
  const exp = Math.floor(Date.now() / 1_000) + 300;
  const claims = { scope: 'genchi:read', aud: 'genchi', iss: issuer, sub: 'mallory', exp };
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${signature(signed)}`;
}

/**
 * What is asked with credentials: GraphQL, as it stands for all.
 * @param {Guarded} guarded
 * @param {string} authorization
 * @param {Record<string, string>} [headers]
 */
const askAs = ({ url }, authorization, headers = {}) =>
  postJson(url, '/graphql', QUERY, { authorization, ...headers });

/** Every way in, with what a stranger may be told there. */
const ROUTES = [
  ['GET', '/metrics'],
  ['GET', '/sparql?query=ASK%7B%7D'],
  ['GET', '/graphql?query=%7B__typename%7D'],
  ['GET', '/id/service/shop'],
  ['GET', '/openapi.json'],
  ['GET', '/log/checkpoint'],
  ['POST', '/api/v1/write'],
  ['POST', '/api/v1/events'],
  ['POST', '/api/v1/alertmanager'],
  ['POST', '/api/v1/cloudevents'],
  ['POST', '/backups'],
];

/** Paths that a router and a guard could take for different ones. */
const TRICKS = [
  '//metrics',
  '/./metrics',
  '/-/../metrics',
  '/-/healthy/../../metrics',
  '/-/%2e%2e/metrics',
  '/METRICS',
  '/metrics/',
  '/%6detrics',
  '/metrics;a=b',
  '/metrics%00',
  '/login/../metrics',
  '/login%2f..%2fmetrics',
  '\\metrics',
  'http://a/metrics',
  'http://a/-/../metrics',
  '/metrics#/login',
  '/metrics?/-/healthy',
];

/** A cookie of a session of the user. @param {Guarded} guarded */
async function sessionOf({ url }) {
  const told = await postJson(url, '/session', { user: USER, password: PASSWORD });
  const [cookie = ''] = told.headers['set-cookie'] ?? [];
  if (told.status !== 200 || cookie === '') throw new Error(`no session: ${told.status} ${told.text}`);
  return cookie.split(';', 1)[0] ?? '';
}

/** What takes the place of an answer that gave away more than it may. */
const given = (/** @type {import('./send.mjs').Answer} */ answer, /** @type {boolean} */ isGiven) =>
  isGiven ? { ...answer, status: 0, text: `gave away: ${answer.text.slice(0, 100)}` } : answer;

/**
 * @param {Guarded} guarded
 * @returns {readonly Attack[]}
 */
export function accessAttacks(guarded) {
  const { url } = guarded;
  const bearer = (/** @type {string} */ text) => askAs(guarded, `Bearer ${text}`);
  const refused = { statuses: [401], withinMs: 2_000, loopMs: 0 };
  return [
    {
      name: 'access: those who may are let in',
      expect: { statuses: [200], withinMs: 3_000, loopMs: 0 },
      run: async () => [
        await bearer(guarded.token('read')),
        await bearer(await guarded.sign({}).sign(guarded.privateKey)),
        await askAs(guarded, `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`),
        await send(url, { path: '/-/healthy' }),
      ],
    },
    {
      name: 'access: every way in without credentials',
      expect: refused,
      run: () =>
        Promise.all(
          ROUTES.map(([method = '', path = '']) =>
            send(url, {
              method,
              path,
              ...(method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: '[]' } : {}),
            }),
          ),
        ),
    },
    {
      name: 'access: paths around the guard',
      expect: { statuses: [400, 401, 404], withinMs: 2_000, loopMs: 0 },
      run: () =>
        Promise.all(
          TRICKS.map(async (path) => {
            const told = await raw(url, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
            return given(told, told.text.includes('genchi_'));
          }),
        ),
    },
    {
      name: 'access: tokens that are forged, cut off, or revoked',
      expect: refused,
      run: async () => {
        const good = guarded.token('read');
        const last = good.at(-1) === 'a' ? 'b' : 'a';
        const tokens = [
          guarded.token('revoked'),
          `${good.slice(0, -1)}${last}`,
          good.slice(0, -6),
          `${good}x`,
          'gen_',
          'gen_x',
          '0',
          good.toUpperCase(),
        ];
        const answers = [];
        for (const token of tokens) answers.push(await bearer(token));
        return answers;
      },
    },
    {
      name: 'access: JWTs with no algorithm, or the public key as a secret',
      expect: { statuses: [401, 429], withinMs: 2_000, loopMs: 0 },
      run: async () => {
        const hmac = (/** @type {string} */ signed) =>
          createHmac('sha256', guarded.publicPem).update(signed).digest('base64url');
        const own = await generateKeyPair('RS256', { extractable: true });
        const jwk = await exportJWK(own.publicKey);
        const byOwn = (/** @type {object} */ header) =>
          new SignJWT({
            scope: 'genchi:read',
            aud: 'genchi',
            iss: guarded.issuer,
            sub: 'mallory',
            exp: Math.floor(Date.now() / 1_000) + 300,
          })
            .setProtectedHeader({ alg: 'RS256', ...header })
            .sign(own.privateKey);
        const tokens = [
          forged(guarded, { alg: 'none' }),
          forged(guarded, { alg: 'None', kid: 'one' }),
          forged(guarded, { alg: 'HS256', kid: 'one' }, hmac),
          await byOwn({ kid: 'one' }),
          await byOwn({ jwk }),
          await byOwn({ jku: 'http://127.0.0.1:1/keys', kid: 'one' }),
          await byOwn({ kid: '../../../../dev/null' }),
        ];
        const answers = [];
        for (const token of tokens) answers.push(await bearer(token));
        return answers;
      },
    },
    {
      name: 'access: JWTs that expired, or are for others',
      expect: { statuses: [401, 429], withinMs: 2_000, loopMs: 0 },
      run: async () => {
        const now = Math.floor(Date.now() / 1_000);
        const answers = [];
        for (const claims of [
          { exp: now - 60 },
          { aud: 'another' },
          { iss: 'http://127.0.0.1:1' },
          { nbf: now + 600 },
          { exp: undefined },
        ]) {
          answers.push(await bearer(await guarded.sign(claims).sign(guarded.privateKey)));
        }
        return answers;
      },
    },
    {
      name: 'access: a JWT of half a megabyte',
      expect: { statuses: [401, 429, 431], withinMs: 2_000, loopMs: 0 },
      run: async () => [
        await bearer(`${'e'.repeat(50_000)}.${'e'.repeat(9_000)}.e`),
        await bearer('e'.repeat(500_000)),
      ],
    },
    {
      name: 'access: scopes that were not given',
      expect: { statuses: [403], withinMs: 2_000, loopMs: 0 },
      run: async () => [
        await postJson(url, '/api/v1/events', '[]', { authorization: `Bearer ${guarded.token('read')}` }),
        await bearer(guarded.token('ingest')),
        await send(url, {
          method: 'POST',
          path: '/backups',
          headers: { authorization: `Bearer ${guarded.token('read')}` },
        }),
        await postJson(
          url,
          '/graphql',
          { query: MUTATION },
          { authorization: `Bearer ${guarded.token('read')}` },
        ).then((told) =>
          // GraphQL may say so in its own way.
          told.status === 200 && told.text.includes('"forbidden"') ? { ...told, status: 403 } : told,
        ),
      ],
    },
    {
      name: 'access: a session used from another site',
      expect: { statuses: [403], withinMs: 3_000, loopMs: 0 },
      run: async () => {
        const cookie = await sessionOf(guarded);
        return await Promise.all(
          [
            { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
            { origin: 'null', 'sec-fetch-site': 'cross-site' },
            { origin: 'https://evil.example' },
            { 'sec-fetch-site': 'same-site', origin: `http://a.${url.host}` },
            { referer: 'https://evil.example/' },
          ].map((headers) => postJson(url, '/graphql', { query: MUTATION }, { cookie, ...headers })),
        );
      },
    },
    {
      name: 'access: a mutation by GET with a session',
      expect: { statuses: [403, 405], withinMs: 3_000, loopMs: 0 },
      run: async () => [
        await send(url, {
          path: `/graphql?query=${encodeURIComponent(MUTATION)}`,
          headers: { cookie: await sessionOf(guarded), 'sec-fetch-site': 'cross-site' },
        }),
      ],
    },
    {
      name: 'access: what other origins are told',
      expect: { statuses: [200, 204, 401, 404], withinMs: 2_000, loopMs: 0 },
      run: async () => {
        const origins = ['https://evil.example', 'null', `http://${url.host}.evil.example`];
        const answers = await Promise.all(
          origins.flatMap((origin) => [
            send(url, { path: '/-/healthy', headers: { origin } }),
            send(url, { path: '/metrics', headers: { origin } }),
            send(url, {
              method: 'OPTIONS',
              path: '/graphql',
              headers: { origin, 'access-control-request-method': 'POST' },
            }),
          ]),
        );
        return answers.map((told) => given(told, told.headers['access-control-allow-origin'] !== undefined));
      },
    },
    {
      name: 'access: headers and places smuggled into a login',
      expect: { statuses: [200, 303], withinMs: 3_000, loopMs: 0 },
      run: async () => {
        const places = [
          '//evil.example',
          'https://evil.example',
          '/\\evil.example',
          '/%0d%0aSet-Cookie:a=b',
          '/x\r\nSet-Cookie: a=b',
          'javascript:alert(1)',
        ];
        const answers = [];
        for (const next of places) {
          const body = new URLSearchParams({ user: USER, password: PASSWORD, next }).toString();
          const headers = {
            'content-type': 'application/x-www-form-urlencoded',
            origin: url.origin,
            'sec-fetch-site': 'same-origin',
          };
          const told = await send(url, { method: 'POST', path: '/session', headers, body });
          const { location = '', 'set-cookie': cookies = [] } = told.headers;
          const isOut =
            new URL(location, url).host !== url.host || cookies.some((cookie) => cookie.startsWith('a='));
          answers.push(given(told, isOut));
        }
        return answers;
      },
    },
    {
      name: 'access: a flood of logins, others let in meanwhile',
      expect: { statuses: [200, 401, 429, 503], withinMs: 8_000, loopMs: 0, retryAfter: true },
      run: async () => {
        const flood = Array.from({ length: 300 }, (_, index) =>
          postJson(url, '/session', {
            user: index % 2 === 0 ? USER : `user${index}`,
            password: `${index}`.repeat(20),
          }),
        );
        const startedAt = performance.now();
        const let_in = await bearer(guarded.token('read'));
        const others = await Promise.all(flood);
        const ms = performance.now() - startedAt;
        // Somebody who was let in by a wrong password would have 200 too.
        return [
          let_in,
          ...others.map((told) => given({ ...told, ms: Math.min(told.ms, ms) }, told.status === 200)),
        ];
      },
    },
    {
      name: 'access: secrets in answers and in the log',
      expect: { statuses: [200, 400, 401, 404, 429], withinMs: 3_000, loopMs: 0 },
      run: async () => {
        const secret = guarded.token('read');
        const answers = [
          await bearer(`${secret}x`),
          await bearer(secret),
          await send(url, { path: `/metrics?access_token=${secret}` }),
          await send(url, { path: `/nowhere?token=${secret}` }),
          await postJson(url, '/session', { user: USER, password: `${PASSWORD}!` }),
        ];
        const told = [guarded.output(), ...answers.map(({ text }) => text)];
        const isTold = told.some((text) => text.includes(secret) || text.includes(PASSWORD));
        return answers.map((answer) => given(answer, isTold));
      },
    },
  ];
}
