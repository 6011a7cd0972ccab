import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openDuckDbStore } from '../../../src/evidence/index.js';
import { instantOf } from '../../../src/model/index.js';
import { failure, freshFolder } from '../../evidence/fixture.js';
import { serveProcess } from '../../server-process.js';
import { run } from '../outside.js';

const findings = z.array(
  z.object({ check: z.string(), state: z.string(), found: z.string(), mend: z.string().optional() }),
);

let folder: string;
let remove: () => Promise<void>;
/** Other systems, by path; what they were sent. */
const asked: { path: string; authorization: string | undefined }[] = [];
const answers: Record<string, readonly [status: number, body: string]> = {
  '/sparql': [200, '{"head":{},"boolean":true}'],
  '/locked': [401, ''],
  '/hook': [405, ''],
  '/prom/api/v1/status/config': [200, 'remote_write: [{ url: http://genchi:4600/api/v1/write }]'],
  '/am/api/v2/status': [200, '{"config":{"original":"route: {}"}}'],
};
const others = createServer((request, response) => {
  const path = request.url ?? '';
  asked.push({ path, authorization: request.headers.authorization });
  const [status, body] = answers[path] ?? [404, ''];
  response.writeHead(status).end(body);
});
const url = (path: string): string => `http://127.0.0.1:${(others.address() as AddressInfo).port}${path}`;

beforeAll(async () => {
  ({ folder, remove } = await freshFolder());
  await new Promise<void>((resolve) => others.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  others.close();
  await remove();
});

/** A stopped data folder with a signed log. */
async function madeFolder(name: string): Promise<string> {
  const data = join(folder, name);
  const clock = () => instantOf(Date.now());
  const options = { folder: data, clock, memoryMiB: 256, threads: 1, publicUrl: 'http://127.0.0.1:4600' };
  const { store } = await openDuckDbStore(options);
  await store.append({ events: [failure('shop', 0)] });
  await store.log.checkpoint();
  await store.close();
  return data;
}

/** What the doctor finds, by check. */
async function doctor(...argv: string[]) {
  const { code, out, err } = await run(['doctor', '--json', ...argv]);
  const all = findings.parse(JSON.parse(out));
  return { code, err, of: (check: string) => all.find((one) => one.check === check) };
}

describe('genchi doctor', () => {
  it('finds nothing amiss in a good folder without a server, and says so in a table', async () => {
    const data = await madeFolder('good');
    // Nobody listens on port 1.
    const { code, out } = await run(['doctor', '--data', data], { env: { GENCHI_PORT: '1' } });
    expect(out).not.toMatch(/^(?:BAD|warning)/m);
    expect(out).toMatch(/^ok +store +opens; 1 commits, receipts below http:\/\/127\.0\.0\.1:4600$/m);
    expect(out).toMatch(/^ok +log +the last checkpoint, of 1 commits, is what is on disk$/m);
    expect(out).toMatch(/^ok +schema +version 5$/m);
    expect(out).not.toContain('To mend');
    expect(code).toBe(0);
  });

  it('says how to mend a key that others may read, and a log that is not what was signed', async () => {
    const data = await madeFolder('forged');
    writeFileSync(join(data, 'log', 'level-0'), Buffer.alloc(32, 7));
    chmodSync(join(data, 'log', 'key'), 0o640);
    const key = await doctor('--data', data);
    expect(key.of('key of the log')).toMatchObject({
      state: 'bad',
      mend: `chmod 600 ${join(data, 'log', 'key')}`,
    });
    expect(key.code).toBe(1);
    chmodSync(join(data, 'log', 'key'), 0o600);
    const { code, err, of } = await doctor('--data', data);
    expect(of('log')).toMatchObject({
      ...{ state: 'bad', found: 'the 1 batches on disk are not those that were signed' },
      mend: expect.stringContaining('genchi verify --data'),
    });
    expect(code).toBe(1);
    expect(err).toMatch(/1 of \d+ checks found what has to be mended/);
  });

  it('leaves the store of a running server alone, and asks the server', async () => {
    const data = join(folder, 'served');
    const server = await serveProcess(data);
    try {
      const { code, of } = await doctor('--data', data, '--url', server.url);
      expect(of('store')?.found).toBe(`in use by process ${server.child.pid}, as it is while a server runs`);
      expect(of('server')).toMatchObject({ state: 'good', found: `ready at ${server.url}` });
      expect(code).toBe(0);
      expect((await fetch(`${server.url}/-/ready`)).status).toBe(200);
      const elsewhere = await run(['doctor', '--json', '--data', join(folder, 'none')], {
        env: { GENCHI_PORT: new URL(server.url).port },
      });
      expect(elsewhere.out).toContain('answers, and no server has this data folder open');
    } finally {
      server.child.kill('SIGTERM');
      await server.exited;
    }
  });

  it('reaches for whom Genchi talks to, with their credentials, and shows none of them', async () => {
    const secret = 's3cret-of-the-endpoint';
    const config = join(folder, 'genchi.yaml');
    const headers = { authorization: `Bearer \${EMEA}` };
    const settings = {
      webhooks: [{ name: 'pager', url: url('/hook') }],
      federation: {
        endpoints: [
          { name: 'open', url: url('/sparql'), headers },
          { name: 'locked', url: url('/locked') },
        ],
      },
    };
    writeFileSync(config, JSON.stringify(settings));
    const argv = ['--config', config, '--data', join(folder, 'fresh')];
    const { code, out } = await run(
      ['doctor', '--json', ...argv, '--prometheus', url('/prom/'), '--alertmanager', url('/am')],
      { env: { EMEA: secret } },
    );
    const states = new Map(findings.parse(JSON.parse(out)).map(({ check, state }) => [check, state]));
    expect(Object.fromEntries(states)).toMatchObject({
      ...{ 'webhook pager': 'good', 'endpoint open': 'good', 'endpoint locked': 'bad' },
      ...{ Prometheus: 'good', Alertmanager: 'warning' },
    });
    expect(code).toBe(1);
    expect(asked).toContainEqual({ path: '/sparql', authorization: `Bearer ${secret}` });
    expect(out).not.toContain(secret);
  });

  it('looks at nothing else where the settings are not good, and ends with 2', async () => {
    const { code, out, err } = await run(['doctor', '--data', folder], { env: { GENCHI_PORT: 'x' } });
    expect(code).toBe(2);
    expect(out).toMatch(/^BAD +settings +port from GENCHI_PORT: expected a whole number/m);
    expect(err).toContain('the settings have to be mended');
  });

  it('tells a folder of a newer Genchi, and one that nobody may write to, from a good one', async () => {
    const data = await madeFolder('newer');
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(join(data, 'evidence.duckdb'));
    const connection = await instance.connect();
    await connection.run("UPDATE meta SET value = '99' WHERE key = 'schema'; CHECKPOINT");
    connection.closeSync();
    instance.closeSync();
    expect((await doctor('--data', data)).of('schema')).toMatchObject({
      state: 'bad',
      found: 'version 99, and this Genchi knows up to 5',
    });
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    expect((await doctor('--data', open)).of('data folder')).toMatchObject({
      state: 'warning',
      mend: `chmod 750 ${open}`,
    });
  });
});
