import { type Appended, type Batch, type EvidenceStore, Recorder } from '../evidence/index.js';
import type { Graph, QueryAnswer, QueryRequest } from '../graph/index.js';
import { GenchiError } from '../model/index.js';
import type { Metrics } from './metrics/index.js';

/** Reads a clock that only goes forward, in milliseconds. */
export type Stopwatch = () => number;

/** A recorder that times every commit. */
export class MeasuredRecorder extends Recorder {
  readonly #metrics: Metrics;
  readonly #stopwatch: Stopwatch;

  constructor(store: EvidenceStore, metrics: Metrics, stopwatch: Stopwatch) {
    super(store);
    this.#metrics = metrics;
    this.#stopwatch = stopwatch;
    this.subscribe((recorded) => metrics.hear(recorded));
  }

  override async record(batch: Batch, door: string): Promise<Appended> {
    const startedMs = this.#stopwatch();
    const appended = await super.record(batch, door);
    this.#metrics.committed((this.#stopwatch() - startedMs) / 1_000);
    return appended;
  }
}

async function measureQuery(
  request: QueryRequest,
  ask: (request: QueryRequest) => Promise<QueryAnswer>,
  metrics: Metrics,
  stopwatch: Stopwatch,
): Promise<QueryAnswer> {
  const startedMs = stopwatch();
  const seconds = (): number => (stopwatch() - startedMs) / 1_000;
  try {
    const answer = await ask(request);
    metrics.queried('answered', seconds(), answer.cost);
    return answer;
  } catch (error) {
    metrics.queried(error instanceof GenchiError ? error.code : 'failed', seconds(), undefined);
    throw error;
  }
}

/** The same graph, with every query timed and counted by its outcome. */
export function measuredGraph(graph: Graph, metrics: Metrics, stopwatch: Stopwatch): Graph {
  return {
    query: (request) => measureQuery(request, (asked) => graph.query(asked), metrics, stopwatch),
    describe: (path, accept) => graph.describe(path, accept),
    topology: () => graph.topology(),
    dependencies: (services) => graph.dependencies(services),
    packs: () => graph.packs(),
    slos: () => graph.slos(),
    sloHistories: () => graph.sloHistories(),
    runbooks: () => graph.runbooks(),
    runbookFaults: () => graph.runbookFaults(),
    hear: (recorded) => graph.hear(recorded),
    figures: () => graph.figures(),
    close: () => graph.close(),
  };
}
