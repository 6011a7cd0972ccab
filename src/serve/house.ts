import type { FastifyInstance } from 'fastify';
import {
  ExperimentDesk,
  ImprovementBook,
  type MetricTable,
  metricTableOf,
  type SloBook,
  type StandingBoard,
  type TrendBoard,
} from '../analysis/index.js';
import type { EvidenceStore, Recorder, SignalSeries, VerifierKey } from '../evidence/index.js';
import { type Graph, type OntologyTerm, readOntologyTerms } from '../graph/index.js';
import { type Clock, type Iris, SECOND_MS } from '../model/index.js';
import {
  analyse,
  type IncidentBook,
  type IncidentChange,
  type Lessons,
  PostmortemDesk,
  type PostmortemTemplate,
  ReviewDesk,
  type ReviewTemplate,
} from '../rca/index.js';
import { type AuditBook, auditRoutes } from './audit/index.js';
import { type Gate, registerSessions } from './auth/index.js';
import { type BackupDesk, registerBackups } from './backups/index.js';
import { allowOrigins } from './cors.js';
import { registerEvidencePages } from './dereference.js';
import type { DoorLimits } from './doors/options.js';
import { registerDoors } from './doors/register.js';
import type { Feed } from './feed.js';
import { glossaryOf } from './glossary.js';
import { type PersistedOperations, registerGraphql, type Subscribers } from './graphql/index.js';
import { registerHome } from './home.js';
import { createHttp, type HttpOptions } from './http.js';
import { registerLog } from './log/register.js';
import { type Metrics, registerMetrics } from './metrics/index.js';
import { registerOntology } from './ontology.js';
import { registerOpenApi } from './openapi.js';
import { registerPacks } from './packs.js';
import { registerPostmortems } from './postmortems.js';
import { registerReviews } from './reviews.js';
import { registerVoid, type ServiceDescription } from './service-description.js';
import { registerSparql } from './sparql.js';
import { statisticsOf } from './statistics.js';
import { registerWeb, type SendWebPage } from './web.js';
import type { Webhooks } from './webhooks/index.js';

/** What the house stands on. */
export interface HouseParts {
  readonly http: HttpOptions;
  /** Who may ask, with the sessions of browsers. */
  readonly gate: Gate;
  /** Where acts are recorded. */
  readonly audit: AuditBook;
  readonly version: string;
  readonly store: EvidenceStore;
  readonly backups: BackupDesk;
  readonly recorder: Recorder;
  readonly graph: Graph;
  readonly incidents: IncidentBook;
  /** What incidents become, as it happens. */
  readonly incidentFeed: Feed<IncidentChange>;
  /** What the last evaluation found. */
  readonly board: StandingBoard;
  /** Operations of GraphQL that clients may name by an id; none unless given. */
  readonly persisted?: PersistedOperations | undefined;
  /** Who listens to subscriptions. */
  readonly subscribers: Subscribers;
  readonly webhooks: Webhooks;
  readonly trends: TrendBoard;
  readonly slos: SloBook;
  readonly lessons: Lessons;
  readonly metrics: Metrics;
  /** The series that the pillars are read from beside events; none unless given. */
  readonly signals?: () => readonly SignalSeries[];
  readonly iris: Iris;
  readonly clock: Clock;
  readonly limits: DoorLimits;
  /** Whether browsers get GraphiQL at `/graphql`. */
  readonly graphiql: () => boolean;
  /** What is told of the SPARQL endpoint's limits. */
  readonly sparql: Pick<ServiceDescription, 'deadlineMs' | 'maxReceipts' | 'federates'>;
  /** The origins whose pages may read answers; none unless given. */
  readonly corsOrigins?: readonly string[];
  /** Who may cosign checkpoints of the log; nobody unless given. */
  readonly witnesses?: readonly VerifierKey[];
  /** What post-mortems are written from. */
  readonly postmortemTemplate: PostmortemTemplate;
  /** What reviews of weeks are written from. */
  readonly reviewTemplate: ReviewTemplate;
  /** How far back the analyses of incidents look. */
  readonly incidentWindowMs: number;
}

