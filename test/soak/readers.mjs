/** The readers of the soak: everything that people, dashboards and scrapers ask while evidence comes in. */
import { SERVICES, time } from './scene.mjs';

/** @typedef {import('./client.mjs').Client} Client */
/** @typedef {import('./loops.mjs').Loop} Loop */
/** @typedef {{ name: string, parameters: { name: string, type: string, default?: string }[] }} Pack */

const MINUTE_MS = 60_000;

/** A query that no statement of the store answers alone: whatever is said of the deployments of a quarter of an hour. */
const sliceQuery = () => `SELECT ?change ?p ?o WHERE {
  ?change a tps:Deployment ; tps:timestamp ?at ; ?p ?o
  FILTER(?at >= "${time(Date.now() - 15 * MINUTE_MS)}"^^xsd:dateTime)
}`;

/** One that is worked out over a large slice: whatever is said of the failures of a few seconds. */
const wideQuery = () => `SELECT ?p (COUNT(?o) AS ?times) WHERE {
  ?failure a tps:JidokaFailure ; tps:timestamp ?at ; ?p ?o
  FILTER(?at >= "${time(Date.now() - 20_000)}"^^xsd:dateTime)
} GROUP BY ?p`;

const compiledQuery = () => `SELECT ?service (COUNT(?failure) AS ?failures) WHERE {
  ?failure a tps:JidokaFailure ; tps:timestamp ?at ; tps:service ?service
  FILTER(?at >= "${time(Date.now() - 5 * MINUTE_MS)}"^^xsd:dateTime)
} GROUP BY ?service`;

/** What dashboards ask of one service. */
const SERVICE = `query Service($name: String!, $slo: String!, $from: DateTime!) {
  service(name: $name) { health(windowMinutes: 5) { score band pillars { pillar score } } callees { name } }
  slo(name: $slo) { state attainmentPercent coverage }
  trends(service: $name, window: DAY) { metric verdict }
  changes(services: [$name], from: $from, first: 20) { nodes { title service } }
  events(services: [$name], from: $from, kinds: [failure], first: 50) { nodes { iri at } }
}`;
/** What the list of incidents and a page of one show. */
const INCIDENTS = `{ incidents(first: 10) { nodes {
  iri title state whys { place sentence } runbooks { runbook { name } } similar { incident { id } }
  candidates { rank score title terms { name contribution } supporting { sentence cites { iri } } }
} } }`;
const CHART = `query Chart($service: String!, $from: DateTime!) {
  metricSeries(metric: "queue_messages_ready", service: $service, from: $from, width: 600
    labels: [{ name: "route", values: ["/cart"] }]) { series { times values } }
}`;
const RECOMMENDED = `{ recommendations(first: 20) { nodes { action } } health { score } alertHygiene { fired } }`;

export const SUBSCRIPTIONS = [
  'subscription { incidentChanged { type at incident { id title } } }',
  'subscription { healthChanged { at health { score band } } }',
  'subscription { sloChanged { at name state } }',
];

/** Packs that answer every sample of a span, of which there are thousands a second here. */
const NARROW = new Set(['guide/around-latency-spike', 'correlation/around-time']);

/**
 * A value for a parameter of a pack; undefined where one cannot be had yet.
 * @param {{ name: string, type: string, default?: string }} parameter
 * @param {{ service: string, incident: string | undefined, spanMs: number }} about
 */
function argumentOf({ name, type, default: fallback }, { service, incident, spanMs }) {
  switch (type) {
    case 'service':
      return name === 'failed' ? SERVICES.at(-1) : service;
    case 'incident':
      return incident;
    case 'instant':
      return time(Date.now() - (name === 'since' ? spanMs : name === 'silentSince' ? MINUTE_MS : 0));
    default:
      return fallback;
  }
}

/** @param {Client} client @returns {Loop[]} */
function sparql(client) {
  const asks = (/** @type {string} */ name, /** @type {() => string} */ query, lanes = 1) => ({
    name,
    lanes,
    ask: async () => {
      const { text } = await client.ask(`/sparql?query=${encodeURIComponent(query())}`, {
        headers: { accept: 'application/sparql-results+json' },
      });
      return JSON.parse(text).results.bindings.length;
    },
  });
  return [
    asks('SPARQL, compiled', compiledQuery),
    asks('SPARQL, small slice', sliceQuery),
    asks('SPARQL, large slice', wideQuery),
  ];
}

