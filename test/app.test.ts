import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from '../src/app.js';
import type { RunningApp } from '../src/cli/index.js';
import { type Config, ConfigError } from '../src/config/index.js';
import { EvidenceError } from '../src/evidence/index.js';
import { genchi, type Run, serveProcess } from './server-process.js';

const logger = pino({ level: 'silent' });
let folder: string;
const apps: RunningApp[] = [];
const runs: Run[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'genchi-app-'));
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close().catch(() => undefined);
  for (const run of runs.splice(0)) run.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(data = join(folder, 'data'), settings: Partial<Config> = {}): Promise<RunningApp> {
  const app = await startApp({ port: 0, data, ...settings }, { logger });
  apps.push(app);
  return app;
}

const event = { kind: 'failure', service: 'checkout', component: 'db', reason: 'timeout', id: 'one' };

function post(url: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${url}/api/v1/events`, { method: 'POST', headers, body: JSON.stringify(body) });
}

describe('startApp', () => {
  it('is healthy at once, and takes evidence once it is ready', async () => {
    const app = await start();
    expect((await fetch(`${app.url}/-/healthy`)).status).toBe(200);
    await app.ready;
    expect((await fetch(`${app.url}/-/ready`)).status).toBe(200);
    expect((await post(app.url, event)).status).toBe(200);
  });

  it('says that it is not ready where the log is not what was signed, and takes evidence all the same', async () => {
    const data = join(folder, 'data');
    const first = await start(data);
    await first.ready;
    await post(first.url, event);
    expect((await fetch(`${first.url}/log/checkpoint`)).status).toBe(200);
    await first.close();
    const checkpoint = join(data, 'log', 'checkpoint');
    const signed = readFileSync(checkpoint, 'utf8');
    writeFileSync(checkpoint, signed.replace(/\n\d+\n/, '\n77\n'));
    const app = await start(data);
    await app.ready;
    const answer = await fetch(`${app.url}/-/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      ...{ code: 'log-inconsistent', status: 503 },
      detail: expect.stringContaining('not one that the key there signed'),
    });
    expect((await fetch(`${app.url}/-/healthy`)).status).toBe(200);
    expect((await post(app.url, { ...event, id: 'two' })).status).toBe(200);
  });

  it('tells those who listen that it is over when it stops, and does not wait for them', async () => {
    const app = await start();
    await app.ready;
    const query = encodeURIComponent('subscription { incidentChanged { type } }');
    const stream = await fetch(`${app.url}/graphql?query=${query}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(stream.status).toBe(200);
    const [told] = await Promise.all([stream.text(), app.close()]);
    expect(told).toContain('event: complete');
  });

  it('refuses to take known operations alone where none are given', async () => {
    const app = await start(undefined, { graphqlPersistedOnly: true });
    await expect(app.ready).rejects.toMatchObject({ code: 'bad-setting' });
    const broken = await start(join(folder, 'other'), { graphqlPersistedOperations: join(folder, 'none') });
    await expect(broken.ready).rejects.toThrow('graphqlPersistedOperations');
  });

  it('finds after a restart what it acknowledged before, under the name it had then', async () => {
    const first = await start();
    await first.ready;
    const { receipts } = (await (await post(first.url, event)).json()) as { receipts: string[] };
    await first.close();
    const second = await start();
    await second.ready;
    expect(second.url).not.toBe(first.url);
    expect(await (await post(second.url, event)).json()).toMatchObject({
      recorded: 0,
      repeated: 1,
      receipts,
    });
  });

  it('names receipts by the public URL of the folder for good, and refuses another one', async () => {
    const data = join(folder, 'data');
    const publicUrl = 'https://genchi.example.com';
    const first = await start(data, { publicUrl });
    await first.ready;
    const { receipts } = (await (await post(first.url, event)).json()) as { receipts: string[] };
    expect(receipts[0]).toMatch(/^https:\/\/genchi\.example\.com\/id\/failure\//);
    await first.close();
    const moved = await start(data, { publicUrl: 'https://other.example.com' });
    await expect(moved.ready).rejects.toSatisfy(
      (error) =>
        error instanceof ConfigError &&
        error.message.includes(`${data} are named by ${publicUrl} since`) &&
        error.message.includes('https://other.example.com would') &&
        error.message.includes(`say --public-url ${publicUrl}`) &&
        !error.message.includes('\n'),
    );
    await moved.close();
    for (const settings of [{ publicUrl }, {}]) {
      const again = await start(data, settings);
      await again.ready;
      expect(await (await post(again.url, event)).json()).toMatchObject({ repeated: 1, receipts });
      await again.close();
    }
  });

  it('names receipts by an address that leads somewhere when it listens on every one', async () => {
    const app = await start(undefined, { host: '0.0.0.0', insecure: true });
    await app.ready;
    const { port } = new URL(app.url);
    const { receipts } = (await (await post(`http://127.0.0.1:${port}`, event)).json()) as {
      receipts: string[];
    };
    expect(receipts[0]).toMatch(new RegExp(`^http://localhost:${port}/id/failure/`));
  });

  it('lets pages of allowed origins ask', async () => {
    const app = await start(undefined, { corsOrigins: ['https://a.example'] });
    await app.ready;
    const asked = await fetch(`${app.url}/sparql?query=ASK{}`, { headers: { origin: 'https://a.example' } });
    expect(asked.headers.get('access-control-allow-origin')).toBe('https://a.example');
  });

  it('answers a request that is under way when it closes, and takes no other', async () => {
    const app = await start();
    await app.ready;
    const body = JSON.stringify(event);
    const answered = new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const slow = request(`${app.url}/api/v1/events`, { method: 'POST', headers }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      });
      slow.on('error', reject);
      slow.write(body.slice(0, 10), () => {
        // The server has the head of the request once it answers another one that was sent later.
        fetch(`${app.url}/-/healthy`).then(async () => {
          const closed = app.close();
          await expect(fetch(`${app.url}/-/healthy`)).rejects.toThrow();
          slow.end(body.slice(10));
          await closed;
        }, reject);
      });
    });
    expect(await answered).toBe(200);
  });

  it('serves what it lists at /, and counts what came in', async () => {
    const app = await start();
    await app.ready;
    await post(app.url, event);
    const { places } = (await (await fetch(app.url)).json()) as {
      places: { path: string; methods: string }[];
    };
    expect(places.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/graphql', '/sparql', '/queries', '/ontology', '/metrics', '/api/v1/write']),
    );
    for (const { path, methods } of places) {
      const method = methods.startsWith('GET') ? 'GET' : 'POST';
      expect((await fetch(app.url + path, { method })).status, path).not.toBe(404);
    }
    const figures = await (await fetch(`${app.url}/metrics`)).text();
    expect(figures).toContain('genchi_receipts_total{kind="failure",door="events"} 1\n');
    expect(figures).toContain('genchi_commit_duration_seconds_count 1\n');
    expect(figures).toMatch(/^genchi_knowledge_triples [1-9]/m);
  });

  it('may be closed twice, and before it is ready', async () => {
    const app = await start();
    await Promise.all([app.close(), app.close()]);
    await expect(fetch(`${app.url}/-/healthy`)).rejects.toThrow();
    const again = await start();
    await again.ready;
  });

  it('refuses a data folder that another server has open, and says so at /-/ready', async () => {
    const other = await serveProcess(join(folder, 'data'));
    runs.push(other);
    const app = await start();
    await expect(app.ready).rejects.toSatisfy(
      (error) => error instanceof EvidenceError && error.code === 'data-folder-in-use',
    );
    expect(await (await fetch(`${app.url}/-/ready`)).json()).toMatchObject({
      code: 'not-ready',
      detail: expect.stringContaining('in use'),
    });
    expect((await fetch(`${app.url}/-/healthy`)).status).toBe(200);
    expect((await post(app.url, event)).status).toBe(503);
  });

  it('refuses a port that is in use', async () => {
    const app = await start();
    const port = Number(new URL(app.url).port);
    await expect(startApp({ port, data: join(folder, 'other') }, { logger })).rejects.toMatchObject({
      code: 'address-unusable',
      message: expect.stringContaining(`port ${port}`),
    });
  });

  it('tells a client that does not speak HTTP so', async () => {
    const app = await start();
    const { port, hostname } = new URL(app.url);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.write('what is this?\r\n\r\n'));
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/problem\+json\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'bad-request', status: 400 });
  });
});

