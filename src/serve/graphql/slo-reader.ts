/** Objectives as they are now: from the last evaluation where there is one, else judged. */
import { judgeSlos, revisionAt, type SloHistory, type SloStatus } from '../../analysis/index.js';
import { type Instant, MINUTE_MS, pathOfEvent } from '../../model/index.js';
import type { GraphqlContext } from './context.js';

/** The last evaluation is as good as judging anew while it is so young. */
const FRESH_MS = 2 * MINUTE_MS;

/** The statuses of objectives at a time, now when absent, in the order given; those not in force are left out. */
export async function judged(
  histories: readonly SloHistory[],
  at: Instant | null | undefined,
  { deps, now, budget }: GraphqlContext,
): Promise<readonly SloStatus[]> {
  const moment = at ?? now;
  const standing = at == null ? deps.board.current() : undefined;
  const fresh = standing !== undefined && now - standing.at <= FRESH_MS ? standing.slos : [];
  const byRevision = new Map(fresh.map((status) => [pathOfEvent(status.slo), status]));
  const asked = histories.flatMap((history) => {
    const revision = revisionAt(history, moment);
    return revision === undefined ? [] : [{ history, path: pathOfEvent(revision) }];
  });
  const others = asked.filter(({ path }) => !byRevision.has(path)).map(({ history }) => history);
  if (others.length > 0) {
    budget.spend('judgements');
    for (const status of await judgeSlos(deps.store, others, moment)) {
      byRevision.set(pathOfEvent(status.slo), status);
    }
  }
  return asked.flatMap(({ path }) => byRevision.get(path) ?? []);
}

/** The status of one objective; undefined when none of that name was in force then. */
export async function judgedOne(
  name: string,
  at: Instant | null | undefined,
  context: GraphqlContext,
): Promise<SloStatus | undefined> {
  const history = context.deps.slos.historyOf(name);
  const [status] = history === undefined ? [] : await judged([history], at, context);
  return status;
}
