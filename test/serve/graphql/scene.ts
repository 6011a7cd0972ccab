import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import {
  ExperimentDesk,
  ImprovementBook,
  type MetricTable,
  metricTableOf,
  SloBook,
  StandingBoard,
  TrendBoard,
} from '../../../src/analysis/index.js';
import { type EvidenceStore, Recorder } from '../../../src/evidence/index.js';
import { type Graph, openGraph, readOntologyTerms } from '../../../src/graph/index.js';
import {
  type Clock,
  type EventReceipt,
  type Instant,
  Iris,
  instantOf,
  MINUTE_MS,
  pathOf,
  pathOfEvent,
  shift,
} from '../../../src/model/index.js';
import {
  type Analysis,
  type Incident,
  type IncidentBook,
  type IncidentBounds,
  type IncidentChange,
  PostmortemDesk,
  type Question,
  type RecordedCandidate,
  ReviewDesk,
  readReviewTemplate,
  readTemplate,
} from '../../../src/rca/index.js';
import { statisticsOfIncidents } from '../../../src/rca/statistics.js';
import { AuditBook } from '../../../src/serve/audit/index.js';
import { openAccess } from '../../../src/serve/auth/index.js';
import { registerEvidencePages } from '../../../src/serve/dereference.js';
import { Feed } from '../../../src/serve/feed.js';
import { glossaryOf } from '../../../src/serve/glossary.js';
import { type PersistedOperations, registerGraphql } from '../../../src/serve/graphql/index.js';
import { Subscribers } from '../../../src/serve/graphql/subscribers.js';
import { createHttp } from '../../../src/serve/http.js';
import { blockOf, freshFolder, openStore, receiptFor, T0 } from '../../evidence/fixture.js';

/** A text that would run in a page, break out of an attribute, and end a script. */
export const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;

/** So many minutes after the start of the scene. */
export const atMinute = (minutes: number): Instant => shift(T0, minutes * MINUTE_MS);

export const iris = new Iris('http://127.0.0.1:4600');

const latency = { __name__: 'latency_seconds', service: 'web', pod: HOSTILE };

/** What was recorded: web calls payments, payments was deployed, web got slow, an alert fired. */
export const recorded = {
  dependency: receiptFor({
    kind: 'dependency',
    at: atMinute(0),
    service: 'web',
    callee: 'payments',
    dependencyKind: 'http',
  }),
  deployment: receiptFor({
    kind: 'deployment',
    at: atMinute(10),
    service: 'payments',
    version: '2.0',
    author: HOSTILE,
    labels: { region: 'eu', note: HOSTILE },
  }),
  task: receiptFor({ kind: 'task_completed', at: atMinute(11), service: 'web', latencyMs: 120, waitMs: 3 }),
  failure: receiptFor({
    kind: 'failure',
    at: atMinute(12),
    service: 'web',
    component: 'db',
    reason: 'timeout',
  }),
  alert: receiptFor({
    kind: 'alert_fired',
    at: atMinute(13),
    service: 'web',
    name: 'Slow',
    severity: 'critical',
    summary: HOSTILE,
    startsAt: atMinute(13),
    runbookUrl: 'https://runbooks.example.com/slow',
    generatorUrl: 'javascript:alert(1)',
    metricChangePercent: 40,
  }),
} as const;

/** A dozen of deployments to page through, in the last hour of the scene. */
export const deployments = Array.from({ length: 12 }, (_, index) =>
  receiptFor({
    kind: 'deployment',
    at: atMinute(60 + Math.floor(index / 3)),
    service: 'mail',
    version: `1.${index}`,
  }),
);

const supporting = [
  { sentence: `payments changed ${HOSTILE}`, cites: [pathOfEvent(recorded.deployment)] },
  {
    sentence: 'it is called',
    cites: [pathOfEvent(recorded.dependency), pathOf({ type: 'service', name: 'payments' })],
  },
];

const candidate: RecordedCandidate = {
  rank: 1,
  score: 0.8125,
  causeKind: 'deployment',
  title: `payments 2.0 ${HOSTILE}`,
  service: 'payments',
  component: HOSTILE,
  metric: 'latency_seconds',
  metricChangePercent: 212.4,
  onsetAt: atMinute(11),
  cause: pathOfEvent(recorded.deployment),
  terms: [
    { name: 'nearness', meaning: `a minute before ${HOSTILE}`, value: 0.9, weight: 0.5, contribution: 0.45 },
  ],
  supporting,
  opposing: [{ sentence: 'no failure in payments', cites: [] }],
  receipt: 'candidate/20260105T101400.000Z/0123456789abcdef0123456789abcdef',
};

const rejected: RecordedCandidate = {
  ...candidate,
  rank: 2,
  score: 0.1,
  causeKind: 'failure',
  title: 'db of web',
  service: 'web',
  cause: pathOfEvent(recorded.failure),
  supporting: [],
  opposing: [{ sentence: 'it came after', cites: [pathOfEvent(recorded.failure)] }],
  rejected: `it began after the symptom ${HOSTILE}`,
};