describe('genchi serve', () => {
  it('takes evidence, and on SIGTERM commits, closes and ends with 0', async () => {
    const data = join(folder, 'data');
    const server = await serveProcess(data);
    runs.push(server);
    expect((await post(server.url, event)).status).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(server.err()).toMatch(/"msg":"stopped"\}\n$/);
    const app = await start(data);
    await app.ready;
    expect(await (await post(app.url, event)).json()).toMatchObject({ recorded: 0, repeated: 1 });
  });

  it('ends with 1 and one line when the data folder or the port is in use', async () => {
    const server = await serveProcess(join(folder, 'data'));
    runs.push(server);
    const sameFolder = genchi([
      'serve',
      '--port',
      '0',
      '--data',
      join(folder, 'data'),
      '--log-level',
      'warn',
    ]);
    const samePort = genchi(['serve', '--port', new URL(server.url).port, '--data', join(folder, 'x')]);
    runs.push(sameFolder, samePort);
    expect(await sameFolder.exited).toBe(1);
    expect(sameFolder.err()).toMatch(/^genchi: [^\n]*in use by another process[^\n]*\n$/);
    expect(await samePort.exited).toBe(1);
    expect(samePort.err()).toMatch(
      /^genchi: port \d+ of 127\.0\.0\.1 is in use by another program; [^\n]+\n$/,
    );
  });

  it('ends at once with 1 on a second signal', async () => {
    const server = await serveProcess(join(folder, 'data'));
    runs.push(server);
    const { port, hostname } = new URL(server.url);
    // A request that never ends keeps the server draining.
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      'POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[',
    );
    await fetch(`${server.url}/-/healthy`);
    server.child.kill('SIGTERM');
    await server.says(/"msg":"stopping"/);
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(1);
    socket.destroy();
  });

  it('ends with 2 and one line when the data folder was made for another public URL', async () => {
    const data = join(folder, 'data');
    const first = await start(data);
    await first.ready;
    await first.close();
    const moved = genchi([
      'serve',
      '--port',
      '0',
      '--data',
      data,
      '--public-url',
      'https://x.example',
      '--log-level',
      'error',
    ]);
    runs.push(moved);
    expect(await moved.exited).toBe(2);
    expect(moved.err()).toMatch(/^genchi: publicUrl: [^\n]*https:\/\/x\.example[^\n]*--data\n$/);
  });

  it('takes a flag that may be repeated every time', async () => {
    const run = genchi([
      'config',
      'check',
      '--cors-origin',
      'https://a.example',
      '--cors-origin',
      'http://b',
    ]);
    expect(await run.exited).toBe(0);
    expect(run.out()).toContain('corsOrigins: ["https://a.example","http://b"] # --cors-origin\n');
  });

  it('ends with 2 and one line at a bad setting, whatever it comes from', async () => {
    const byFlag = genchi(['serve', '--port', 'x']);
    const byEnv = genchi(['serve'], { env: { GENCHI_MEMORY_MIB: 'much' } });
    expect([await byFlag.exited, await byEnv.exited]).toEqual([2, 2]);
    expect(byFlag.err()).toBe('genchi: port from --port: expected a whole number from 0 to 65535, got "x"\n');
    expect(byEnv.err()).toBe(
      'genchi: memoryMib from GENCHI_MEMORY_MIB: expected a whole number of MiB from 64 to 1048576, or a size such as 64 MiB or 1GB, got "much"\n',
    );
  });
});
