/**
 * The log over HTTP: C2SP's tlog-tiles below `/log`, whose origin is that of the public URL; and proofs that are made
 * for who asks, as JSON.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { EvidenceLog, Proof, Provable, VerifierKey } from '../../evidence/index.js';
import { verifierText } from '../../evidence/index.js';
import { type Iris, parsePath } from '../../model/index.js';
import { ServeError } from '../errors.js';
import { Parameters, urlParametersOf } from '../sparql-parameters.js';
import { parseTilePath } from './tile-path.js';

/** A tile never changes; a longer partial one has another path. */
const FOR_GOOD = 'max-age=31536000, immutable';
const CONFIG = { config: { scope: 'read' } } as const;
const MOST_IRI = 2_048;
const MOST_NOTE_BYTES = 65_536;

/** What the pages and doors of the log stand on. */
export interface LogDeps {
  readonly log: EvidenceLog;
  readonly iris: Iris;
  /** Who may cosign checkpoints. */
  readonly witnesses: readonly VerifierKey[];
}

/** A tree size or leaf number that a parameter gives; undefined when it is absent. */
function sizeIn(parameters: Parameters, name: string): number | undefined {
  const text = parameters.one(name);
  if (text === undefined) return undefined;
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  throw new ServeError('bad-request', `${name}: expected a number of batches, got ${text.slice(0, 40)}`);
}

/** The receipt that an IRI of this server, or a path `/id/…`, names. */
function provableOf(text: string | undefined, iris: Iris): Provable {
  if (text === undefined || text === '' || text.length > MOST_IRI) {
    throw new ServeError('bad-request', 'iri: expected the IRI of a receipt');
  }
  const named = text.startsWith('/id/') ? parsePath(text.slice('/id/'.length)) : iris.parse(text);
  if (named?.type === 'event' || named?.type === 'sample') return named;
  throw new ServeError(
    'bad-request',
    `iri: expected the IRI of an event or a sample of this server, ${iris.prefix}KIND/TIME/IDENTITY; only these are in the log`,
  );
}

async function proofFor(request: FastifyRequest, { log, iris }: LogDeps): Promise<Proof> {
  const parameters = new Parameters(urlParametersOf(request));
  const named = provableOf(parameters.one('iri'), iris);
  const iri = iris.of(named);
  const proof = await log.prove(named, iri, sizeIn(parameters, 'size'));
  if (proof !== undefined) return proof;
  throw new ServeError('not-found', `Nothing is recorded at ${iri}, or not any more.`);
}

async function consistencyFor(request: FastifyRequest, { log }: LogDeps) {
  const parameters = new Parameters(urlParametersOf(request));
  const from = sizeIn(parameters, 'from');
  if (from === undefined) throw new ServeError('bad-request', 'from: expected the size of the smaller tree');
  const to = sizeIn(parameters, 'to') ?? log.size;
  if (from > to || to > log.size) {
    throw new ServeError(
      'bad-request',
      `from, to: expected from <= to <= ${log.size}, got ${from} and ${to}`,
    );
  }
  const path = await log.consistency(from, to);
  return { from, to, path: path.map((hash) => Buffer.from(hash).toString('base64')) };
}

/** The entries of a bundle, each behind its length in 16 bits. */
function bundleOf(entries: readonly string[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      const bytes = Buffer.from(entry);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return [length, bytes];
    }),
  );
}

async function sendTile(
  request: FastifyRequest,
  reply: FastifyReply,
  { log }: LogDeps,
): Promise<FastifyReply> {
  const path = request.url.slice('/log/tile/'.length).replace(/\?.*$/s, '');
  const name = parseTilePath(path);
  if (name === undefined) {
    throw new ServeError('not-found', 'Tiles are named /log/tile/LEVEL/NNN, as C2SP has it in tlog-tiles.');
  }
  const { level, index, width } = name;
  const entries = level === 'entries' ? await log.entries(index, width) : undefined;
  const bytes = level === 'entries' ? entries && bundleOf(entries) : await log.tile(level, index, width);
  if (bytes === undefined) throw new ServeError('not-found', `The log has no tile ${path} yet.`);
  return reply.header('cache-control', FOR_GOOD).type('application/octet-stream').send(Buffer.from(bytes));
}

/**
 * Serves `GET /log/checkpoint`, `/log/tile/…`, `/log/proof?iri=[&size=]`, `/log/consistency?from=[&to=]` and `/log/keys`,
 * each to who may read; `POST /log/checkpoint` takes one with the signature of a witness, from who may operate, and `GET /log/checkpoint/cosigned`
 * answers the newest such. Where the log is not what was signed, the first and the proofs answer 500 `log-inconsistent`.
 */
export function registerLog(server: FastifyInstance, deps: LogDeps): void {
  const { log } = deps;
  server.get('/log/checkpoint', CONFIG, async (_request, reply) => {
    const checkpoint = await log.checkpoint();
    return reply.header('cache-control', 'no-cache').type('text/plain; charset=utf-8').send(checkpoint);
  });
  server.get('/log/checkpoint/cosigned', CONFIG, async (_request, reply) => {
    if (log.cosigned === undefined) throw new ServeError('not-found', 'No checkpoint is cosigned yet.');
    return reply.header('cache-control', 'no-cache').type('text/plain; charset=utf-8').send(log.cosigned);
  });
  server.post(
    '/log/checkpoint',
    { config: { scope: 'operate' }, bodyLimit: MOST_NOTE_BYTES },
    async (request, reply) => {
      if (typeof request.body !== 'string')
        throw new ServeError('bad-request', 'Expected a note as text/plain.');
      return reply.type('text/plain; charset=utf-8').send(await log.cosign(request.body, deps.witnesses));
    },
  );
  server.get('/log/tile/*', CONFIG, (request, reply) => sendTile(request, reply, deps));
  server.get('/log/proof', CONFIG, async (request, reply) =>
    reply.header('cache-control', 'no-cache').send(await proofFor(request, deps)),
  );
  server.get('/log/consistency', CONFIG, (request) => consistencyFor(request, deps));
  server.get('/log/keys', CONFIG, async () => ({
    origin: log.origin,
    key: verifierText(log.verifier),
    rotations: log.rotations,
  }));
}
