import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import {
  LiveLoop,
  type LiveOptions,
  loadSignals,
  type MetricTable,
  metricTableOf,
  Signals,
  StandingBoard,
  TrendBoard,
} from './analysis/index.js';
import type { RunningApp } from './cli/index.js';
import {
  type Config,
  ConfigError,
  isLoopback,
  resolveSecrets,
  retentionRulesOf,
  withDefaults,
} from './config/index.js';
import { type EvidenceStore, Housekeeper, openDuckDbStore } from './evidence/index.js';
import { openGraph, readOntologyTerms, type Topology } from './graph/index.js';
import { type Clock, changeKinds, formatInstant, Iris, instantOf, MINUTE_MS } from './model/index.js';
import {
  type IncidentBook,
  type IncidentChange,
  Lessons,
  matchRunbooks,
  openIncidents,
  processTimers,
  readReviewTemplate,
  readTemplate,
} from './rca/index.js';
import {
  createHouse,
  createLobby,
  createLogger,
  Feed,
  type HttpOptions,
  Listener,
  MeasuredRecorder,
  Metrics,
  measuredGraph,
  Objectives,
  type PersistedOperations,
  type Readiness,
  readPersistedOperations,
  Subscribers,
  Webhooks,
} from './serve/index.js';
import { Shutdown, within } from './shutdown.js';
import { VERSION } from './version.js';

