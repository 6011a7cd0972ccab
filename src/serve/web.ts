/** The pages of the web interface: one document for every address of theirs, and the files that it loads. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fastifyStatic } from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServeError } from './errors.js';
import { sendTagged } from './tagged.js';

/** Where `npm run build` puts the pages. */
const FOLDER = fileURLToPath(new URL('../../dist/web/', import.meta.url));

/** The addresses of the pages beside `/`; there is none that takes whatever no other takes. */
const ROUTES = [
  '/services/:name',
  '/incidents',
  '/incidents/:id',
  '/slos',
  '/slos/:id',
  '/experiments',
  '/experiments/:id',
  '/kaizen',
  '/runbooks',
  '/runbooks/:name',
  '/explore',
  '/connect',
] as const;

/** The text of the document, and what it may load. */
interface WebDocument {
  readonly text: string;
  readonly security: string;
}

/** The scripts that stand in a document, as a policy names them. */
const inlineScripts = (text: string): readonly string[] =>
  [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );

/** Everything comes from this server; the one script that stands in the document is known by its hash. */
const securityOf = (text: string): string =>
  [
    "default-src 'none'",
    ["script-src 'self'", ...inlineScripts(text)].join(' '),
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Reads the document; fails with `not-found` when the pages were not built. */
async function readDocument(): Promise<WebDocument> {
  const text = await readFile(`${FOLDER}index.html`, 'utf8').catch((cause: unknown) => {
    throw new ServeError('not-found', 'The pages are not built: run npm run build.', { cause });
  });
  return { text, security: securityOf(text) };
}

/** Answers with the document of the pages; which page it is, its own script reads from the address. */
export type SendWebPage = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

/** Serves the pages and their files; answers what sends the document, for `/`. */
export async function registerWeb(server: FastifyInstance): Promise<SendWebPage> {
  let reading: Promise<WebDocument> | undefined;
  const send: SendWebPage = async (request, reply) => {
    reading ??= readDocument();
    const { text, security } = await reading.catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    reply.header('content-security-policy', security).header('cache-control', 'no-cache');
    return sendTagged(request, reply, 'text/html', text);
  };
  await server.register(fastifyStatic, {
    ...{ root: `${FOLDER}assets/`, serve: false, index: false, preCompressed: true },
    // Names of files carry the hash of their content.
    ...{ immutable: true, maxAge: '365d' },
  });
  server.get<{ Params: { file: string } }>('/assets/:file', { config: { scope: 'open' } }, (request, reply) =>
    reply.header('vary', 'accept-encoding').sendFile(request.params.file),
  );
  for (const url of ROUTES) server.get(url, { config: { scope: 'open' } }, send);
  return send;
}
