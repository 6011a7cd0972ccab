/** The pages of what has an IRI: read from the store, the graph and the book of incidents, and written as HTML. */
import type { EvidenceStore } from '../evidence/index.js';
import type { Graph } from '../graph/index.js';
import {
  type Clock,
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
import { type IncidentBook, matchRunbooks } from '../rca/index.js';
import { citingOf } from './citing.js';
import type { Glossary } from './glossary.js';
import { neighboursOf } from './neighbours.js';
import { citationSection, mentionsOf } from './pages/citations.js';
import { type Html, html } from './pages/html.js';
import { type AlertOfIncident, incidentPage } from './pages/incident-page.js';
import { page } from './pages/layout.js';
import type { ProofSetting } from './pages/proof-section.js';
import { atOf, receiptPage, type Surroundings, serviceOf, titleOf } from './pages/receipt-page.js';
import { rollupPage } from './pages/rollup-page.js';
import { runbookPage } from './pages/runbook-page.js';
import { seriesPage } from './pages/series-page.js';
import { type ServiceFacts, servicePage } from './pages/service-page.js';
import { readReceipt, type SampleReceipt } from './receipt.js';
import { readRollup } from './rollup.js';
import { figuresOf, readingsOf } from './series-figures.js';

/** What the evidence pages are made from. */
export interface EvidencePageDeps {
  readonly store: EvidenceStore;
  readonly graph: Graph;
  readonly incidents: IncidentBook;
  readonly iris: Iris;
  readonly clock: Clock;
  readonly glossary: Glossary;
}

/** The title and the content of a page. */
interface Written {
  readonly title: string;
  readonly main: Html;
}

/** How far around a sample its series is drawn, and how many samples of it at most. */
const AROUND_MS = 30 * MINUTE_MS;
const MOST_AROUND = 5_000;
const SHOWN_ALERTS = 50;
const SHOWN_SIMILAR = 5;
const SHOWN_RECENT = 20;

async function surroundingsOf(
  store: EvidenceStore,
  sample: SampleReceipt,
): Promise<Surroundings | undefined> {
  const window = { from: instantOf(Math.max(0, sample.at - AROUND_MS)), to: shift(sample.at, AROUND_MS) };
  const points = await readingsOf(store, sample.series, window, MOST_AROUND);
  return points === undefined ? undefined : { window, points };
}

async function proofOf(named: Named, { log }: EvidenceStore): Promise<ProofSetting | undefined> {
  if (named.type !== 'event' && named.type !== 'sample') return undefined;
  const place = await log.placeOf(named);
  return place && { ...place, size: log.signedSize };
}

async function writeReceipt(named: Named, deps: EvidencePageDeps): Promise<Written | undefined> {
  const { store, graph, incidents, iris, glossary } = deps;
  const receipt = await readReceipt(store, named);
  if (receipt === undefined) return undefined;
  const { path } = receipt;
  const place = { path, at: atOf(receipt), service: serviceOf(receipt) };
  const [around, citing, neighbours, proof] = await Promise.all([
    receipt.type === 'sample' ? surroundingsOf(store, receipt.sample) : undefined,
    citingOf(store, path),
    neighboursOf(store, graph.topology(), place),
    proofOf(named, store),
  ]);
  const event = receipt.type === 'event' ? receipt.event : undefined;
  const mentions = await mentionsOf(path, event, citing, incidents);
  const setting = { iri: iris.ofPath(path), citing, mentions, neighbours, around, glossary, proof };
  return { title: titleOf(receipt), main: receiptPage(receipt, setting) };
}

async function writeRollup(
  named: Extract<Named, { type: 'rollup' }>,
  { store }: EvidencePageDeps,
): Promise<Written | undefined> {
  const rollup = await readRollup(store, named);
  return rollup && { title: `Roll-up of ${rollup.series.metric}`, main: rollupPage(rollup) };
}

async function writeSeries(
  key: Extract<Named, { type: 'series' }>['series'],
  { store, iris, clock }: EvidencePageDeps,
): Promise<Written | undefined> {
  const [series] = store.findSeries({ keys: [key] });
  if (series === undefined) return undefined;
  const latest = await figuresOf(store, series, clock());
  const main = seriesPage(series, latest, iris.of({ type: 'series', series: key }));
  return { title: `Series of ${series.metric}`, main };
}

async function writeService(name: string, deps: EvidencePageDeps): Promise<Written | undefined> {
  const { store, graph, incidents } = deps;
  const known = graph.topology().services.includes(name) || (await store.services()).includes(name);
  if (!known) return undefined;
  const facts: ServiceFacts = {
    name,
    dependencies: graph.dependencies([name]),
    incidents: await incidents.list({ service: name, limit: SHOWN_RECENT }),
    recent: await store.events({
      kinds: [...changeKinds, 'alert_fired'],
      services: [name],
      order: 'newest-first',
      limit: SHOWN_RECENT,
    }),
    series: store.findSeries({ services: [name] }),
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
  { store, graph, incidents, iris }: EvidencePageDeps,
): Promise<Written | undefined> {
  const incident = await incidents.get(id);
  if (incident === undefined) return undefined;
  const [read, similar, runbooks] = await Promise.all([
    Promise.all(incident.alerts.slice(0, SHOWN_ALERTS).map((path) => alertAt(path, store))),
    incidents.similar(id, SHOWN_SIMILAR),
    matchRunbooks(incident, { store, graph, iris }),
  ]);
  return { title: incident.title, main: incidentPage(incident, read, similar, runbooks) };
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
    case 'rollup':
      return writeRollup(named, deps);
    case 'series':
      return writeSeries(named.series, deps);
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

/** What has no time of its own, and so nothing around it, is cited all the same. */
async function withCitations(
  named: Named,
  { title, main }: Written,
  { store, iris }: EvidencePageDeps,
): Promise<Written> {
  if (named.type === 'event' || named.type === 'sample') return { title, main };
  const citing = await citingOf(store, pathOf(named));
  return { title, main: html`${main}\n${citationSection(iris.of(named), citing, [])}` };
}

/** Writes the page of a thing; undefined when there is no such thing. */
export async function writePage(named: Named, deps: EvidencePageDeps): Promise<string | undefined> {
  const written = await write(named, deps);
  if (written === undefined) return undefined;
  const path = pathOf(named);
  const whole = await withCitations(named, written, deps);
  return page({ ...whole, about: { iri: deps.iris.ofPath(path), path } });
}