function registerIn(
  house: FastifyInstance,
  { recorder, store, metrics, clock, iris, limits }: HouseParts,
): void {
  registerDoors(house, {
    recorder,
    intern: (labels) => store.internWithin(labels, limits.maxSeries),
    interning: (work) => store.interning(work),
    clock,
    iris,
    limits,
    observe: ({ door, reason, refused, overLimit, overNames, own }) => {
      metrics.refused(door, reason ?? 'bad-item', refused - overLimit - overNames);
      metrics.refused(door, 'series-limit', overLimit);
      metrics.refused(door, 'name-limit', overNames);
      metrics.cameBack(door, own);
    },
  });
}

/** Post-mortems hold detection against the figures of the ontology. */
function deskOf(parts: HouseParts, pillarMetrics: MetricTable): PostmortemDesk {
  const { judged } = pillarMetrics.andon_mttd_secs;
  const seconds = (value: number | undefined) => (value === undefined ? undefined : value * SECOND_MS);
  return new PostmortemDesk({
    ...parts,
    template: parts.postmortemTemplate,
    windowMs: parts.incidentWindowMs,
    detection:
      judged.better === 'lower'
        ? { target: seconds(judged.target), alert: seconds(judged.alert) }
        : { target: undefined, alert: undefined },
  });
}

function registerOut(
  house: FastifyInstance,
  parts: HouseParts,
  terms: readonly OntologyTerm[],
  sendPage: SendWebPage,
): void {
  const { store, graph, incidents, lessons, iris, clock, graphiql } = parts;
  const pillarMetrics = metricTableOf(terms);
  const postmortems = deskOf(parts, pillarMetrics);
  const reviews = new ReviewDesk({
    ...{ store, metrics: pillarMetrics, iris, clock, template: parts.reviewTemplate },
    incident: (id) => incidents.get(id),
    ...(parts.signals === undefined ? {} : { signals: parts.signals }),
  });
  registerGraphql(house, {
    store,
    recorder: parts.recorder,
    audit: parts.audit,
    sensitive: parts.limits.sensitive,
    names: parts.limits.names,
    incidentFeed: parts.incidentFeed,
    board: parts.board,
    subscribers: parts.subscribers,
    persisted: parts.persisted,
    graph,
    incidents,
    webhooks: parts.webhooks,
    pillarMetrics,
    ...(parts.signals === undefined ? {} : { signals: parts.signals }),
    slos: parts.slos,
    postmortems,
    reviews,
    experiments: new ExperimentDesk({ store, recorder: parts.recorder, metrics: pillarMetrics }),
    trends: parts.trends,
    improvements: new ImprovementBook({ store, recorder: parts.recorder, metrics: pillarMetrics }),
    analyse: async (question, learned) =>
      analyse(store, graph.topology(), question, learned ? await lessons.until(question.at) : undefined),
    incidentWindowMs: parts.incidentWindowMs,
    entrance: { scrapedAt: () => parts.metrics.scrapedAt, isAsked: () => parts.http.access.isAsked },
    iris,
    clock,
    graphiql,
  });
  const description = {
    iris,
    ...parts.sparql,
    statistics: statisticsOf({ store, graph, incidents, iris, clock }),
  };
  registerSparql(house, { graph, iris, description });
  registerVoid(house, description);
  registerPacks(house, graph, parts.sparql.deadlineMs);
  registerOpenApi(house, graph, parts.version);
  registerLog(house, { log: store.log, iris, witnesses: parts.witnesses ?? [] });
  registerEvidencePages(house, { store, graph, incidents, iris, clock, glossary: glossaryOf(terms) });
  registerPostmortems(house, { incidents, postmortems });
  registerReviews(house, reviews, sendPage);
  registerMetrics(house, parts.metrics, clock);
  registerBackups(house, parts.backups);
}

/** Makes the application with every door in and every page out. */
export async function createHouse(parts: HouseParts): Promise<FastifyInstance> {
  const house = await createHttp(parts.http);
  await allowOrigins(house, parts.corsOrigins ?? []);
  auditRoutes(house, parts.audit);
  registerIn(house, parts);
  registerSessions(house, parts.gate);
  const terms = await readOntologyTerms();
  const sendPage = await registerWeb(house);
  registerOut(house, parts, terms, sendPage);
  registerOntology(house, terms);
  const { version, incidents } = parts;
  registerHome(house, { version, incidents, sendPage });
  await house.ready();
  return house;
}