/** What a test may replace. */
export interface AppParts {
  readonly clock?: Clock;
  readonly logger?: FastifyBaseLogger;
  /** What the headers of federation endpoints refer to; that of the process unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** How long answers that are under way may take once the server stops, before their connections are cut. */
const DRAIN_MS = 7_000;

/** How many changes are looked through, at the start, for the newest of each service that the exporter tells of. */
const RECALLED_CHANGES = 1_000;

/** A clock that only goes forward, in milliseconds. */
const stopwatch = (): number => performance.now();

/** What every room is opened with. */
interface Ground {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Metrics;
  readonly http: HttpOptions;
  readonly env: NonNullable<AppParts['env']>;
  readonly shutdown: Shutdown;
  readonly subscribers: Subscribers;
}

function groundOf(settings: Partial<Config>, parts: AppParts): Ground {
  const config = withDefaults(settings);
  const { logLevel, logFormat, bodyBytes } = config;
  const text = logFormat === 'text' || (logFormat === 'auto' && process.stderr.isTTY === true);
  const logger = parts.logger ?? createLogger(logLevel, text ? 'text' : 'json');
  const metrics = new Metrics({
    version: VERSION,
    services: config.metricsServices,
    onServicesFull: (service) =>
      logger.warn(
        { service, metricsServices: config.metricsServices },
        'not every service has series of its own at /metrics: raise metricsServices',
      ),
  });
  return {
    config,
    clock: parts.clock ?? (() => instantOf(Date.now())),
    logger,
    metrics,
    env: parts.env ?? process.env,
    http: { logger, bodyBytes, observeRequest: (figures) => metrics.requested(figures) },
    shutdown: new Shutdown(logger),
    subscribers: new Subscribers(config.graphqlSubscribers),
  };
}

/** What the receipts of a fresh folder are named by unless it is said: where the server listens, at a name that leads there. */
function ownUrl(url: string): string {
  return url.replace(/^http:\/\/(?:0\.0\.0\.0|\[::\])(?=:|$)/, 'http://localhost');
}

/** Receipts keep the names they were recorded by, whatever address the server listens on today. */
function checkBase(baseIri: string, { publicUrl, data }: Config): void {
  if (publicUrl === '' || publicUrl === baseIri) return;
  throw new ConfigError(
    'bad-setting',
    `publicUrl: the receipts of ${data} are named by ${baseIri} since that folder was made, and ${publicUrl} would ` +
      `break every link to them; leave --public-url out, say --public-url ${baseIri}, or choose another folder with --data`,
  );
}

/** Opens the store of the data folder; fails with `bad-setting` when another public URL is asked for than its own. */
async function openEvidence({ config, clock, logger, metrics, shutdown }: Ground, url: string) {
  const { data: folder, memoryMib: memoryMiB, threads } = config;
  const publicUrl = config.publicUrl === '' ? ownUrl(url) : config.publicUrl;
  const { store, baseIri } = await openDuckDbStore({ folder, clock, memoryMiB, threads, publicUrl });
  shutdown.add('evidence store', () => store.close());
  const compaction = new Housekeeper({
    step: (signal) => store.compact(signal),
    everyMs: config.compactionEveryMs,
    onStep: (part, tookMs) => {
      metrics.sorted(part.samples);
      logger.debug({ part, tookMs }, 'sorted old samples into a part');
    },
    onFailure: (err) => logger.warn({ err }, 'old samples could not be sorted into a part'),
  });
  shutdown.add('compaction', () => compaction.close());
  const rules = retentionRulesOf(config);
  const retention = new Housekeeper({
    step: (signal) => store.retention.step(rules, signal),
    everyMs: config.retentionEveryMs,
    onStep: (step, tookMs) => {
      metrics.retention.did(step);
      const { window, ...moved } = step;
      const span = { from: formatInstant(window.from), until: formatInstant(window.to) };
      logger.info({ ...moved, ...span, tookMs: Math.round(tookMs) }, 'moved what is older than it is kept');
    },
    onFailure: (err) => {
      metrics.retention.failed();
      logger.warn({ err }, 'old evidence could not be moved; it stays where it was');
    },
  });
  shutdown.add('retention', () => retention.close());
  checkBase(baseIri, config);
  if (!isLoopback(config.host) && isLoopback(new URL(baseIri).hostname)) {
    logger.warn(
      { baseIri },
      'receipts are named by an address that only this machine reaches: make the data folder with --public-url',
    );
  } else logger.info({ baseIri }, 'receipts are named');
  return { store, iris: new Iris(baseIri) };
}

/** What metrics tell of the pillars, of those that are in the store at the time. */
async function readSignals(
  { config, logger }: Ground,
  store: EvidenceStore,
): Promise<LiveOptions['signals']> {
  const { sources, faults } = await loadSignals(config.signals || undefined);
  for (const fault of faults) logger.warn(fault, 'a source of signals is left out');
  return new Signals(store, sources).current;
}

/** Keeps the pillars and the standing up to date from now on. */
function startLive(
  { config, clock, logger, metrics, shutdown }: Ground,
  parts: Pick<LiveOptions, 'store' | 'recorder' | 'board' | 'signals'> & {
    readonly pillarMetrics: MetricTable;
    readonly trends: TrendBoard;
  },
): LiveLoop {
  const { store, recorder, board, signals, pillarMetrics, trends } = parts;
  const live = new LiveLoop({
    ...{ store, recorder, board, clock, stopwatch, metrics: pillarMetrics },
    graceMs: config.minuteGraceMs,
    everyMs: config.evaluationEveryMs,
    signals,
    onClosed: (closed) => {
      metrics.closed(closed);
      if (closed.minutesLeft > 0) logger.info({ closed }, 'catching up on minutes of the pillars');
    },
    onEvaluated: ({ at, durationMs }) => {
      metrics.evaluated(durationMs / 1_000);
      trends.refresh(at).catch((err) => logger.warn({ err }, 'trends could not be read again'));
    },
    onFailure: (err) => logger.error({ err }, 'an evaluation failed; the next one tries again'),
  });
  recorder.subscribe(live.hear);
  shutdown.add('trends', () => trends.close());
  shutdown.add('evaluation', () => live.close());
  live.start();
  return live;
}

/** The operations that clients of GraphQL may name; fails with `bad-setting` on a file that has none. */
async function persistedOf(config: Config): Promise<PersistedOperations | undefined> {
  const { graphqlPersistedOperations: file, graphqlPersistedOnly: only } = config;
  if (file !== '') return await readPersistedOperations(file, only);
  if (!only) return undefined;
  throw new ConfigError(
    'bad-setting',
    'graphqlPersistedOnly: expected graphqlPersistedOperations beside it, or no operation would be taken',
  );
}

/** Opens every room, the store first, and the house on top of them. */
async function openRooms(ground: Ground, url: string, say: (what: string) => void): Promise<FastifyInstance> {
  const { clock, config, http, logger, metrics, shutdown } = ground;
  const postmortemTemplate = await readTemplate(config.postmortemTemplate || undefined);
  const reviewTemplate = await readReviewTemplate(config.reviewTemplate || undefined);
  const persisted = await persistedOf(config);
  say('opening the evidence store');
  const { store, iris } = await openEvidence(ground, url);
  metrics.recall(await store.events({ kinds: changeKinds, order: 'newest-first', limit: RECALLED_CHANGES }));
  const recorder = new MeasuredRecorder(store, metrics, stopwatch);
  say('loading the knowledge graph');
  const { sparqlWorkers: workers, sparqlTimeoutMs: deadlineMs, sparqlMaxReceipts: maxReceipts } = config;
  const opened = await openGraph({
    ...{ store, iris, clock, workers, deadlineMs, maxReceipts },
    endpoints: resolveSecrets(config.federation.endpoints, ground.env),
    ...(config.queries === '' ? {} : { packFolder: config.queries }),
    onPackFault: ({ message }) => logger.warn({ message }, 'a query pack is left out'),
    ...(config.runbooks === '' ? {} : { runbookFolder: config.runbooks }),
    onRunbookFault: ({ message }) => logger.warn({ message }, 'a runbook is left out, or kept as it was'),
  });
  shutdown.add('graph', () => opened.close());
  const graph = measuredGraph(opened, metrics, stopwatch);
  recorder.subscribe((recorded) => graph.hear(recorded));
  const board = new StandingBoard();
  const signals = await readSignals(ground, store);
  say('taking up incidents');
  const settings = { windowMs: config.incidentWindowMinutes * MINUTE_MS };
  const topology = (): Topology => graph.topology();
  const webhooks = await Webhooks.open({
    ...{ iris, clock, logger, schedule: processTimers, random: Math.random, folder: config.data },
    hooks: resolveSecrets(config.webhooks, ground.env),
    incident: (id) => incidents.get(id),
    runbooks: (incident) => matchRunbooks(incident, { store, graph, iris }),
  });
  const incidentFeed = new Feed<IncidentChange>();
  const onChange = (change: IncidentChange): void => {
    webhooks.tell(change);
    incidentFeed.publish(change);
  };
  const lessons = new Lessons(store, settings.windowMs);
  const parts = { store, recorder, topology, iris, clock, logger, settings, lessons, onChange };
  const incidents: IncidentBook = await openIncidents(parts);
  webhooks.resume();
  shutdown.add('webhooks', () => webhooks.close());
  shutdown.add('incidents', () => incidents.close());
  recorder.subscribe((recorded) => incidents.hear(recorded));
  const pillarMetrics = metricTableOf(await readOntologyTerms());
  const objectives = await Objectives.open({
    ...{ recorder, graph, clock, logger },
    ...(config.slos === '' ? {} : { folder: config.slos }),
  });
  shutdown.add('objectives', () => objectives.close());
  const trends = new TrendBoard({ store, metrics: pillarMetrics });
  const live = startLive(ground, { store, recorder, board, signals, pillarMetrics, trends });
  metrics.attach({
    graph: () => graph.figures(),
    incidents: () => incidents.counts(),
    openIncidents: () => incidents.open(),
    webhooks: () => webhooks.figures(),
    standing: () => board.current(),
    pillarMetrics,
    late: () => live.late,
    clock,
  });
  say('opening the doors');
  const rooms = {
    store,
    recorder,
    signals,
    graph,
    incidents,
    lessons,
    webhooks,
    slos: objectives.book,
    metrics,
    iris,
    clock,
    board,
  };
  const house = await createHouse({
    ...rooms,
    trends,
    incidentFeed,
    subscribers: ground.subscribers,
    persisted,
    http,
    version: VERSION,
    limits: config,
    graphiql: config.graphiql,
    corsOrigins: config.corsOrigins,
    postmortemTemplate,
    reviewTemplate,
    incidentWindowMs: settings.windowMs,
    sparql: { deadlineMs, maxReceipts, federates: config.federation.endpoints.length > 0 },
  });
  shutdown.add('doors', () => house.close());
  return house;
}

/** Not ready, stop accepting, let answers go out, then close every room: what was taken is committed by then. */
async function stop(
  { logger, shutdown, subscribers }: Ground,
  listener: Listener,
  loading: Promise<void>,
): Promise<void> {
  logger.info('stopping');
  const drained = listener.drain();
  // Those who listen would stay for ever; they are told that it is over.
  subscribers.close();
  // Rooms that are half open cannot be closed; what they fail with was told to whoever waits for `ready`.
  await loading.catch(() => undefined);
  if (!(await within(DRAIN_MS, drained))) {
    logger.warn({ afterMs: DRAIN_MS }, 'cutting connections that are still busy');
    listener.cut();
  }
  await shutdown.run();
  logger.info('stopped');
}

/**
 * Starts a server: it listens and is healthy at once, and becomes ready when its store and its knowledge are loaded.
 * Fails with `address-unusable` when it cannot listen.
 */
export async function startApp(settings: Partial<Config>, parts: AppParts = {}): Promise<RunningApp> {
  const ground = groundOf(settings, parts);
  const { config, http, logger, shutdown } = ground;
  let readiness: Readiness = { state: 'starting', waitingFor: 'opening the data folder' };
  const lobby = await createLobby(http, () => readiness);
  shutdown.add('lobby', () => lobby.close());
  const listener = new Listener(lobby);
  const url = await listener.listen(config.host, config.port).catch(async (error: unknown) => {
    await shutdown.run();
    throw error;
  });
  logger.info({ url, version: VERSION }, 'listening');
  if (!isLoopback(config.host))
    logger.warn({ host: config.host }, 'open to everyone who reaches this address');

  const load = async (): Promise<void> => {
    const house = await openRooms(ground, url, (waitingFor) => {
      if (readiness.state === 'starting') readiness = { state: 'starting', waitingFor };
    });
    if (readiness.state !== 'starting') return;
    listener.open(house);
    readiness = { state: 'ready' };
    logger.info('ready');
  };
  const ready = load().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    if (readiness.state === 'starting') readiness = { state: 'failed', why };
    throw error;
  });
  // Whoever waits for it hears of a failure; nobody has to wait.
  ready.catch(() => undefined);

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    readiness = { state: 'stopping' };
    closing ??= stop(ground, listener, ready);
    return closing;
  };
  return { url, ready, close };
}

/** The GraphQL schema as text. */
export { schemaSdl as printGraphqlSchema } from './serve/index.js';