export const incident: Incident = {
  id: 'web/slow 1',
  state: 'open',
  title: `web is slow ${HOSTILE}`,
  severity: 'critical',
  service: 'web',
  metric: 'latency_seconds',
  startsAt: atMinute(13),
  onsetAt: atMinute(11),
  endsAt: undefined,
  runbookUrl: 'https://runbooks.example.com/slow',
  alerts: [pathOfEvent(recorded.alert)],
  evidenceUntil: atMinute(13),
  analysis: 1,
  candidates: [candidate],
  rejected: [rejected],
  why: {
    place: '0',
    kind: 'felt',
    service: 'web',
    sentence: `latency_seconds of web rose ${HOSTILE}`,
    onsetAt: atMinute(11),
    cites: [],
    query: 'SELECT * WHERE { ?s ?p ?o }',
    causes: [
      {
        place: '1',
        kind: 'change',
        service: 'payments',
        sentence: `payments 2.0 ${HOSTILE}`,
        onsetAt: atMinute(10),
        cites: [pathOfEvent(recorded.deployment)],
        query: undefined,
        causes: [],
        end: { reason: `no evidence below ${HOSTILE}`, needed: 'its diff' },
        receipt: 'why/20260105T101400.000Z/0123456789abcdef0123456789abcdef',
      },
    ],
  },
  missing: ['no logs of payments'],
  closed: undefined,
  acknowledgements: [],
  verdicts: [],
};

const incidents: readonly Incident[] = [
  incident,
  ...Array.from(
    { length: 4 },
    (_, index): Incident => ({ ...incident, id: `old-${index}`, state: 'resolved', service: 'mail' }),
  ),
];

/** A book with fixed incidents. */
const within = ({ state, service }: IncidentBounds): readonly Incident[] =>
  incidents.filter(
    (each) =>
      (state === undefined || each.state === state) && (service === undefined || each.service === service),
  );

const book: IncidentBook = {
  list: async ({ limit, after, direction, ...bounds }) => {
    const found = direction === 'backward' ? within(bounds).toReversed() : within(bounds);
    const start = after === undefined ? 0 : found.findIndex((each) => each.id === after) + 1;
    return found.slice(start, start + limit);
  },
  get: async (id) => incidents.find((each) => each.id === id),
  getMany: async (ids) => incidents.filter((each) => ids.includes(each.id)),
  count: (bounds) => within(bounds).length,
  hear: () => undefined,
  settled: async () => undefined,
  open: () => incidents.filter(({ state }) => state === 'open'),
  counts: () => ({ all: incidents.length, open: 1, openBySeverity: new Map([['critical', 1]]) }),
  localisation: () => undefined,
  similar: async () => [],
  statistics: async () => statisticsOfIncidents(incidents, new Map()),
  acknowledge: async () => incident,
  judge: async () => incident,
  resolve: async () => incident,
  close: async () => undefined,
};

const analysisOf = (question: Question): Analysis => ({
  question,
  baseline: { from: atMinute(-60), to: atMinute(0) },
  recent: { from: atMinute(0), to: atMinute(20) },
  onsetAt: atMinute(11),
  symptomMetric: 'latency_seconds',
  firstFailing: 'payments',
  affected: ['web'],
  reach: ['web', 'payments'],
  seriesScanned: 1,
  degradations: [
    {
      service: 'payments',
      own: 0.9,
      explained: 0,
      explainedBy: undefined,
      onsetAt: atMinute(11),
      measured: true,
    },
  ],
  candidates: [candidate],
  rejected: [rejected],
  why: {
    place: '0',
    kind: 'felt',
    service: question.service,
    sentence: 'latency_seconds of web rose.',
    onsetAt: atMinute(11),
    cites: [],
    query: undefined,
    causes: [],
    end: { reason: 'Nothing recorded says why.', needed: 'Metrics of its resources.' },
  },
  missing: [],
  learnedFrom: { incidents: 21, latestVerdictAt: atMinute(-30) },
});

/** A server with GraphQL and the evidence pages over the scene, in a real store. */
export interface Scene {
  readonly server: FastifyInstance;
  readonly store: EvidenceStore;
  /** The questions that were analysed. */
  readonly asked: Question[];
  /** What subscriptions are told from. */
  readonly incidentFeed: Feed<IncidentChange>;
  readonly board: StandingBoard;
  readonly subscribers: Subscribers;
  /** The lines of the log. */
  readonly log: string[];
  /** Records more, which the graph hears of. */
  record(...events: readonly EventReceipt[]): Promise<void>;
  close(): Promise<void>;
}

async function recordScene(store: EvidenceStore): Promise<void> {
  const events: readonly EventReceipt[] = [...Object.values(recorded), ...deployments];
  const samples = Array.from(
    { length: 20 },
    (_, minute) => [latency, minute * MINUTE_MS, minute / 10] as const,
  );
  const rest = [
    [latency, 20 * MINUTE_MS, Number.POSITIVE_INFINITY],
    [latency, 21 * MINUTE_MS, null],
  ] as const;
  await store.append({ events, samples: blockOf(store, [...samples, ...rest]) });
}

