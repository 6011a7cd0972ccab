/** What an incident did to service level objectives: the share of bad minutes, or of bad events, while it went on. */
import { countSlo, objectiveOf } from '../../analysis/index.js';
import type { EvidenceStore } from '../../evidence/index.js';
import {
  type EventReceipt,
  instantOf,
  MINUTE_MS,
  pathOf,
  pathOfEvent,
  type Window,
} from '../../model/index.js';
import { claim, duration } from './claim.js';
import type { Claim } from './postmortem.js';

type Slo = EventReceipt<'slo'>;
type Found = NonNullable<Awaited<ReturnType<typeof countSlo>>>;

const USUAL_OBJECTIVE_PERCENT = 99;

const titleOf = ({ slo, title }: Slo): string => (title === undefined ? slo : `${title} (${slo})`);

function unknown(slo: Slo, why: string): Claim {
  const path = pathOfEvent(slo);
  return claim(`The objective ${titleOf(slo)} cannot be told: ${why}.`, [path], path);
}

/** How much of the error budget of its whole window bad minutes use. */
function budgetUsed({ objectivePercent = USUAL_OBJECTIVE_PERCENT, windowMinutes }: Slo, bad: number): string {
  const budget = ((100 - objectivePercent) / 100) * (windowMinutes ?? 0);
  if (budget <= 0) return '';
  const percent = (bad / budget) * 100;
  const shown = percent >= 10 ? percent.toFixed(0) : percent.toPrecision(2);
  return `, ${shown} % of its error budget of ${duration(budget * MINUTE_MS)} in ${duration((windowMinutes ?? 0) * MINUTE_MS)}`;
}

/** The samples that show what was bad, first and last. */
function marksOf(store: EvidenceStore, { firstBad, lastBad }: Found): readonly string[] {
  return [firstBad, lastBad].flatMap((mark) =>
    mark === undefined
      ? []
      : pathOf({ type: 'sample', series: store.seriesOf(mark.series).key, at: mark.at }),
  );
}

/** Minutes without samples are no good ones; they are left out and said. */
function ofMinutes(store: EvidenceStore, slo: Slo, found: Found): Claim {
  const { metric, target, direction } = slo;
  const held =
    metric === undefined
      ? `${slo.sliceTargetPercent} % of events good`
      : `${metric} ${direction === 'at_least' ? 'at least' : 'at most'} ${target}`;
  const { total: known, bad } = found;
  return claim(
    `The objective ${titleOf(slo)}, ${held}, was missed in ${bad} of the ${known} minutes that have samples (${((bad / known) * 100).toFixed(0)} %)${bad === 0 ? '' : budgetUsed(slo, bad)}.`,
    [pathOfEvent(slo), ...marksOf(store, found)],
    pathOfEvent(slo),
  );
}

function ofEvents(slo: Slo, { total, bad: counted }: Found): Claim {
  const bad = Math.min(total, Math.max(0, counted));
  const percent = (bad / total) * 100;
  const allowed = 100 - (slo.objectivePercent ?? USUAL_OBJECTIVE_PERCENT);
  return claim(
    `Of ${Math.round(total)} events of the objective ${titleOf(slo)}, ${Math.round(bad)} were bad (${percent.toPrecision(3)} %, where ${Number(allowed.toPrecision(3))} % are allowed).`,
    [pathOfEvent(slo)],
    pathOfEvent(slo),
  );
}

/** What the incident did to one objective, a sentence; "cannot be told" is an answer. Fails as the store does. */
export async function objectiveClaim(store: EvidenceStore, slo: Slo, window: Window): Promise<Claim> {
  const objective = objectiveOf(slo);
  if (objective === undefined) return unknown(slo, 'it names no metrics');
  const { sliceMs, unit } = objective;
  // The slices that the incident touched, whole.
  const from = instantOf(Math.floor(window.from / sliceMs) * sliceMs);
  const to = instantOf(Math.ceil(window.to / sliceMs) * sliceMs);
  const found = await countSlo(store, slo, { from, to });
  if (found === undefined || found.total <= 0) {
    const names = [slo.metric ?? slo.totalMetric, slo.goodMetric ?? slo.badMetric].filter(
      (name) => name !== undefined,
    );
    return unknown(slo, `there is not enough data of ${names.join(' and ')} while the incident went on`);
  }
  return unit === 'events' ? ofEvents(slo, found) : ofMinutes(store, slo, found);
}
