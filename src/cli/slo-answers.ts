/** How `genchi slo` shows objectives. */
import type { DetailedSlo, ShownRevision, ShownSlo } from './slo-shapes.js';
import { formatTable, printable } from './table.js';

const percent = (value: number | null, digits = 4): string =>
  value === null ? '-' : `${Number(value.toPrecision(digits))} %`;

function spanOf(minutes: number | null): string {
  if (minutes === null) return '-';
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/** What is asked of its metrics, in a few words. */
function askedOf({ metric, direction, target, selectors, badMetric }: ShownRevision): string {
  if (metric !== null) return `${selectors[0] ?? metric} ${direction === 'AT_LEAST' ? '>=' : '<='} ${target}`;
  return `${badMetric === null ? '' : 'not '}${selectors.join(' of ')}`;
}

const firing = ({ burns }: ShownSlo): string =>
  burns
    .filter((burn) => burn.firing === true)
    .map(({ rule }) => rule.toLowerCase().replace('_', '-'))
    .join(' ');

/** A table of objectives. */
export function printSlos(slos: readonly ShownSlo[]): string {
  const columns = [
    'name',
    'service',
    'state',
    'attained',
    'objective',
    'window',
    'coverage',
    'budget left',
    'firing',
  ];
  const rows = slos.map((slo) => [
    slo.name,
    slo.revision.service ?? '',
    slo.state.toLowerCase(),
    percent(slo.attainmentPercent),
    percent(slo.objectivePercent, 7),
    spanOf(slo.revision.windowMinutes),
    percent(slo.coverage * 100, 3),
    percent(slo.budget.leftPercent, 3),
    firing(slo),
  ]);
  return slos.length === 0 ? 'There is no objective.\n' : formatTable({ columns, rows });
}

/** Everything known of one objective. */
export function printSlo(slo: DetailedSlo): string {
  const { revision, budget, unit } = slo;
  const one = unit.toLowerCase();
  const rate = (value: number | null): string => (value === null ? '?' : `${Number(value.toPrecision(3))}x`);
  const lines = [
    `${slo.name}${revision.title === null ? '' : `: ${revision.title}`}`,
    `  ${askedOf(revision)}, ${percent(slo.objectivePercent, 7)} over ${spanOf(revision.windowMinutes)}`,
    `  ${slo.state.toLowerCase()}: ${percent(slo.attainmentPercent, 6)} of ${Number(slo.total.toPrecision(6))} ${one} good, ${percent(slo.coverage * 100, 3)} of the window has data`,
    `  budget: ${Number(budget.spent.toPrecision(4))} of ${Number(budget.allowed.toPrecision(4))} ${one} spent, ${percent(budget.leftPercent, 3)} left`,
    ...(slo.current === null
      ? []
      : [
          `  now ${Number(slo.current.toPrecision(6))}${slo.headroomPercent === null ? '' : `, headroom ${percent(slo.headroomPercent, 3)}`}`,
        ]),
    ...(slo.outliersLeftOut === null ? [] : [`  ${slo.outliersLeftOut} outliers left out`]),
    ...slo.burns.map(({ rule, factor, firing: fires, long, short }) => {
      const state = fires === true ? 'FIRING' : fires === null ? 'not known' : 'quiet';
      const name = rule.toLowerCase().replace('_', '-');
      return `  ${name} (${factor}x): ${rate(long.rate)} over ${spanOf(long.minutes)}, ${rate(short.rate)} over ${spanOf(short.minutes)}: ${state}`;
    }),
    ...slo.missing.map((sentence) => `  ${sentence}`),
    ...(slo.proposal === null ? [] : [`  ${slo.proposal.sentence}`]),
    ...(revision.reason === null ? [] : [`  why: ${revision.reason}`]),
    ...slo.revisions.map(
      (each) => `  ${each.at} ${each.retired ? 'retired' : askedOf(each)} ${each.receipt.iri}`,
    ),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}
