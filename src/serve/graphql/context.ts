import type { Principal } from '../../access/index.js';
import {
  type ExperimentDesk,
  healthSettingsOf,
  type ImprovementBook,
  type MetricTable,
  type SloBook,
  type StandingBoard,
  type TrendBoard,
} from '../../analysis/index.js';
import type { EvidenceStore, Recorder, SignalSeries } from '../../evidence/index.js';
import type { Graph } from '../../graph/index.js';
import type { Clock, Instant, Iris, KnownNames, Sensitive } from '../../model/index.js';
import type {
  Analysis,
  IncidentBook,
  IncidentChange,
  PostmortemDesk,
  Question,
  ReviewDesk,
} from '../../rca/index.js';
import type { AuditBook } from '../audit/index.js';
import type { Feed } from '../feed.js';
import type { Webhooks } from '../webhooks/index.js';
import { Budget } from './budget.js';
import { HealthReader } from './health-reader.js';
import { LostReader } from './lost.js';
import type { PersistedOperations } from './persisted.js';
import { ReceiptReader } from './receipt-reader.js';
import type { Subscribers } from './subscribers.js';

/** What GraphQL answers from. */
export interface GraphqlDeps {
  readonly store: EvidenceStore;
  /** The way in for what people record here. */
  readonly recorder: Recorder;
  /** What the texts of events may not hold; what comes with Genchi unless given. */
  readonly sensitive?: Sensitive | undefined;
  /** The names that events may speak of; of any number unless given. */
  readonly names?: KnownNames | undefined;
  /** Where acts are recorded. */
  readonly audit: Pick<AuditBook, 'note' | 'refuse'>;
  readonly graph: Graph;
  readonly incidents: IncidentBook;
  readonly webhooks: Pick<Webhooks, 'figures' | 'test'>;
  /** What incidents become, as it happens. */
  readonly incidentFeed: Feed<IncidentChange>;
  /** What the last evaluation found. */
  readonly board: StandingBoard;
  readonly subscribers: Subscribers;
  readonly postmortems: PostmortemDesk;
  readonly reviews: ReviewDesk;
  readonly experiments: ExperimentDesk;
  readonly improvements: ImprovementBook;
  readonly trends: TrendBoard;
  readonly slos: SloBook;
  /** Analyses, with what verdicts on past incidents taught or without. */
  readonly analyse: (question: Question, learned: boolean) => Promise<Analysis>;
  /** How far back analyses of incidents look, in milliseconds; 30 minutes unless given. */
  readonly incidentWindowMs?: number;
  /** The metrics of the pillars, as the ontology declares them. */
  readonly pillarMetrics: MetricTable;
  /** The series that the pillars are read from beside events; none unless given. */
  readonly signals?: () => readonly SignalSeries[];
  readonly iris: Iris;
  readonly clock: Clock;
  /** What is known of who comes in: when a Prometheus last scraped, and whether they must say who they are. */
  readonly entrance?: { readonly scrapedAt: () => Instant | undefined; readonly isAsked: () => boolean };
  /** Operations that clients may name by an id; none unless given. */
  readonly persisted?: PersistedOperations | undefined;
  /** Whether browsers get GraphiQL at the same address. */
  readonly graphiql: () => boolean;
}

/** What the resolvers of one request share. */
export interface GraphqlContext {
  readonly deps: GraphqlDeps;
  /** The time of the request: every default of it is the same one. */
  readonly now: Instant;
  readonly budget: Budget;
  readonly receipts: ReceiptReader;
  readonly health: HealthReader;
  readonly lost: LostReader;
  /** Cuts off the client, when it listens but does not read. */
  readonly drop: () => void;
  /** Who asks. */
  readonly principal: Principal;
  /** Ends when they may not ask any more. */
  readonly until: AbortSignal;
  /** Where the request comes from. */
  readonly address: string;
}

/** Makes the context of one request. */
export function contextOf(
  deps: GraphqlDeps,
  { drop, principal, until, address }: Pick<GraphqlContext, 'drop' | 'principal' | 'until' | 'address'>,
): GraphqlContext {
  const budget = new Budget();
  return {
    deps,
    now: deps.clock(),
    budget,
    receipts: new ReceiptReader(deps.store, budget),
    drop,
    principal,
    until,
    address,
    lost: new LostReader(deps.store),
    health: new HealthReader(deps.store, budget, healthSettingsOf(deps.pillarMetrics), deps.signals),
  };
}
