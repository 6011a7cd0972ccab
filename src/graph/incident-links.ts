import type { EvidenceStore, RowScan, RowValue } from '../evidence/index.js';
import { type IncidentLink, linkedKinds } from './incidents.js';

/** More receipts of one kind than a store of events can hold. */
const ALL = 1_000_000_000;

function value(name: string): RowValue {
  return { type: 'column', column: { source: 'links', name } };
}

/** Reads what incidents are linked to, by the columns that tell it and not by whole receipts. */
export async function readLinks(store: EvidenceStore): Promise<readonly IncidentLink[]> {
  const read = await Promise.all(linkedKinds.map((kind) => readLinksOf(store, kind)));
  return read.flat();
}

async function readLinksOf(
  store: EvidenceStore,
  kind: IncidentLink['kind'],
): Promise<readonly IncidentLink[]> {
  const scan: RowScan = {
    bounds: { from: 'event', kinds: [kind] },
    columns: {
      path: [{ type: 'path' }],
      incident: [{ type: 'column', name: 'incident' }],
      analysis: [{ type: 'column', name: 'analysis' }],
    },
  };
  const { rows } = await store.select({
    sources: [{ type: 'scan', name: 'links', scans: [scan], present: ['path', 'incident'] }],
    conditions: [],
    values: ['path', 'incident', 'analysis'].map(value),
    limit: ALL,
  });
  return rows.map(([path, incident, analysis]) => ({
    kind,
    path: String(path),
    incident: String(incident),
    analysis: analysis === undefined ? undefined : Number(analysis),
  }));
}
