import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ExperimentDesk,
  ImprovementBook,
  metricTableOf,
  SloBook,
  StandingBoard,
  TrendBoard,
} from '../../../src/analysis/index.js';
import { type Graph, openGraph, readOntologyTerms } from '../../../src/graph/index.js';
import { pathOf } from '../../../src/model/index.js';
import { analyse, type IncidentBook, openIncidents } from '../../../src/rca/index.js';
import { openAccess } from '../../../src/serve/auth/index.js';
import { registerEvidencePages } from '../../../src/serve/dereference.js';
import { Feed } from '../../../src/serve/feed.js';
import { glossaryOf } from '../../../src/serve/glossary.js';
import { registerGraphql } from '../../../src/serve/graphql/index.js';
import { Subscribers } from '../../../src/serve/graphql/subscribers.js';
import { createHttp } from '../../../src/serve/http.js';
import { ago, NOW, openWorld, step, type World } from '../../rca/world.js';
import { ask, deskOn, iris, reviewsOn } from './scene.js';

let world: World;
let graph: Graph;
let incidents: IncidentBook;
let server: FastifyInstance;

/** web calls payments; payments is deployed, then both get slow, then an alert fires on web. */
async function play(): Promise<void> {
  await world.events({ kind: 'dependency', at: ago(140), service: 'web', callee: 'payments' });
  await world.series({ __name__: 'latency_ms', service: 'payments' }, step(50, 900, 9));
  await world.series({ __name__: 'latency_ms', service: 'web' }, step(100, 950, 8));
  await world.events({
    kind: 'deployment',
    at: ago(10),
    service: 'payments',
    version: '2.0',
    previousVersion: '1.9',
  });
  await world.events({
    kind: 'alert_fired',
    at: ago(1),
    service: 'web',
    name: 'WebSlow',
    severity: 'critical',
  });
  await incidents.settled();
}

beforeAll(async () => {
  world = await openWorld(5);
  const { store, recorder } = world;
  const clock = () => NOW;
  graph = await openGraph({ store, iris, clock, workers: 1, deadlineMs: 20_000, maxReceipts: 10_000 });
  const topology = () => graph.topology();
  const logger = pino({ level: 'silent' });
  incidents = await openIncidents({
    store,
    recorder,
    topology,
    iris,
    clock,
    logger,
    schedule: () => () => undefined,
  });
  recorder.subscribe((recorded) => graph.hear(recorded));
  recorder.subscribe((recorded) => incidents.hear(recorded));
  server = await createHttp({
    logger,
    bodyBytes: 1_048_576,
    access: openAccess,
    observeRequest: () => undefined,
  });
  const terms = await readOntologyTerms();
  const pillarMetrics = metricTableOf(terms);
  registerGraphql(server, {
    incidentFeed: new Feed(),
    board: new StandingBoard(),
    subscribers: new Subscribers(1),
    recorder,
    slos: new SloBook({ recorder, histories: () => graph.sloHistories() }),
    experiments: new ExperimentDesk({ store, recorder, metrics: pillarMetrics }),
    trends: new TrendBoard({ store, metrics: pillarMetrics }),
    improvements: new ImprovementBook({ store, recorder, metrics: pillarMetrics }),
    store,
    graph,
    incidents,
    webhooks: { figures: () => [], test: async () => ({ outcome: 'delivered', status: 204 }) },
    pillarMetrics,
    postmortems: await deskOn(store, graph, clock),
    reviews: await reviewsOn(store, pillarMetrics, clock, incidents),
    analyse: (question) => analyse(store, graph.topology(), question),
    iris,
    clock,
    audit: { note: async () => undefined, refuse: async () => undefined },
    graphiql: () => false,
  });
  registerEvidencePages(server, { store, graph, incidents, iris, clock, glossary: glossaryOf(terms) });
  await play();
});

afterAll(async () => {
  await server.close();
  await incidents.close();
  await graph.close();
  await world.close();
});

