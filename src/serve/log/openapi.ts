/** What `/openapi.json` says of the log. */

const text = { type: 'string' };
const size = { type: 'integer', minimum: 0 };
const hashes = {
  type: 'array',
  items: { type: 'string', format: 'byte', description: 'A SHA-256 in base64.' },
};
const place = {
  type: 'object',
  description: 'A leaf of a tree of so many leaves, and the hashes from it to the root (RFC 6962, 2.1.1).',
  required: ['index', 'size', 'path'],
  properties: { index: size, size, path: hashes },
};

/** Schemas that the paths of the log refer to. */
export const logSchemas = {
  LogProof: {
    type: 'object',
    description:
      'That a receipt is in the log: the leaf of `receipt` leads along `part.place` to the hash of its part, whose line `KIND DAY COUNT HASH` stands in `entry` (or leads along `line` to the line `parts`); `entry` leads along `leaf` to the root in `checkpoint`.',
    required: ['format', 'iri', 'receipt', 'part', 'entry', 'leaf', 'checkpoint', 'rotations'],
    properties: {
      format: { const: 'genchi-proof/1' },
      iri: { type: 'string', format: 'uri' },
      receipt: {
        oneOf: [
          {
            type: 'object',
            description: 'An event: its leaf is the UTF-8 of `canonical`, JSON as RFC 8785 writes it.',
            properties: { type: { const: 'event' }, canonical: text },
          },
          {
            type: 'object',
            description:
              'A sample: its leaf is `piece`, up to 256 samples in base64: runs of a series key (16 bytes), a count (32 bits) and so many times in milliseconds (64 bits) and values (IEEE 754), big-endian. The key is the identity of `labels`.',
            properties: {
              type: { const: 'sample' },
              labels: { type: 'object', additionalProperties: text },
              piece: { type: 'string', format: 'byte' },
            },
          },
        ],
      },
      part: { type: 'object', properties: { kind: text, day: text, count: size, place } },
      line: place,
      entry: {
        ...text,
        description: 'The text of the batch: genchi-batch/1, its number, its time, its parts.',
      },
      leaf: place,
      checkpoint: { ...text, description: 'A signed note as C2SP has it in tlog-checkpoint.' },
      rotations: { type: 'array', items: text, description: 'Notes by which older keys named the next one.' },
      consistency: {
        type: 'object',
        description: 'That the tree of the checkpoint begins with one of `from` batches (RFC 6962, 2.1.2).',
        properties: { from: size, path: hashes },
      },
    },
  },
  LogKeys: {
    type: 'object',
    required: ['origin', 'key', 'rotations'],
    properties: { origin: text, key: text, rotations: { type: 'array', items: text } },
  },
  LogConsistency: {
    type: 'object',
    required: ['from', 'to', 'path'],
    properties: { from: size, to: size, path: hashes },
  },
};

const problem = {
  description: 'What was wrong, as a problem document (RFC 9457).',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const answer = (description: string, type: string, schema: object) => ({
  '200': { description, content: { [type]: { schema } } },
  default: problem,
});

const sizeParameter = (name: string, required: boolean, description: string) => ({
  ...{ name, in: 'query', required, description },
  schema: size,
});

/** The paths of the log. */
export const logPaths = {
  '/log/checkpoint': {
    get: {
      operationId: 'log-checkpoint',
      summary: 'The signed checkpoint of the log',
      tags: ['log'],
      responses: answer('The checkpoint, signed after all commits up to a second ago.', 'text/plain', text),
    },
  },
  '/log/checkpoint/cosigned': {
    get: {
      operationId: 'log-cosigned-checkpoint',
      summary: 'The newest checkpoint with the signature of a witness; 404 while there is none',
      tags: ['log'],
      responses: answer('The checkpoint with its cosignatures.', 'text/plain', text),
    },
  },
  '/log/proof': {
    get: {
      operationId: 'log-proof',
      summary: 'The proof that a receipt is in the log',
      tags: ['log'],
      parameters: [
        {
          ...{ name: 'iri', in: 'query', required: true, description: 'The IRI of an event or a sample.' },
          schema: { type: 'string', format: 'uri' },
        },
        sizeParameter(
          'size',
          false,
          'A smaller tree to prove it in, where it lies in that; else the proof shows that the log still begins with it.',
        ),
      ],
      responses: answer('The proof.', 'application/json', { $ref: '#/components/schemas/LogProof' }),
    },
  },
  '/log/consistency': {
    get: {
      operationId: 'log-consistency',
      summary: 'That a larger tree of the log begins with a smaller one',
      tags: ['log'],
      parameters: [
        sizeParameter('from', true, 'Batches of the smaller tree.'),
        sizeParameter('to', false, 'Batches of the larger tree; all that there are unless given.'),
      ],
      responses: answer('The hashes.', 'application/json', { $ref: '#/components/schemas/LogConsistency' }),
    },
  },
  '/log/tile/{tile}': {
    get: {
      operationId: 'log-tile',
      summary: 'Hashes of the tree, or entries, as C2SP has them in tlog-tiles',
      tags: ['log'],
      parameters: [
        {
          ...{ name: 'tile', in: 'path', required: true },
          description: 'LEVEL/NNN, entries/NNN, or either with .p/WIDTH; slashes as they are.',
          schema: text,
          example: '0/000.p/17',
        },
      ],
      responses: answer('Up to 256 hashes or entries.', 'application/octet-stream', text),
    },
  },
  '/log/keys': {
    get: {
      operationId: 'log-keys',
      summary: 'The verifier key of the log, and the rotations that led to it',
      tags: ['log'],
      responses: answer('The keys.', 'application/json', { $ref: '#/components/schemas/LogKeys' }),
    },
  },
};
