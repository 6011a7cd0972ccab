import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Graph, openGraph } from '../../src/graph/index.js';
import { openAccess } from '../../src/serve/auth/index.js';
import { createHttp } from '../../src/serve/http.js';
import { registerOpenApi } from '../../src/serve/openapi.js';
import { registerPacks } from '../../src/serve/packs.js';
import { freshStore, iris, START } from '../graph/fixture.js';

/** What OpenAPI 3.1 wants of a document, as far as this one goes; nothing else may be there. */
const schema = z.union([
  z.strictObject({
    type: z.enum(['string', 'number', 'integer']),
    format: z.enum(['date-time', 'uri']).optional(),
    minLength: z.int().optional(),
    minimum: z.int().optional(),
    default: z.union([z.string(), z.number()]).optional(),
  }),
  z.strictObject({ $ref: z.string() }),
]);
const response = z.strictObject({
  description: z.string().min(1),
  content: z.record(
    z.string().regex(/^[a-z]+\/[a-z0-9.+-]+$/),
    z.strictObject({ schema: schema.optional() }),
  ),
});
const operation = z.strictObject({
  operationId: z.string().regex(/^[A-Za-z0-9-]+$/),
  summary: z.string().min(1),
  description: z.string().min(1).optional(),
  tags: z.array(z.string()).optional(),
  parameters: z
    .array(
      z.strictObject({
        name: z.string(),
        in: z.enum(['query', 'path']),
        required: z.boolean(),
        description: z.string().optional(),
        schema,
        example: z.union([z.string(), z.number()]).optional(),
      }),
    )
    .optional(),
  responses: z.record(z.string().regex(/^[1-5]\d\d$|^default$/), response),
});
/** What a path takes whatever is asked of it. */
const ofTheDoor = z.strictObject({
  name: z.enum(['timeout', 'format', 'explain']),
  in: z.literal('query'),
  description: z.string().min(1),
  schema: z.looseObject({ type: z.enum(['string', 'number', 'boolean']) }),
});
const document = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({
    title: z.string(),
    version: z.string(),
    license: z.strictObject({ name: z.string(), identifier: z.string() }),
  }),
  servers: z.array(z.strictObject({ url: z.string() })),
  tags: z.array(z.strictObject({ name: z.string() })),
  paths: z.record(
    z.string().regex(/^\/[^?#]*$/),
    z.strictObject({ parameters: z.array(ofTheDoor).optional(), get: operation }),
  ),
  components: z.strictObject({ schemas: z.record(z.string(), z.looseObject({ type: z.string() })) }),
});

const logDoors = ['checkpoint', 'checkpoint/cosigned', 'consistency', 'keys', 'proof', 'tile/{tile}'].map(
  (name) => `/log/${name}`,
);

describe('/openapi.json', () => {
  let server: FastifyInstance;
  let graph: Graph;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const fresh = await freshStore();
    remove = fresh.remove;
    const { store } = fresh;
    graph = await openGraph({
      store,
      iris,
      clock: () => START,
      workers: 1,
      deadlineMs: 5_000,
      maxReceipts: 100,
    });
    const logger = pino({ level: 'silent' });
    server = await createHttp({
      logger,
      bodyBytes: 1_048_576,
      access: openAccess,
      observeRequest: () => undefined,
    });
    registerPacks(server, graph, 30_000);
    registerOpenApi(server, graph, '1.2.3');
    await server.ready();
  });
  afterAll(async () => {
    await server?.close();
    await graph?.close();
    await remove?.();
  });

  const read = async () => document.parse((await server.inject('/openapi.json')).json());

  it('is a document of OpenAPI 3.1, with names of operations that differ and references that lead somewhere', async () => {
    const served = await server.inject('/openapi.json');
    expect(served.headers['content-type']).toContain('application/json');
    const { paths, info, tags, components } = await read();
    expect(info.version).toBe('1.2.3');
    const operations = Object.values(paths).map(({ get }) => get);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    const known = new Set(tags.map(({ name }) => name));
    for (const name of operations.flatMap((one) => one.tags ?? [])) expect(known).toContain(name);
    for (const [, name = ''] of served.body.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      expect(Object.keys(components.schemas)).toContain(name);
    }
  });

  it('lists every pack with its parameters, and which of them must be given', async () => {
    const { paths } = await read();
    const packs = graph.packs();
    expect(Object.keys(paths).sort()).toEqual(
      ['/queries', ...logDoors, ...packs.map(({ name }) => `/queries/${name}`)].sort(),
    );
    for (const { name, summary, parameters } of packs) {
      expect(paths[`/queries/${name}`]?.parameters?.map((one) => one.name)).toEqual([
        ...['timeout', 'format', 'explain'],
      ]);
      const listed = paths[`/queries/${name}`]?.get;
      expect(listed?.summary).toBe(summary);
      expect(listed?.parameters?.map((one) => [one.name, one.required])).toEqual(
        parameters.map((one) => [one.name, one.default === undefined]),
      );
    }
  });

  it('describes requests that are answered: each with its examples, and not without what must be given', async () => {
    const { paths } = await read();
    // What is asked of the log stands beside its doors.
    for (const [path, { get }] of Object.entries(paths).filter(([path]) => path.startsWith('/queries'))) {
      const given = (get.parameters ?? []).map(({ name, example }) => [name, String(example)]);
      const answer = await server.inject(`${path}?${new URLSearchParams(given)}`);
      expect(answer.statusCode, `${path}: ${answer.body}`).toBe(200);
      const type = String(answer.headers['content-type']).replace(/;.*/, '');
      expect(Object.keys(get.responses['200']?.content ?? {})).toContain(type);
      const needs = get.parameters?.some(({ required }) => required) === true;
      expect((await server.inject(path)).statusCode, path).toBe(needs ? 400 : 200);
    }
  });
});