/** A desk of post-mortems over a store. */
export async function deskOn(store: EvidenceStore, graph: Graph, clock: Clock): Promise<PostmortemDesk> {
  return new PostmortemDesk({
    ...{ store, graph, iris, clock, recorder: new Recorder(store), template: await readTemplate() },
    windowMs: 30 * MINUTE_MS,
    detection: { target: 60_000, alert: 300_000 },
  });
}

/** A desk of reviews on a store. */
export async function reviewsOn(
  store: EvidenceStore,
  metrics: MetricTable,
  clock: Clock,
  incidents: Pick<IncidentBook, 'get'>,
): Promise<ReviewDesk> {
  return new ReviewDesk({
    ...{ store, metrics, iris, clock, template: await readReviewTemplate() },
    incident: (id) => incidents.get(id),
  });
}

/** What a test may replace of the scene. */
export interface SceneOptions {
  readonly graphiql?: boolean;
  readonly folder?: string;
  readonly persisted?: PersistedOperations;
  /** How many may listen at once. */
  readonly subscribers?: number;
  /** The store that GraphQL reads from, around the real one. */
  readonly watched?: (store: EvidenceStore) => EvidenceStore;
  /** The book of incidents, over the watched store. */
  readonly book?: (store: EvidenceStore) => Promise<IncidentBook>;
}

/** Opens the scene, in a fresh folder unless one is given; its clock stands at minute 20. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const { folder, remove } =
    options.folder === undefined
      ? await freshFolder()
      : { folder: options.folder, remove: async () => undefined };
  const store = await openStore(folder, atMinute(120));
  await recordScene(store);
  const watched = options.watched?.(store) ?? store;
  const incidentBook = (await options.book?.(watched)) ?? book;
  const log: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void log.push(line) });
  const server = await createHttp({
    logger,
    bodyBytes: 1_048_576,
    access: openAccess,
    observeRequest: () => undefined,
  });
  const asked: Question[] = [];
  const analyse = async (question: Question): Promise<Analysis> => {
    asked.push(question);
    if (question.service === 'broken') throw new TypeError('a secret of the inside');
    return analysisOf(question);
  };
  const clock = () => atMinute(20);
  const graph = await openGraph({ store, iris, clock, workers: 1, deadlineMs: 20_000, maxReceipts: 1_000 });
  const graphiql = () => options.graphiql ?? true;
  const terms = await readOntologyTerms();
  const pillarMetrics = metricTableOf(terms);
  const postmortems = await deskOn(store, graph, clock);
  const recorder = new Recorder(store);
  const incidentFeed = new Feed<IncidentChange>();
  const board = new StandingBoard();
  const subscribers = new Subscribers(options.subscribers ?? 100);
  registerGraphql(server, {
    recorder,
    audit: new AuditBook({ recorder, clock, logger }),
    incidentFeed,
    board,
    subscribers,
    persisted: options.persisted,
    slos: new SloBook({ recorder, histories: () => graph.sloHistories() }),
    experiments: new ExperimentDesk({ store, recorder, metrics: pillarMetrics }),
    trends: new TrendBoard({ store, metrics: pillarMetrics }),
    improvements: new ImprovementBook({ store, recorder, metrics: pillarMetrics }),
    webhooks: { figures: () => [], test: async () => ({ outcome: 'delivered', status: 204 }) },
    store: watched,
    graph,
    incidents: incidentBook,
    postmortems,
    reviews: await reviewsOn(watched, pillarMetrics, clock, incidentBook),
    pillarMetrics,
    analyse,
    iris,
    clock,
    graphiql,
  });
  registerEvidencePages(server, { store, graph, incidents: book, iris, clock, glossary: glossaryOf(terms) });
  await server.ready();
  recorder.subscribe((heard) => graph.hear(heard));
  const record = async (...events: readonly EventReceipt[]): Promise<void> => {
    await recorder.record({ events }, 'genchi');
  };
  const close = async (): Promise<void> => {
    await server.close();
    await graph.close();
    await store.close();
    await remove();
  };
  return { server, store, asked, log, incidentFeed, board, subscribers, record, close };
}

/** The path of the sample that the scene recorded at a minute. */
export function samplePath(store: EvidenceStore, minute: number): string {
  const [series] = store.findSeries({ metrics: ['latency_seconds'] });
  if (series === undefined) throw new Error('the scene has a series');
  return pathOf({ type: 'sample', at: instantOf(atMinute(minute)), series: series.key });
}

/** Asks GraphQL over HTTP. */
export async function ask(
  server: FastifyInstance,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
) {
  const response = await server.inject({ method: 'POST', url: '/graphql', payload: { query, variables } });
  return { status: response.statusCode, ...response.json<{ data?: unknown; errors?: GraphqlFault[] }>() };
}

/** An error as a client sees it. */
export interface GraphqlFault {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string };
}
