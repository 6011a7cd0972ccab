/** Opens every room of a server, in the order in which they need each other. */
import type { FastifyInstance } from 'fastify';
import { type MetricTable, metricTableOf, StandingBoard, TrendBoard } from '../analysis/index.js';
import { type Config, ConfigError, redactionRulesOf } from '../config/index.js';
import { type EvidenceStore, parseVerifierKey, type Recorder, type VerifierKey } from '../evidence/index.js';
import { type Graph, readOntologyTerms } from '../graph/index.js';
import { changeKinds, KnownNames, Sensitive } from '../model/index.js';
import { readReviewTemplate, readTemplate } from '../rca/index.js';
import {
  AuditBook,
  createHouse,
  MeasuredRecorder,
  Objectives,
  type PersistedOperations,
  readPageOperations,
  readPersistedOperations,
} from '../serve/index.js';
import { VERSION } from '../version.js';
import { auditAccess } from './access.js';
import { takeUpBackups } from './backups.js';
import { openEvidence } from './evidence.js';
import { openKnowledge } from './graph.js';
import { type Ground, stopwatch } from './ground.js';
import { takeUpIncidents } from './incidents.js';
import { readSignals, startLive } from './live.js';

/** How many changes are looked through, at the start, for the newest of each service that the exporter tells of. */
const RECALLED_CHANGES = 1_000;

/** The operations that clients of GraphQL may name, those of the pages among them; fails with `bad-setting` on a file that has none. */
async function persistedOf(config: Config): Promise<PersistedOperations | undefined> {
  const { graphqlPersistedOperations: file, graphqlPersistedOnly: only } = config;
  if (file !== '') {
    const { byId } = await readPersistedOperations(file, only);
    return { byId: new Map([...(await readPageOperations()), ...byId]), only };
  }
  if (!only) return undefined;
  throw new ConfigError(
    'bad-setting',
    'graphqlPersistedOnly: expected graphqlPersistedOperations beside it, or no operation would be taken',
  );
}

/** The keys of the witnesses; fails with `bad-setting` on a text that is none. */
function witnessesOf({ witnesses }: Config): readonly VerifierKey[] {
  return witnesses.map((text) => {
    try {
      return parseVerifierKey(text);
    } catch (cause) {
      throw new ConfigError('bad-setting', `witnesses: ${cause instanceof Error ? cause.message : text}`, {
        cause,
      });
    }
  });
}

/** The names that events may speak of: those of the evidence, and as many more as the settings allow. */
async function namesOf(config: Config, store: EvidenceStore) {
  const limits = { services: config.maxServices, alerts: config.maxAlertNames };
  const [services, alerts] = await Promise.all([store.services(), store.alertNames()]);
  return { limits, known: new KnownNames(limits, { services, alerts }) };
}

/** What users may replace by files of their own. */
async function readOwnFiles(config: Config) {
  return {
    postmortemTemplate: await readTemplate(config.postmortemTemplate || undefined),
    reviewTemplate: await readReviewTemplate(config.reviewTemplate || undefined),
    persisted: await persistedOf(config),
  };
}

/** Health, objectives and trends, kept up to date from now on. */
async function startKaizen(
  ground: Ground,
  parts: { readonly store: EvidenceStore; readonly recorder: Recorder; readonly graph: Graph },
  pillarMetrics: MetricTable,
) {
  const { config, clock, logger, shutdown } = ground;
  const { store, recorder, graph } = parts;
  const board = new StandingBoard();
  const signals = await readSignals(ground, store);
  const objectives = await Objectives.open({
    ...{ recorder, graph, clock, logger },
    ...(config.slos === '' ? {} : { folder: config.slos }),
  });
  shutdown.add('objectives', () => objectives.close());
  const trends = new TrendBoard({ store, metrics: pillarMetrics });
  const live = startLive(ground, { store, recorder, board, signals, pillarMetrics, trends });
  return { board, signals, trends, slos: objectives.book, live };
}

/** Opens every room, the store first, and the house on top of them; `say` is told what is waited for. */
export async function openRooms(
  ground: Ground,
  url: string,
  say: (what: string) => void,
): Promise<FastifyInstance> {
  const { clock, config, gate, http, metrics, shutdown, subscribers } = ground;
  const { sparqlTimeoutMs: deadlineMs, sparqlMaxReceipts: maxReceipts } = config;
  const own = await readOwnFiles(config);
  say('opening the evidence store');
  const { store, iris } = await openEvidence(ground, url);
  metrics.recall(await store.events({ kinds: changeKinds, order: 'newest-first', limit: RECALLED_CHANGES }));
  const backups = takeUpBackups(ground, store);
  const names = await namesOf(config, store);
  const recorder = new MeasuredRecorder(store, metrics, stopwatch);
  const audit = new AuditBook({ recorder, clock, logger: ground.logger });
  say('loading the knowledge graph');
  const graph = await openKnowledge(ground, { store, recorder, iris });
  say('taking up incidents');
  const taken = await takeUpIncidents(ground, { store, recorder, graph, iris });
  const pillarMetrics = metricTableOf(await readOntologyTerms());
  const { live, ...kaizen } = await startKaizen(ground, { store, recorder, graph }, pillarMetrics);
  metrics.attach({
    graph: () => graph.figures(),
    incidents: () => taken.incidents.counts(),
    openIncidents: () => taken.incidents.open(),
    webhooks: () => taken.webhooks.figures(),
    standing: () => kaizen.board.current(),
    late: () => live.late,
    log: () => store.log,
    series: () => ({ count: store.seriesCount, limit: config.maxSeries }),
    names: () => ({ known: names.known.counts, limits: names.limits }),
    ...{ pillarMetrics, clock },
  });
  kaizen.board.subscribe((standing) => {
    metrics
      .prepare(standing)
      .catch((err) => ground.logger.warn({ err }, 'a standing could not be written ahead'));
  });
  auditAccess(ground, audit);
  const sensitive = new Sensitive(redactionRulesOf(config.redaction), (rule) => metrics.sensitive(rule));
  say('opening the doors');
  const house = await createHouse({
    ...{ store, recorder, graph, metrics, iris, clock, subscribers, http, version: VERSION },
    limits: { ...config, sensitive, names: names.known },
    ...taken,
    backups,
    ...kaizen,
    ...own,
    ...{ gate, audit },
    graphiql: () => (config.graphiql === 'auto' ? !gate.isAsked : config.graphiql),
    corsOrigins: config.corsOrigins,
    witnesses: witnessesOf(config),
    sparql: { deadlineMs, maxReceipts, federates: config.federation.endpoints.length > 0 },
  });
  shutdown.add('doors', () => house.close());
  return house;
}
