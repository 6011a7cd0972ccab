/** What a thing is as RDF: its own triples, and the few of others that a reader needs to go on. */
import type { EvidenceStore } from '../evidence/index.js';
import type { Graph } from '../graph/index.js';
import {
  changeKinds,
  type EventReceipt,
  type Iris,
  type Named,
  pathOf,
  pathOfEvent,
  TPS,
} from '../model/index.js';
import type { IncidentBook } from '../rca/index.js';
import { readReceipt } from './receipt.js';

/** What descriptions are made from. */
export interface DescriptionDeps {
  readonly store: EvidenceStore;
  readonly graph: Graph;
  readonly incidents: IncidentBook;
  readonly iris: Iris;
}

/** Other things that are told of in short, and further patterns to tell; paths are below `/id/`. */
interface Beside {
  readonly paths: readonly string[];
  /** A thing that is told whole. */
  readonly whole?: string;
  /** A pattern of triples `?s ?p ?o` to tell as well. */
  readonly pattern?: string;
}

/** How many other things of a sort are told of. */
const MOST_BESIDE = 100;
const MOST_RECENT = 20;

/** What is told in short: what a thing is, what it is called, when it was and how it ranks. */
const SHORT = [
  'name',
  'title',
  'metric',
  'component',
  'service',
  'timestamp',
  'state',
  'severity',
  'startsAt',
]
  .concat(['version', 'rank', 'score', 'causeKind', 'cause'])
  .map((name) => `tps:${name}`)
  .join(' ');

const service = (name: string | undefined): readonly string[] =>
  name === undefined ? [] : [pathOf({ type: 'service', name })];

function besideEvent(event: EventReceipt): readonly string[] {
  return [...service(event.service), ...(event.kind === 'dependency' ? service(event.callee) : [])];
}

async function besideService(
  name: string,
  { store, graph, incidents, iris }: DescriptionDeps,
): Promise<Beside> {
  const edges = graph.dependencies([name]).slice(0, MOST_BESIDE);
  const recent = await store.events({
    kinds: [...changeKinds, 'alert_fired'],
    services: [name],
    order: 'newest-first',
    limit: MOST_RECENT,
  });
  const itself = iris.of({ type: 'service', name });
  const shown = await incidents.list({ service: name, limit: MOST_RECENT });
  return {
    paths: [
      ...new Set(edges.flatMap(({ caller, callee }) => [...service(caller), ...service(callee)])),
      ...store
        .findSeries({ services: [name] })
        .slice(0, MOST_BESIDE)
        .map(({ key }) => pathOf({ type: 'series', series: key })),
      ...shown.map(({ id }) => pathOf({ type: 'incident', id })),
      ...recent.map(pathOfEvent),
    ],
    pattern: `?s tps:dependsOn <${itself}> . BIND(tps:dependsOn AS ?p) BIND(<${itself}> AS ?o)`,
  };
}

async function besideOf(named: Named, deps: DescriptionDeps): Promise<Beside> {
  const { store, incidents } = deps;
  switch (named.type) {
    case 'event': {
      const receipt = await readReceipt(store, named);
      return { paths: receipt?.type === 'event' ? besideEvent(receipt.event) : [] };
    }
    case 'sample':
    case 'rollup':
    case 'series': {
      const [series] = store.findSeries({ keys: [named.series] });
      const whole = pathOf({ type: 'series', series: named.series });
      return { paths: service(series?.service), ...(named.type === 'series' ? {} : { whole }) };
    }
    case 'service':
      return await besideService(named.name, deps);
    case 'slo': {
      const revision = deps.graph.slos().find(({ slo }) => slo === named.name);
      return { paths: revision === undefined ? [] : [pathOfEvent(revision), ...service(revision.service)] };
    }
    case 'runbook':
      return { paths: [] };
    case 'incident': {
      const incident = await incidents.get(named.id);
      const candidates = [...(incident?.candidates ?? []), ...(incident?.rejected ?? [])];
      return {
        paths: [
          ...service(incident?.service),
          ...candidates.slice(0, MOST_BESIDE).map(({ receipt }) => receipt),
          ...(incident?.alerts ?? []).slice(0, MOST_RECENT),
        ],
      };
    }
  }
}

async function tell(graph: Graph, iris: Iris, { paths, pattern }: Beside): Promise<string> {
  const others = `VALUES ?s { ${paths.map((path) => `<${iris.ofPath(path)}>`).join(' ')} } VALUES ?p { rdf:type ${SHORT} } ?s ?p ?o`;
  const patterns = [...(paths.length === 0 ? [] : [others]), ...(pattern === undefined ? [] : [pattern])];
  if (patterns.length === 0) return '';
  const { body } = await graph.query({
    text: `PREFIX tps: <${TPS}> CONSTRUCT { ?s ?p ?o } WHERE { { ${patterns.join(' } UNION { ')} } }`,
    accept: 'application/n-triples',
  });
  return Buffer.from(body).toString('utf8');
}

/** The description of a thing as N-Triples, its own first; undefined when there is no such thing. */
export async function describeThing(named: Named, deps: DescriptionDeps): Promise<string | undefined> {
  const { graph, iris } = deps;
  const own = await graph.describe(pathOf(named), 'application/n-triples');
  if (own === undefined) return undefined;
  const beside = await besideOf(named, deps);
  const whole =
    beside.whole === undefined ? undefined : await graph.describe(beside.whole, 'application/n-triples');
  const text = [own, whole].map((part) =>
    part === undefined ? '' : Buffer.from(part.body).toString('utf8'),
  );
  return [...text, await tell(graph, iris, beside)].join('');
}
