import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Graph, openGraph } from '../../src/graph/index.js';
import { openAccess } from '../../src/serve/auth/index.js';
import { createHttp } from '../../src/serve/http.js';
import { registerPacks } from '../../src/serve/packs.js';
import { eventOf, freshStore, iris, START } from '../graph/fixture.js';

const MINE = `#+ summary: Components of a service that failed
#+ parameters:
#+   - { name: where, type: service, example: cart }
SELECT ?c { ?f a tps:JidokaFailure ; tps:service $where ; tps:component ?c }
`;

describe('/queries', () => {
  let server: FastifyInstance;
  let graph: Graph;
  let remove: () => Promise<void>;
  let folder: string;
  const faults: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'genchi-packs-'));
    await writeFile(join(folder, 'mine.rq'), MINE);
    await writeFile(join(folder, 'broken.rq'), `${MINE}}`);
    const fresh = await freshStore();
    remove = fresh.remove;
    const { store } = fresh;
    const failure = (service: string, component: string) =>
      eventOf('failure', START, { service, component, reason: 'r' });
    await store.append({ events: [failure('cart', 'db'), failure('a . } b', 'odd')] });
    const limits = { workers: 1, deadlineMs: 5_000, maxReceipts: 100 };
    const onPackFault = ({ message }: Error) => void faults.push(message);
    const clock = () => START;
    graph = await openGraph({ store, iris, clock, ...limits, packFolder: folder, onPackFault });
    const logger = pino({ level: 'silent' });
    server = await createHttp({
      logger,
      bodyBytes: 1_048_576,
      access: openAccess,
      observeRequest: () => undefined,
    });
    registerPacks(server, graph, 30_000);
    await server.ready();
  });
  afterAll(async () => {
    await server?.close();
    await graph?.close();
    await remove?.();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (name: string, values: Record<string, string>, accept = 'text/csv') =>
    server.inject({ url: `/queries/${name}?${new URLSearchParams(values)}`, headers: { accept } });

  it('takes the parameters of a query beside those of the pack', async () => {
    const where = { where: 'cart' };
    expect((await ask('mine', { ...where, explain: 'true' })).json().parts[0].rows).toBe(1);
    expect((await ask('mine', { ...where, format: 'tsv' })).body).toBe('?c\n"db"\n');
    expect((await ask('mine', { ...where, timeout: 'soon' })).json().detail).toContain('timeout');
    expect((await ask('mine', { ...where, what: 'x' })).statusCode).toBe(400);
    expect((await server.inject('/queries/mine?where=a&where=b')).json().detail).toContain(
      'where is given more',
    );
  });

  it('leads browsers to the page of the query', async () => {
    const response = await ask('mine', { where: 'cart' }, 'text/html');
    expect(response.statusCode).toBe(303);
    const { pathname, searchParams } = new URL(String(response.headers.location), 'http://a');
    expect(pathname).toBe('/sparql');
    expect(searchParams.get('query')).toContain('tps:service service:cart ;');
  });

  it('lists the packs of Genchi and of the folder, and leaves out the one that is broken', async () => {
    const names = (await server.inject('/queries')).json().queries.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['mine', 'guide/correlation', 'topology/blast-radius']));
    expect(names).not.toContain('broken');
    expect(faults).toEqual([expect.stringContaining(`${join(folder, 'broken.rq')}:5: `)]);
  });

  it('answers a pack of the folder in the format that is asked for, its values bound as terms', async () => {
    expect((await ask('mine', { where: 'cart' })).body).toBe('c\r\ndb\r\n');
    expect((await ask('mine', { where: 'a . } b' })).body).toBe('c\r\nodd\r\n');
    expect((await ask('mine', { where: 'cart ; ?p ?o' })).body).toBe('c\r\n');
    const json = await ask('mine', { where: 'cart' }, 'application/json');
    expect(json.json().results.bindings).toEqual([{ c: { type: 'literal', value: 'db' } }]);
  });

  it.each([
    ['a pack that there is none of', 404, '/queries/none'],
    ['a broken pack', 404, '/queries/broken?where=cart'],
    ['a parameter that is missing', 400, '/queries/mine'],
    ['a parameter that it has not', 400, '/queries/mine?where=cart&what=x'],
    ['a parameter given twice', 400, '/queries/mine?where=cart&where=db'],
    ['a time that is none', 400, '/queries/guide/failures-before-spike?since=yesterday'],
  ])('answers %s with %i', async (_, status, url) => {
    const response = await server.inject(url);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });
});