interface Cause {
  readonly rank: number;
  readonly title: string;
  readonly service: string;
  readonly receipt: { readonly iri: string };
  readonly cause: { readonly iri: string; readonly receipt: { readonly kind: string } };
  readonly supporting: readonly {
    readonly cites: readonly { readonly iri: string; readonly receipt: unknown }[];
  }[];
}

describe('an alert', () => {
  it('becomes an incident whose first candidate cites receipts that GraphQL, pages and RDF can show', async () => {
    const { data, errors } = await ask(
      server,
      `{ incidents(state: open) { nodes { id service candidates { rank title service receipt { iri }
        cause { iri receipt { kind } } supporting { cites { iri receipt { iri } } } } } } }`,
    );
    expect(errors).toBeUndefined();
    const [incident] = (data as { incidents: { nodes: { id: string; candidates: Cause[] }[] } }).incidents
      .nodes;
    const [first] = incident?.candidates ?? [];
    expect(first).toMatchObject({ rank: 1, service: 'payments', cause: { receipt: { kind: 'deployment' } } });
    const cites = first?.supporting.flatMap((argument) => argument.cites) ?? [];
    expect(cites.length).toBeGreaterThan(0);
    for (const { iri, receipt } of cites) expect(receipt, iri).not.toBeNull();

    const path = (iri: string | undefined): string => new URL(iri ?? '', 'http://none').pathname;
    for (const iri of [first?.cause.iri, first?.receipt.iri, ...cites.map((cite) => cite.iri)]) {
      const page = await server.inject({ url: path(iri), headers: { accept: 'text/html' } });
      expect([iri, page.statusCode]).toEqual([iri, 200]);
    }
    const page = await server.inject({
      url: `/id/${pathOf({ type: 'incident', id: incident?.id ?? '' })}`,
      headers: { accept: 'text/html' },
    });
    expect(page.body).toContain(`href="${path(first?.cause.iri)}"`);
    const rdf = await server.inject({
      url: path(first?.cause.iri),
      headers: { accept: 'application/n-triples' },
    });
    expect(rdf.body).toContain(`<${first?.cause.iri}>`);
  });

  it('tells whose degradation is its own, as its analysis found it, without analysing again', async () => {
    const { data } = await ask(
      server,
      '{ incidents { nodes { id localisation { reach degradations { service own explained } } } } }',
    );
    const [incident] = (data as { incidents: { nodes: { id: string; localisation: unknown }[] } }).incidents
      .nodes;
    expect(incident?.localisation).toMatchObject({
      reach: expect.arrayContaining(['web', 'payments']),
      degradations: expect.arrayContaining([{ service: 'payments', own: 1, explained: 0 }]),
    });
    const held = incidents.localisation(incident?.id ?? '') ?? expect.unreachable();
    expect(incident?.localisation).toMatchObject({ reach: held.reach });
  });

  it('is analysed anew when asked, with the same first cause', async () => {
    const { data, errors } = await ask(
      server,
      '{ rootCauseCandidates(service: "web") { reach candidates { rank service cause { receipt { kind } } } } }',
    );
    expect(errors).toBeUndefined();
    const { rootCauseCandidates } = data as { rootCauseCandidates: { candidates: unknown[] } };
    expect(rootCauseCandidates.candidates[0]).toEqual({
      rank: 1,
      service: 'payments',
      cause: { receipt: { kind: 'deployment' } },
    });
  });
});

