import type { EvidenceStore } from '../evidence/index.js';
import type { Topology } from '../graph/index.js';
import { readAlerts } from './casebook.js';
import { readDetails } from './details.js';
import type { Incident } from './incident.js';
import { bySimilarity, type Compared, type Similar, similarityOf } from './similar.js';

/** How many past incidents are compared in full: those that look most alike at a glance, then the newest. */
const MOST_COMPARED = 100;
/** How many alerts of an incident are looked at for their names. */
const MOST_ALERTS = 100;

async function compared(incident: Incident, store: EvidenceStore): Promise<Compared> {
  const alerts = await readAlerts(store, incident.alerts.slice(0, MOST_ALERTS));
  return { incident, alertNames: new Set(alerts.map(({ name }) => name)) };
}

/** What is known of an incident without reading anything. */
function atAGlance(incident: Incident): Compared {
  return { incident, alertNames: new Set([incident.title.split(' on ')[0] ?? incident.title]) };
}

/** Finds the past incidents that are alike, the most alike first; fails as the store does. */
export async function similarTo(
  incident: Incident,
  past: readonly Incident[],
  { store, topology }: { readonly store: EvidenceStore; readonly topology: Topology },
): Promise<readonly Similar[]> {
  const glance = atAGlance(incident);
  const likely = past
    .map((other) => similarityOf(glance, atAGlance(other), topology))
    .toSorted((a, b) => b.score - a.score || b.incident.startsAt - a.incident.startsAt)
    .slice(0, MOST_COMPARED);
  const details = await readDetails(
    store,
    likely.map((one) => one.incident),
  );
  const one = await compared(incident, store);
  const others = await Promise.all(details.map((other) => compared(other, store)));
  return bySimilarity(others.map((other) => similarityOf(one, other, topology)));
}
