/** `/id/runbooks`: the runbooks that are in force, as a page and as a Hydra collection. */
import { pathOf, TPS } from '../model/index.js';
import type { EvidencePageDeps } from './evidence.js';
import { page } from './pages/layout.js';
import { runbooksPage } from './pages/runbooks-page.js';

/** The path of the list below `/id/`. */
export const RUNBOOKS_PATH = 'runbooks';

const RDF_TYPE = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#type';
const HYDRA = 'http://www.w3.org/ns/hydra/core#';
const XSD_INTEGER = 'http://www.w3.org/2001/XMLSchema#integer';

/** What is told of each in the list; its clauses and steps stand in its own document. */
const TOLD = ['name', 'title', 'owner', 'servicePattern', 'severity', 'expects'];

type Deps = Pick<EvidencePageDeps, 'graph' | 'iris'>;

/** Writes the page of the list, with the files that are no runbooks. */
export function writeRunbookList({ graph, iris }: Deps): string {
  const faults = graph.runbookFaults().map(({ message }) => message);
  return page({
    title: 'Runbooks',
    about: { iri: iris.ofPath(RUNBOOKS_PATH), path: RUNBOOKS_PATH },
    main: runbooksPage(graph.runbooks(), faults),
  });
}

/** The list as N-Triples: a collection whose members are told of in short. */
export async function describeRunbookList({ graph, iris }: Deps): Promise<string> {
  const list = `<${iris.ofPath(RUNBOOKS_PATH)}>`;
  const runbooks = graph.runbooks();
  const members = runbooks.map(({ name }) => `<${iris.ofPath(pathOf({ type: 'runbook', name }))}>`);
  const own = [
    `${list} <${RDF_TYPE}> <${HYDRA}Collection> .`,
    `${list} <${HYDRA}totalItems> "${runbooks.length}"^^<${XSD_INTEGER}> .`,
    ...members.map((member) => `${list} <${HYDRA}member> ${member} .`),
  ];
  const { body } = await graph.query({
    text: `PREFIX tps: <${TPS}>
CONSTRUCT { ?s ?p ?o } WHERE {
  VALUES ?s { ${members.join(' ')} }
  VALUES ?p { rdf:type ${TOLD.map((name) => `tps:${name}`).join(' ')} }
  ?s ?p ?o
}`,
    accept: 'application/n-triples',
  });
  return `${own.join('\n')}\n${Buffer.from(body).toString('utf8')}`;
}
