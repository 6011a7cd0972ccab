/** `/id/*`: every IRI that Genchi gives leads to what it names, as a page for people and as RDF for programs. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RemovableKind } from '../evidence/index.js';
import { acceptOf, negotiateGraph, suppliedPrefixes, writeRdf } from '../graph/index.js';
import { formatInstant, type Named, parsePath, pathOf } from '../model/index.js';
import { describeThing } from './description.js';
import { ServeError } from './errors.js';
import { type EvidencePageDeps, writePage } from './evidence.js';
import { PAGE_SECURITY } from './pages/layout.js';
import { wordsOf } from './pages/links.js';
import { prefersPage } from './pages/negotiation.js';
import { rollupHolding } from './rollup.js';
import { describeRunbookList, RUNBOOKS_PATH, writeRunbookList } from './runbook-list.js';
import { Parameters, urlParametersOf } from './sparql-parameters.js';
import { sendTagged } from './tagged.js';

/** The forms of a thing, by the short names that `format` takes. */
const FORMS = {
  html: 'text/html',
  turtle: 'text/turtle',
  ntriples: 'application/n-triples',
  jsonld: 'application/ld+json',
} as const;

/** A receipt never changes, and what is told beside it neither; retention may take it after some time. */
const OF_A_RECEIPT = 'max-age=86400, immutable';

function isReceipt({ type }: Named): boolean {
  return type === 'event' || type === 'sample' || type === 'rollup';
}

/** What is asked for: by the parameter `format` where it is given, else by the Accept header. */
function wantedOf(request: FastifyRequest): string | undefined {
  const format = new Parameters(urlParametersOf(request)).one('format');
  if (format === undefined || format === '') return request.headers.accept;
  const accept = format === 'html' ? FORMS.html : format.includes('/') ? format : acceptOf(format);
  if (accept !== undefined) return accept;
  throw new ServeError('bad-request', `The format is one of ${Object.keys(FORMS).join(', ')}.`);
}

/** The RDF format for an Accept header; fails with `not-acceptable`, naming every form that there is. */
function formatFor(accept: string | undefined): ReturnType<typeof negotiateGraph> {
  try {
    return negotiateGraph(accept);
  } catch (cause) {
    const forms = Object.values(FORMS).join(', ');
    throw new ServeError(
      'not-acceptable',
      `This is served as ${forms}; the request accepts only ${(accept ?? '').slice(0, 200)}.`,
      { cause },
    );
  }
}

/** Where the forms of a thing are, for who has one of them; relative to the server that the reader talks to. */
function linksOf(path: string, iri: string): string {
  const alternates = Object.entries(FORMS).map(
    ([name, type]) => `</id/${path}?format=${name}>; rel="alternate"; type="${type}"`,
  );
  return [
    `<${iri}>; rel="canonical"`,
    ...alternates,
    `</id/${path}?format=turtle>; rel="describedby"; type="text/turtle"`,
  ].join(', ');
}

/** What is told of a thing that is not there: that it never was, or by which rule it went. */
async function absent(
  named: Named,
  { store, iris }: EvidencePageDeps,
  reply: FastifyReply,
): Promise<ServeError> {
  const iri = iris.of(named);
  const kind = kindOf(named);
  const removal = kind === undefined || !('at' in named) ? undefined : await store.removalOf(kind, named.at);
  if (kind === undefined || removal === undefined) {
    return new ServeError('not-found', `Nothing is recorded at ${iri}.`);
  }
  const { rule, removedAt, window } = removal;
  const rollup = named.type === 'sample' ? await rollupHolding(store, named) : undefined;
  if (rollup !== undefined) reply.header('link', `<${iris.of(rollup)}>; rel="alternate"`);
  const held = rollup === undefined ? '' : ` What it added to is told at ${iris.of(rollup)}.`;
  return new ServeError(
    'gone',
    `Whatever was recorded at ${iri} was removed at ${formatInstant(removedAt)}, with every ${wordsOf(kind)} from ` +
      `${formatInstant(window.from)} until ${formatInstant(window.to)}: ${rule}.${held}`,
  );
}

/** What a removal would name it by; undefined for what is never removed. */
function kindOf(named: Named): RemovableKind | undefined {
  switch (named.type) {
    case 'event':
      return named.kind;
    case 'sample':
      return 'sample';
    case 'rollup':
      return `rollup-${named.span}`;
    case 'series':
    case 'service':
    case 'incident':
    case 'runbook':
    case 'slo':
      return undefined;
  }
}

/** The path below `/id/` as it was sent: Fastify would decode an encoded slash inside a name. */
function pathIn(url: string): string {
  return url.slice('/id/'.length).replace(/\?.*$/s, '');
}

/** What an address leads to, and how it is told. */
interface Target {
  /** Its path below `/id/`. */
  readonly path: string;
  readonly isReceipt: boolean;
  readonly page: () => Promise<string | undefined> | string;
  /** Its description as N-Triples. */
  readonly description: () => Promise<string | undefined>;
  readonly absent: (reply: FastifyReply) => Promise<ServeError>;
}

/** What an address leads to; fails with `not-found` for one that this server never gave. */
function targetAt(url: string, deps: EvidencePageDeps): Target {
  const path = pathIn(url);
  const named = parsePath(path);
  const none = new ServeError('not-found', 'No thing of this server has this address.');
  if (path === RUNBOOKS_PATH) {
    return {
      ...{ path, isReceipt: false, absent: () => Promise.resolve(none) },
      page: () => writeRunbookList(deps),
      description: () => describeRunbookList(deps),
    };
  }
  if (named === undefined) throw none;
  return {
    ...{ path: pathOf(named), isReceipt: isReceipt(named) },
    page: () => writePage(named, deps),
    description: () => describeThing(named, deps),
    absent: (reply) => absent(named, deps, reply),
  };
}

async function answer(
  deps: EvidencePageDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  reply.header('vary', 'accept');
  const target = targetAt(request.url, deps);
  const accept = wantedOf(request);
  const isPage = prefersPage(accept);
  const format = isPage ? undefined : formatFor(accept);
  const text = await (format === undefined ? target.page() : target.description());
  if (text === undefined) throw await target.absent(reply);
  reply.header('link', linksOf(target.path, deps.iris.ofPath(target.path)));
  if (format === undefined) {
    reply.header('content-security-policy', PAGE_SECURITY).header('cache-control', 'no-cache');
    return sendTagged(request, reply, FORMS.html, text);
  }
  reply.header('cache-control', target.isReceipt ? OF_A_RECEIPT : 'no-cache');
  return sendTagged(request, reply, format, writeRdf(text, format, suppliedPrefixes(deps.iris.prefix)));
}

/**
 * Serves `GET /id/*`, and `GET /id/runbooks`, the list of those in force: a page to who prefers HTML, else RDF in the format that is accepted or that `format` names. What
 * this server never named is `not-found`; what retention removed is `gone`, with its rule.
 */
export function registerEvidencePages(server: FastifyInstance, deps: EvidencePageDeps): void {
  server.get('/id/*', { config: { scope: 'read' } }, (request, reply) => answer(deps, request, reply));
}
