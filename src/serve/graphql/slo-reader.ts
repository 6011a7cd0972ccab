/** Objectives as they are now: from the last evaluation where there is one, else judged. */
import { judgeSlos, revisionAt, type SloHistory, type SloStatus } from '../../analysis/index.js';
import { type Instant, pathOfEvent } from '../../model/index.js';
import type { GraphqlContext } from './context.js';
import { freshStanding } from './fresh-standing.js';

/** The statuses of objectives at a time, now when absent, in the order given; those not in force are left out. */
export async function judged(
  histories: readonly SloHistory[],
  at: Instant | null | undefined,
  context: GraphqlContext,
): Promise<readonly SloStatus[]> {
  const { deps, now, budget } = context;
  const moment = at ?? now;
  const fresh = at == null ? freshStanding(context)?.slos : undefined;
  const judgedNow = new Map<string, SloStatus>();
  const asked = histories.flatMap((history) => {
    const revision = revisionAt(history, moment);
    return revision === undefined ? [] : [{ history, path: pathOfEvent(revision) }];
  });
  const others = asked.filter(({ path }) => fresh?.has(path) !== true).map(({ history }) => history);
  if (others.length > 0) {
    budget.spend('judgements');
    for (const status of await judgeSlos(deps.store, others, moment)) {
      judgedNow.set(pathOfEvent(status.slo), status);
    }
  }
  return asked.flatMap(({ path }) => fresh?.get(path) ?? judgedNow.get(path) ?? []);
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