describe('what people say', () => {
  const first = async () => {
    const { data } = await ask(server, '{ incidents { nodes { id candidates { receipt { iri } } } } }');
    const { incidents } = data as { incidents: { nodes: { id: string; candidates: Cause[] }[] } };
    const node = incidents.nodes[0] ?? expect.unreachable();
    return { id: node.id, candidate: node.candidates[0]?.receipt.iri ?? '' };
  };
  const verdict = (input: object) =>
    ask(
      server,
      'mutation V($input: GiveVerdictInput!) { giveVerdict(input: $input) { confirmedCause { title } } }',
      {
        input,
      },
    );

  it('is recorded once for one id, and shown in GraphQL, on the page and in SPARQL', async () => {
    const { id, candidate } = await first();
    const input = {
      incident: id,
      judgement: 'confirmed',
      candidate,
      author: 'first-on-call',
      clientMutationId: 'v1',
    };
    for (let sent = 0; sent < 2; sent++) {
      const { data, errors } = await verdict(input);
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({
        giveVerdict: { confirmedCause: { title: expect.stringContaining('2.0') } },
      });
    }
    const taken = await ask(
      server,
      'mutation A($input: AcknowledgeIncidentInput!) { acknowledgeIncident(input: $input) { acknowledgements { author message } } }',
      { input: { incident: id, author: '<b>second-on-call</b>', message: 'rolling back' } },
    );
    expect(taken.data).toEqual({
      acknowledgeIncident: {
        acknowledgements: [{ author: '<b>second-on-call</b>', message: 'rolling back' }],
      },
    });
    const shown = await ask(
      server,
      `{ incident(id: "${id}") { verdicts { judgement author } alertCount alerts(first: 1) { iri } similar { score }
        candidates { verdicts { author } } } }`,
    );
    expect(shown.errors).toBeUndefined();
    expect(shown.data).toMatchObject({
      incident: {
        verdicts: [{ judgement: 'confirmed', author: 'first-on-call' }],
        alertCount: 1,
        candidates: expect.arrayContaining([{ verdicts: [{ author: 'first-on-call' }] }]),
        similar: [],
      },
    });
    const url = `/id/${pathOf({ type: 'incident', id })}`;
    const page = await server.inject({ url, headers: { accept: 'text/html' } });
    expect(page.body).toContain('Confirmed cause: <strong>');
    expect(page.body).toContain('&lt;b&gt;second-on-call&lt;/b&gt; took it on: rolling back');
    const text = `SELECT ?who ?judged { <${iris.of({ type: 'incident', id })}> tps:verdict ?v . ?v tps:author ?who ; tps:judges ?judged }`;
    const { body } = await graph.query({ text, accept: 'text/csv' });
    expect(Buffer.from(body).toString()).toBe(`who,judged\r\nfirst-on-call,${candidate}\r\n`);
  });

  it.each([
    [{ judgement: 'confirmed' }, 'judgement confirmed: expected candidate, and no cause', 'bad-request'],
    [{ judgement: 'other' }, 'judgement other: expected cause, and no candidate', 'bad-request'],
    [
      { judgement: 'rejected', candidate: 'candidate/x' },
      'candidate/x is no candidate of incident ID',
      'unknown-candidate',
    ],
    [
      { judgement: 'other', cause: { title: ' ' } },
      'title: expected a text that is not empty',
      'bad-request',
    ],
    [
      { incident: 'none', judgement: 'other', cause: { title: 'x' } },
      'there is no incident none',
      'unknown-incident',
    ],
  ])('refuses %j', async (given, message, code) => {
    const { id } = await first();
    const { data, errors } = await verdict({ incident: id, author: 'a', ...given });
    expect(data).toEqual({ giveVerdict: null });
    expect(errors?.[0]).toMatchObject({ message: message.replace('ID', id), extensions: { code } });
  });

  it('is not taken by GET', async () => {
    const query = 'mutation { resolveIncident(input: {incident: "x", author: "a"}) { id } }';
    const response = await server.inject({ url: `/graphql?query=${encodeURIComponent(query)}` });
    expect(response.statusCode).toBe(405);
  });

  it('comes with mean times that are null where they rest on nothing', async () => {
    const { data, errors } = await ask(
      server,
      `query S($from: DateTime!) { incidentStatistics(from: $from) { incidents open
        timeToDetect { seconds incidents } timeToResolve { seconds incidents } } }`,
      { from: new Date(ago(60)).toISOString() },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      incidentStatistics: {
        incidents: 1,
        open: 1,
        timeToDetect: { seconds: expect.any(Number), incidents: 1 },
        timeToResolve: { seconds: null, incidents: 0 },
      },
    });
  });
});
