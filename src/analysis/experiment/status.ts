import type { EvidenceStore } from '../../evidence/index.js';
import type { Instant } from '../../model/index.js';
import type { MetricTable } from '../metrics.js';
import { isCounter } from '../trend/read.js';
import { designOf, type Experiment, type ExperimentDesign } from './design.js';
import { minutesToGo } from './more-minutes.js';
import { type Levels, readArms, readLevels } from './read.js';
import { type ArmSeries, seriesOfArms } from './series.js';
import { surprisesOf } from './surprises.js';
import { type ExperimentVerdict, judge, type Outcome } from './verdict.js';

/** The metric that tells the throughput of a service. */
const THROUGHPUT = 'kanban_throughput_per_min';

/** What an experiment shows at a time. */
export interface ExperimentStatus {
  /** Up to when evidence was looked at: the time asked for, or the end. */
  readonly judgedAt: Instant;
  readonly verdict: ExperimentVerdict;
  /** Undefined while an arm has no minute, or nobody can say what would be good. */
  readonly outcome: Outcome | undefined;
  readonly baseline: Levels | undefined;
  readonly during: Levels | undefined;
  /** More minutes until a verdict, if what was measured stands; undefined with a verdict, or where none would do. */
  readonly minutesToGo: number | undefined;
  /** What keeps it from being decided, as a sentence. */
  readonly missing: string | undefined;
  readonly surprises: readonly string[];
}

/** What experiments are read from. */
export interface ExperimentSources {
  readonly store: EvidenceStore;
  readonly metrics: MetricTable;
}

/** What the metric was before the start, over both arms together. */
export function readBaseline(
  store: EvidenceStore,
  design: ExperimentDesign,
  { treated, control }: ArmSeries,
): Promise<Levels | undefined> {
  const { metric, baseline } = design;
  return readLevels(
    store,
    { metric: [...treated, ...control], ...levelsOf(store, metric, design) },
    baseline,
  );
}

function levelsOf(store: EvidenceStore, metric: string, { treated }: ExperimentDesign) {
  const services = treated.flatMap(({ name, operator, value }) =>
    name === 'service' && operator === '=' ? [value] : [],
  );
  const found = services.length === 0 ? [] : store.findSeries({ services, metrics: [THROUGHPUT] });
  return { isRate: isCounter(metric), throughput: found.map(({ ref }) => ref) };
}

function missingOf(
  { expectation, metric, peeking, control }: ExperimentDesign,
  outcome: Outcome | undefined,
  toGo: number | undefined,
): string | undefined {
  if (expectation === undefined) {
    return `Nobody said what change is expected, and ${metric} has no good side of its own.`;
  }
  if (outcome === undefined) {
    return control === undefined
      ? `No minute of ${metric} since the start, or none before it.`
      : `No minute since the start in which both arms have samples of ${metric}.`;
  }
  if (outcome.verdict !== 'undecided') return undefined;
  if (toGo !== undefined) {
    return `Not enough data: about ${toGo} more minutes would decide it, if what was measured so far stands.`;
  }
  if (peeking.kind === 'planned') return 'Not enough data, and the plan is too short to decide it.';
  return control === undefined
    ? 'Not enough data, and no more minutes would decide it: a longer baseline is needed.'
    : 'Not enough data, and no number of minutes that are compared would decide it.';
}

/** What an experiment shows at a time, or showed at its end when it ended before. */
export async function readStatus(
  { store, metrics }: ExperimentSources,
  { started, ended }: Pick<Experiment, 'started' | 'ended'>,
  at: Instant,
): Promise<ExperimentStatus> {
  const design = designOf(started, metrics);
  const { startedAt, expectation, peeking, metric } = design;
  const judgedAt = ended !== undefined && ended.at < at ? ended.at : at;
  const series = seriesOfArms(store, design);
  const levels = { metric: series.treated, ...levelsOf(store, metric, design) };
  const span = { startedAt, baselineFrom: design.baseline.from, at: judgedAt, isRate: levels.isRate };
  const baseline = await readBaseline(store, design, series);
  const during = await readLevels(store, levels, { from: startedAt, to: judgedAt });
  const { arms, against } = await readArms(store, series, span);
  const hasArms = expectation !== undefined && (design.control === undefined || series.control.length > 0);
  const outcome = hasArms ? judge(arms, expectation, peeking, against) : undefined;
  const isOpen = expectation !== undefined && outcome?.verdict === 'undecided';
  const toGo = isOpen ? minutesToGo(outcome, expectation, peeking, against) : undefined;
  return {
    judgedAt,
    verdict: outcome?.verdict ?? 'undecided',
    outcome,
    baseline,
    during,
    minutesToGo: toGo,
    missing: missingOf(design, outcome, toGo),
    surprises:
      outcome === undefined || expectation === undefined
        ? []
        : surprisesOf({ outcome, expectation, baseline, during }),
  };
}