/** Asks for the packs in turn, each with what it needs, once there is an incident. */
/** @param {Client} client @param {readonly Pack[]} packs @param {() => string | undefined} incident @returns {Loop} */
function queryPacks(client, packs, incident) {
  let turn = 0;
  return {
    name: 'query packs',
    lanes: 1,
    ask: async () => {
      const askable = packs.filter(
        ({ parameters }) => incident() !== undefined || !parameters.some(({ type }) => type === 'incident'),
      );
      const pack = askable[turn++ % askable.length];
      if (pack === undefined) throw new TypeError('there are no query packs');
      const about = {
        service: SERVICES[turn % SERVICES.length] ?? '',
        incident: incident(),
        spanMs: NARROW.has(pack.name) ? 2_000 : 5 * MINUTE_MS,
      };
      const parameters = new URLSearchParams();
      for (const parameter of pack.parameters) {
        const value = argumentOf(parameter, about);
        if (value !== undefined) parameters.set(parameter.name, value);
      }
      await client.ask(`/queries/${pack.name}?${parameters}`);
      return 1;
    },
  };
}

/** @param {Client} client @param {(id: string) => void} found what incidents there are @returns {Loop[]} */
function graphql(client, found) {
  let turn = 0;
  const service = () => SERVICES[turn++ % SERVICES.length] ?? '';
  const from = () => time(Date.now() - 5 * MINUTE_MS);
  return [
    {
      name: 'GraphQL, service',
      lanes: 2,
      ask: async () => {
        const name = service();
        await client.graphql(SERVICE, { name, slo: `latency-${name}`, from: from() });
        return 1;
      },
    },
    {
      name: 'GraphQL, incidents',
      lanes: 1,
      ask: async () => {
        const { incidents } = await client.graphql(INCIDENTS);
        for (const { iri } of incidents.nodes.slice(0, 1)) found(iri.split('/').at(-1));
        return incidents.nodes.length;
      },
    },
    {
      name: 'GraphQL, chart',
      lanes: 1,
      ask: async () => {
        const { metricSeries } = await client.graphql(CHART, { service: service(), from: from() });
        return metricSeries.series.length;
      },
    },
    {
      name: 'GraphQL, advice',
      lanes: 1,
      ask: async () => {
        await client.graphql(RECOMMENDED);
        return 1;
      },
    },
  ];
}

/** @param {Client} client @param {() => string | undefined} incident @returns {Loop[]} */
function pages(client, incident) {
  let turn = 0;
  const html = { headers: { accept: 'text/html' } };
  const get = (/** @type {string} */ name, /** @type {() => string} */ path, options = {}) => ({
    name,
    lanes: 1,
    ask: async () => {
      const { text } = await client.ask(path(), options);
      return text.length;
    },
  });
  const paths = () => [
    '/',
    `/id/service/${SERVICES[turn % SERVICES.length]}`,
    '/reviews',
    '/ontology',
    ...(incident() === undefined ? [] : [`/id/incident/${incident()}`]),
  ];
  return [
    get('/metrics', () => '/metrics'),
    get('pages', () => paths()[turn++ % paths().length] ?? '/', html),
    // Before the first incident there is nothing to write one about.
    get('post-mortems', () => (incident() === undefined ? '/' : `/postmortems/${incident()}`), html),
  ];
}

/**
 * Every reader but the subscribers.
 * @param {Client} client
 * @returns {Promise<Loop[]>}
 */
export async function readersOf(client) {
  /** @type {string | undefined} */
  let incident;
  const known = () => incident;
  /** @type {{ queries: Pack[] }} */
  const { queries } = JSON.parse((await client.ask('/queries')).text);
  const found = (/** @type {string} */ id) => {
    incident = id;
  };
  return [
    ...sparql(client),
    queryPacks(client, queries, known),
    ...graphql(client, found),
    ...pages(client, known),
  ];
}
