/** Which of the newest incidents each runbook was for. */
import { useMemo } from 'preact/hooks';
import { useQuery } from '../data/query.js';
import { RunbookUseDocument, type RunbookUseQuery } from '../generated/graphql.js';

/** An incident that a runbook was for, with the reason. */
export interface Use {
  readonly incident: RunbookUseQuery['incidents']['nodes'][number];
  readonly reason: string;
}

/** Uses by the name of the runbook, the newest first; pure. */
export function usesOf({ incidents }: RunbookUseQuery): ReadonlyMap<string, readonly Use[]> {
  const uses = new Map<string, Use[]>();
  for (const incident of incidents.nodes) {
    for (const { runbook, reason } of incident.runbooks) {
      if (runbook === null) continue;
      const own = uses.get(runbook.name) ?? [];
      if (!own.some((use) => use.incident.id === incident.id)) own.push({ incident, reason });
      uses.set(runbook.name, own);
    }
  }
  return uses;
}

/** The uses, with how they are read. */
export function useUses() {
  const query = useQuery(RunbookUseDocument, {});
  const uses = useMemo(() => (query.data === undefined ? undefined : usesOf(query.data)), [query.data]);
  return { query, uses };
}
