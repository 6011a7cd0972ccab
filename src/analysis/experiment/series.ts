import type { EvidenceStore } from '../../evidence/index.js';
import { isSelected, type Selector, type SeriesRef } from '../../model/index.js';
import { AnalysisError } from '../errors.js';
import type { ExperimentDesign } from './design.js';

/** An arm is made of so many series at most. */
const MOST_SERIES = 1_000;

/** The series of both arms; a control without any is that of an experiment that has none. */
export interface ArmSeries {
  readonly treated: readonly SeriesRef[];
  readonly control: readonly SeriesRef[];
}

function selected(store: EvidenceStore, metric: string, selector: Selector): readonly SeriesRef[] {
  const services = selector.flatMap(({ name, operator, value }) =>
    name === 'service' && operator === '=' ? [value] : [],
  );
  const found = store
    .findSeries({ metrics: [metric], ...(services.length === 0 ? {} : { services }) })
    .filter((series) => isSelected(series, selector));
  if (found.length <= MOST_SERIES) return found.map(({ ref }) => ref);
  throw new AnalysisError(
    'bad-request',
    `${metric}: ${found.length} series are selected for one arm and ${MOST_SERIES} are allowed; name more labels`,
  );
}

/** The series of both arms. Fails with `bad-request` where an arm has too many, or one belongs to both. */
export function seriesOfArms(
  store: EvidenceStore,
  { metric, treated, control }: ExperimentDesign,
): ArmSeries {
  const arms = {
    treated: selected(store, metric, treated),
    control: control === undefined ? [] : selected(store, metric, control),
  };
  const both = new Set(arms.treated);
  if (!arms.control.some((ref) => both.has(ref))) return arms;
  throw new AnalysisError(
    'bad-request',
    `${metric}: some series belong to the canary and to the control; select them apart, such as {track!="canary"}`,
  );
}
