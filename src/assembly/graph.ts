/** Opens the graph over the evidence. */
import { resolveSecrets } from '../config/index.js';
import type { EvidenceStore, Recorder } from '../evidence/index.js';
import { type Graph, openGraph } from '../graph/index.js';
import type { Iris } from '../model/index.js';
import { readAuthorities } from '../outgoing/index.js';
import { measuredGraph } from '../serve/index.js';
import { type Ground, stopwatch } from './ground.js';

/** Opens the graph, which hears of all that is recorded from then on. */
export async function openKnowledge(
  { config, clock, env, logger, metrics, shutdown }: Ground,
  {
    store,
    recorder,
    iris,
  }: { readonly store: EvidenceStore; readonly recorder: Recorder; readonly iris: Iris },
): Promise<Graph> {
  const { sparqlWorkers: workers, sparqlTimeoutMs: deadlineMs, sparqlMaxReceipts: maxReceipts } = config;
  const opened = await openGraph({
    ...{ store, iris, clock, workers, deadlineMs, maxReceipts },
    endpoints: resolveSecrets(config.federation.endpoints, env),
    authorities: config.caFile === '' ? undefined : readAuthorities(config.caFile),
    ...(config.queries === '' ? {} : { packFolder: config.queries }),
    onPackFault: ({ message }) => logger.warn({ message }, 'a query pack is left out'),
    ...(config.runbooks === '' ? {} : { runbookFolder: config.runbooks }),
    onRunbookFault: ({ message }) => logger.warn({ message }, 'a runbook is left out, or kept as it was'),
  });
  shutdown.add('graph', () => opened.close());
  const graph = measuredGraph(opened, metrics, stopwatch);
  recorder.subscribe((recorded) => graph.hear(recorded));
  return graph;
}
