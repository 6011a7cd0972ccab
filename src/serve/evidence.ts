/** `/id/*`: every IRI that Genchi gives leads to what it names, as a page for people and as RDF for programs. */
import type { FastifyInstance } from 'fastify';
import type { EvidenceStore } from '../evidence/index.js';
import type { Graph } from '../graph/index.js';
import {
  changeKinds,
  type Iris,
  instantOf,
  MINUTE_MS,
  type Named,
  parsePath,
  pathOf,
  pathOfEvent,
  shift,
} from '../model/index.js';
import type { IncidentBook } from '../rca/index.js';
import { ServeError } from './errors.js';
import { mentionsOf } from './pages/citations.js';
import type { Html } from './pages/html.js';
import { type AlertOfIncident, incidentPage } from './pages/incident-page.js';
import { PAGE_SECURITY, page } from './pages/layout.js';
import { prefersPage } from './pages/negotiation.js';
import { receiptPage, type Surroundings, titleOf } from './pages/receipt-page.js';
import { runbookPage } from './pages/runbook-page.js';
import { type ServiceFacts, seriesPage, servicePage } from './pages/service-page.js';
import { readReceipt, type SampleReceipt } from './receipt.js';

/** What the evidence pages are made from. */
export interface EvidencePageDeps {
  readonly store: EvidenceStore;
  readonly graph: Graph;
  readonly incidents: IncidentBook;
  readonly iris: Iris;
}

/** The title and the content of a page. */
interface Written {
  readonly title: string;
  readonly main: Html;
}

/** How far around a sample its series is drawn, and how many samples of it at most. */
const AROUND_MS = 30 * MINUTE_MS;
const MOST_AROUND = 5_000;
const SHOWN_ALERTS = 20;
const SHOWN_RECENT = 20;

async function surroundingsOf(
  store: EvidenceStore,
  sample: SampleReceipt,
): Promise<Surroundings | undefined> {
  const window = { from: instantOf(Math.max(0, sample.at - AROUND_MS)), to: shift(sample.at, AROUND_MS) };
  const bounds = {
    from: 'sample',
    since: window.from,
    until: shift(window.to, -1),
    values: { seriesKey: [sample.series.key] },
  } as const;
  if ((await store.countRows(bounds, MOST_AROUND)) > MOST_AROUND) return undefined;
  const columns = await store.samples([sample.series.ref], window, MOST_AROUND);
  const points = columns.at.map((at, index) => ({ at, value: columns.value[index] ?? Number.NaN }));
  return { window, points };
}

async function writeReceipt(
  named: Named,
  { store, incidents }: EvidencePageDeps,
): Promise<Written | undefined> {
  const receipt = await readReceipt(store, named);
  if (receipt === undefined) return undefined;
  const around = receipt.type === 'sample' ? await surroundingsOf(store, receipt.sample) : undefined;
  const mentions = mentionsOf(receipt.path, incidents);
  return { title: titleOf(receipt), main: receiptPage(receipt, { mentions, around }) };
}

function writeSeries(
  key: Extract<Named, { type: 'series' }>['series'],
  store: EvidenceStore,
): Written | undefined {
  const [series] = store.findSeries({ keys: [key] });
  return series === undefined ? undefined : { title: `Series of ${series.metric}`, main: seriesPage(series) };
}

async function writeService(name: string, deps: EvidencePageDeps): Promise<Written | undefined> {
  const { store, graph, incidents } = deps;
  const known = graph.topology().services.includes(name) || (await store.services()).includes(name);
  if (!known) return undefined;
  const facts: ServiceFacts = {
    name,
    dependencies: graph.dependencies([name]),
    incidents: incidents.list({ service: name, limit: SHOWN_RECENT }),
    recent: await store.events({
      kinds: [...changeKinds, 'alert_fired'],
      services: [name],
      order: 'newest-first',
      limit: SHOWN_RECENT,
    }),
  };
  return { title: name, main: servicePage(facts) };
}

async function alertAt(path: string, store: EvidenceStore): Promise<AlertOfIncident> {
  const named = parsePath(path);
  const receipt = named === undefined ? undefined : await readReceipt(store, named);
  return { path, event: receipt?.type === 'event' ? receipt.event : undefined };
}

async function writeIncident(
  id: string,
  { store, incidents }: EvidencePageDeps,
): Promise<Written | undefined> {
  const incident = incidents.get(id);
  if (incident === undefined) return undefined;
  const read = await Promise.all(incident.alerts.slice(0, SHOWN_ALERTS).map((path) => alertAt(path, store)));
  const unread = incident.alerts.slice(SHOWN_ALERTS).map((path) => ({ path, event: undefined }));
  return { title: incident.title, main: incidentPage(incident, [...read, ...unread]) };
}

function writeRunbook(name: string, graph: Graph): Written | undefined {
  const runbook = graph.runbooks().find((one) => one.name === name);
  return runbook === undefined
    ? undefined
    : { title: runbook.title, main: runbookPage(runbook, runbook.markdown) };
}

/** An objective is shown as its latest revision, which is a receipt. */
async function writeSlo(name: string, deps: EvidencePageDeps): Promise<Written | undefined> {
  const revision = deps.graph.slos().find(({ slo }) => slo === name);
  const named = revision === undefined ? undefined : parsePath(pathOfEvent(revision));
  return named === undefined ? undefined : await writeReceipt(named, deps);
}

function write(named: Named, deps: EvidencePageDeps): Promise<Written | undefined> | Written | undefined {
  switch (named.type) {
    case 'event':
    case 'sample':
      return writeReceipt(named, deps);
    case 'series':
      return writeSeries(named.series, deps.store);
    case 'service':
      return writeService(named.name, deps);
    case 'runbook':
      return writeRunbook(named.name, deps.graph);
    case 'slo':
      return writeSlo(named.name, deps);
    case 'incident':
      return writeIncident(named.id, deps);
  }
}

/** The path below `/id/` as it was sent: Fastify would decode an encoded slash inside a name. */
function pathIn(url: string): string {
  return url.slice('/id/'.length).replace(/\?.*$/s, '');
}

/**
 * Serves `GET /id/*`: a page to who prefers HTML, else RDF in the format that is accepted. What this server never
 * named is `not-found`.
 */
export function registerEvidencePages(server: FastifyInstance, deps: EvidencePageDeps): void {
  server.get('/id/*', async (request, reply) => {
    const { accept } = request.headers;
    const named = parsePath(pathIn(request.url));
    if (named === undefined) throw new ServeError('not-found', 'No thing of this server has this address.');
    const path = pathOf(named);
    reply.header('vary', 'accept');
    if (prefersPage(accept)) {
      const written = await write(named, deps);
      if (written === undefined)
        throw new ServeError('not-found', `Nothing is recorded at ${deps.iris.ofPath(path)}.`);
      reply.header('content-security-policy', PAGE_SECURITY).type('text/html; charset=utf-8');
      return page({ ...written, iri: deps.iris.ofPath(path) });
    }
    const answer = await deps.graph.describe(path, ...(accept === undefined ? [] : [accept]));
    if (answer === undefined)
      throw new ServeError('not-found', `Nothing is recorded at ${deps.iris.ofPath(path)}.`);
    return reply.type(answer.contentType).send(Buffer.from(answer.body));
  });
}
