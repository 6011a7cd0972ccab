import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type SecureVersion } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fetchTrusting } from '../../../src/outgoing/index.js';
import { run } from '../../cli/outside.js';
import { guardedServer } from './server.js';

let folder: string;
let server: Awaited<ReturnType<typeof guardedServer>>;
let trusting: typeof fetch;
const at = (name: string): string => join(folder, name);

/** Makes a certificate for 127.0.0.1 that its own authority signed. */
function certify(name: string, days: number): void {
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  writeFileSync(at('san.cnf'), 'subjectAltName=IP:127.0.0.1');
  const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'san.cnf'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...authority, '-out', `${name}.crt`, '-days', String(days));
}

function put(name: string): void {
  for (const part of ['crt', 'key']) {
    writeFileSync(at(`new.${part}`), readFileSync(at(`${name}.${part}`)));
    renameSync(at(`new.${part}`), at(`tls.${part}`));
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'genchi-tls-'));
  const ca = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'ca.key'];
  execFileSync(
    'openssl',
    ['req', '-x509', ...ca, '-out', 'ca.pem', '-subj', '/CN=authority', '-days', '30'],
    {
      cwd: folder,
      stdio: 'pipe',
    },
  );
  certify('first', 7);
  certify('second', 90);
  certify('client', 7);
  put('first');
  trusting = fetchTrusting(at('ca.pem'));
  server = await guardedServer({ tlsCert: at('tls.crt'), tlsKey: at('tls.key') });
}, 60_000);
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const subjectOf = (maxVersion?: SecureVersion): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname: host, port } = new URL(server.app.url);
    const ca = readFileSync(at('ca.pem'));
    const versions = maxVersion === undefined ? {} : ({ minVersion: 'TLSv1', maxVersion } as const);
    const socket = connect({ host, port: Number(port), ca, ...versions }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });

describe('a server with a certificate', () => {
  it('is asked by TLS 1.2 or later alone, and says so to browsers', async () => {
    expect(server.app.url).toMatch(/^https:/);
    const answer = await trusting(`${server.app.url}/-/healthy`);
    expect([answer.status, answer.headers.get('strict-transport-security')]).toEqual([
      200,
      'max-age=31536000',
    ]);
    await expect(fetch(`${server.app.url}/-/healthy`)).rejects.toThrow();
    await expect(fetch(`${server.app.url.replace('https', 'http')}/-/healthy`)).rejects.toThrow();
    expect(await subjectOf('TLSv1.2')).toBe('first');
    await expect(subjectOf('TLSv1.1')).rejects.toThrow();
  });

  it('hands out cookies that go by TLS alone', async () => {
    const answer = await trusting(`${server.app.url}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: server.tokens.read }),
    });
    const cookie = String(answer.headers.get('set-cookie'));
    expect(cookie).toMatch(/^__Host-genchi_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    const headers = { cookie: cookie.split(';')[0] ?? '' };
    expect((await trusting(`${server.app.url}/queries`, { headers })).status).toBe(200);
  });

  it('is asked by verbs that are told its authority, and by no others', async () => {
    const argv = ['incidents', 'list', '--url', server.app.url];
    const env = { GENCHI_TOKEN: server.tokens.read };
    expect((await run(argv, { env })).code).toBe(3);
    expect(await run([...argv, '--ca-file', at('ca.pem')], { env })).toMatchObject({ code: 0, err: '' });
    expect((await run(argv, { env: { ...env, GENCHI_CA_FILE: at('ca.pem') } })).code).toBe(0);
    expect(await run([...argv, '--ca-file', at('tls.key')], { env })).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected certificates as PEM'),
    });
  });

  it('shows a new certificate when its files change, and drops no connection', async () => {
    const expiry = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${server.tokens.read}` };
      const text = await (await trusting(`${server.app.url}/metrics`, { headers })).text();
      return Number(/^genchi_tls_certificate_expiry_timestamp_seconds (\S+)/m.exec(text)?.[1]);
    };
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(at('ca.pem')) });
    const asked = (): Promise<{ port: number; status: number }> =>
      new Promise((resolve, reject) => {
        const asking = request(`${server.app.url}/-/healthy`, { agent });
        asking.on('error', reject).on('response', (answer) => {
          const { statusCode: status = 0 } = answer;
          const { localPort: port = 0 } = answer.socket;
          answer.resume().once('end', () => resolve({ port, status }));
        });
        asking.end();
      });
    const before = await asked();
    const soon = await expiry();
    expect(server.lines.join('')).toContain('the certificate ends soon');
    writeFileSync(at('tls.crt'), 'no certificate');
    await server.app.reload();
    expect(await subjectOf()).toBe('first');
    put('second');
    await vi.waitFor(async () => expect(await subjectOf()).toBe('second'), {
      timeout: 10_000,
      interval: 200,
    });
    expect((await expiry()) - soon).toBeGreaterThan(80 * 86_400);
    expect(await asked()).toEqual(before);
    agent.destroy();
    put('first');
    await server.app.reload();
    expect(await subjectOf()).toBe('first');
  });

  it('is not started with a key of another certificate', async () => {
    await expect(guardedServer({ tlsCert: at('first.crt'), tlsKey: at('second.key') })).rejects.toThrow(
      'are no pair',
    );
  });

  it('lets in only clients that show a certificate of the authority it is told of, where it is', async () => {
    const guarded = await guardedServer({
      ...{ tlsCert: at('first.crt'), tlsKey: at('first.key'), tlsClientCa: at('ca.pem') },
    });
    const ask = (more: object): Promise<number> =>
      new Promise((resolve, reject) => {
        const asking = request(`${guarded.app.url}/-/healthy`, {
          ca: readFileSync(at('ca.pem')),
          agent: false,
          ...more,
        });
        asking.on('response', (answer) => resolve(answer.resume().statusCode ?? 0)).on('error', reject);
        asking.end();
      });
    await expect(ask({})).rejects.toThrow();
    expect(await ask({ cert: readFileSync(at('client.crt')), key: readFileSync(at('client.key')) })).toBe(
      200,
    );
    await guarded.close();
  });
});

describe('a federated endpoint by TLS', () => {
  const ask = async (caFile: string) => {
    const endpoint = `${server.app.url}/sparql`;
    writeFileSync(at('reader.token'), `${server.tokens.read}\n`);
    const headers = { authorization: `Bearer \${file:${at('reader.token')}}` };
    const other = await guardedServer({
      ...{ auth: 'off', caFile },
      federation: { endpoints: [{ name: 'other', url: endpoint, headers, timeoutMs: 10_000 }] },
    });
    try {
      const query = `SELECT (COUNT(*) AS ?n) { SERVICE <${endpoint}> { ?a a tps:AuditRecord } }`;
      const path = (more: string) => `/sparql?query=${encodeURIComponent(query)}${more}`;
      const answer = await (await other.ask(path('&format=csv'))).text();
      const explained = await (await other.ask(path('&explain=true'))).text();
      return { answer, explained, lines: other.lines.join('') };
    } finally {
      await other.close();
    }
  };

  it('is trusted by caFile, and asked with a secret from a file that is told nowhere', async () => {
    const { answer, explained, lines } = await ask(at('ca.pem'));
    expect(answer).toMatch(/^n\r\n[1-9]\d*\r\n$/);
    for (const told of [answer, explained, lines])
      expect(told).not.toContain(server.tokens.read.slice(14, 50));
  });
});
