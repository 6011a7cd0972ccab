import type { FastifyInstance } from 'fastify';
import { type Graph, mediaTypesOf, type Pack, type PackParameter } from '../graph/index.js';
import { logPaths, logSchemas } from './log/openapi.js';

/** The JSON schema of a parameter's values, which come as texts of the query string. */
function schemaOf({ type, default: usual }: PackParameter) {
  const given =
    usual === undefined ? {} : { default: type === 'integer' || type === 'number' ? Number(usual) : usual };
  switch (type) {
    case 'text':
      return { type: 'string', ...given };
    case 'service':
    case 'incident':
      return { type: 'string', minLength: 1, ...given };
    case 'number':
    case 'integer':
      return { type, ...given };
    case 'instant':
      return { type: 'string', format: 'date-time', ...given };
  }
}

function parameterOf(parameter: PackParameter) {
  const { name, type, description, example } = parameter;
  const isNumber = type === 'integer' || type === 'number';
  return {
    name,
    in: 'query',
    required: parameter.default === undefined,
    ...(description === undefined ? {} : { description }),
    schema: schemaOf(parameter),
    example: isNumber ? Number(example) : example,
  };
}

const problem = {
  description: 'What was wrong, as a problem document (RFC 9457).',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** The media types of answers; whether a pack asks for a table or for a graph is known when it is asked. */
function contentOf() {
  const types = [...mediaTypesOf('bindings'), ...mediaTypesOf('graph')];
  return Object.fromEntries(types.map((type) => [type, {}]));
}

function operationOf({ name, summary, description, tags, parameters }: Pack) {
  return {
    operationId: name.replace(/[^A-Za-z0-9]+/g, '-'),
    summary,
    ...(description === '' ? {} : { description }),
    tags,
    parameters: parameters.map(parameterOf),
    responses: {
      '200': { description: 'The answer, in the format that was negotiated.', content: contentOf() },
      default: problem,
    },
  };
}

/** What every pack takes beside its own parameters, which go before these where they have the same name. */
const ofTheDoor = [
  {
    name: 'timeout',
    in: 'query',
    description: 'The deadline in milliseconds, at most that of the server.',
    schema: { type: 'number', exclusiveMinimum: 0 },
  },
  {
    name: 'format',
    in: 'query',
    description: 'The format of the answer, in place of the Accept header.',
    schema: { type: 'string', enum: ['json', 'xml', 'csv', 'tsv', 'turtle', 'ntriples', 'jsonld'] },
  },
  {
    name: 'explain',
    in: 'query',
    description: 'true answers how the query was answered, as JSON, instead of what.',
    schema: { type: 'boolean', default: false },
  },
];

/** The path of a pack: its folders and name, each encoded as a segment. */
function pathOfPack(name: string): string {
  return `/queries/${name.split('/').map(encodeURIComponent).join('/')}`;
}

/** Describes the query packs and the log as an OpenAPI 3.1 document. */
export function openApiOf(packs: readonly Pack[], version: string) {
  const tags = [...new Set([...packs.flatMap((pack) => pack.tags), 'log'])].sort();
  const listed = {
    operationId: 'queries',
    summary: 'All query packs with their parameters and texts',
    responses: {
      '200': { description: 'The packs.', content: { 'application/json': {} } },
      default: problem,
    },
  };
  return {
    openapi: '3.1.0',
    info: { title: 'Genchi query packs', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name })),
    paths: {
      '/queries': { get: listed },
      ...logPaths,
      ...Object.fromEntries(
        packs.map((pack) => [pathOfPack(pack.name), { parameters: ofTheDoor, get: operationOf(pack) }]),
      ),
    },
    components: {
      schemas: {
        ...logSchemas,
        Problem: {
          type: 'object',
          required: ['title', 'status'],
          properties: {
            type: { type: 'string' },
            title: { type: 'string' },
            status: { type: 'integer' },
            code: { type: 'string' },
            detail: { type: 'string' },
          },
        },
      },
    },
  };
}

/** `GET /openapi.json`: every query pack with its parameters, and the log. */
export function registerOpenApi(server: FastifyInstance, graph: Graph, version: string): void {
  const document = JSON.stringify(openApiOf(graph.packs(), version));
  server.get('/openapi.json', { config: { scope: 'read' } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(document),
  );
}
