/** Takes up incidents, and whoever is told of them. */

import { resolveSecrets } from '../config/index.js';
import type { EvidenceStore, Recorder } from '../evidence/index.js';
import type { Graph, Topology } from '../graph/index.js';
import { type Iris, MINUTE_MS } from '../model/index.js';
import { fetchTrusting } from '../outgoing/index.js';
import {
  type IncidentBook,
  type IncidentChange,
  Lessons,
  matchRunbooks,
  openIncidents,
  processTimers,
  readRecentChanges,
} from '../rca/index.js';
import { Feed, Webhooks } from '../serve/index.js';
import type { Ground } from './ground.js';

interface Parts {
  readonly store: EvidenceStore;
  readonly recorder: Recorder;
  readonly graph: Graph;
  readonly iris: Iris;
}

/** Opens the book of incidents; webhooks and subscribers hear of each change. */
export async function takeUpIncidents(
  { config, clock, env, logger, shutdown }: Ground,
  { store, recorder, graph, iris }: Parts,
) {
  const settings = { windowMs: config.incidentWindowMinutes * MINUTE_MS };
  const topology = (): Topology => graph.topology();
  const webhooks = await Webhooks.open({
    ...{ iris, clock, logger, schedule: processTimers, random: Math.random, folder: config.data },
    ask: fetchTrusting(config.caFile),
    hooks: resolveSecrets(config.webhooks, env),
    incident: (id) => incidents.get(id),
    recorded: (since) => readRecentChanges(store, since, clock()),
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
  await webhooks.resume();
  shutdown.add('webhooks', () => webhooks.close());
  shutdown.add('incidents', () => incidents.close());
  recorder.subscribe((recorded) => incidents.hear(recorded));
  return { incidents, lessons, webhooks, incidentFeed, incidentWindowMs: settings.windowMs };
}
