import type { Effort, EventReceipt, ImprovementState, Instant } from '../../model/index.js';
import type { Experiment } from '../experiment/design.js';

/** An entry of the Kaizen log: an improvement, or an experiment that is over. */
export interface Improvement {
  /** What it comes from: receipts of an improvement, or those of an experiment. */
  readonly source: 'improvement' | 'experiment';
  /** The id that its author gave it. */
  readonly id: string;
  readonly title: string;
  readonly state: ImprovementState;
  readonly service: string | undefined;
  readonly metric: string | undefined;
  readonly owner: string | undefined;
  readonly effort: Effort | undefined;
  readonly expectedChangePercent: number | undefined;
  readonly message: string | undefined;
  /** What was surprising, of an experiment. */
  readonly surprise: string | undefined;
  /** As they were recorded, in the metric's unit. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Of an experiment, as recorded at its end. */
  readonly changePercent: number | undefined;
  readonly startedAt: Instant | undefined;
  readonly doneAt: Instant | undefined;
  /** When its present state was recorded. */
  readonly at: Instant;
  /** The receipt of its present state, and of an experiment that of its start too. */
  readonly receipts: readonly EventReceipt[];
}

const effortOf = (text: string | undefined): Effort | undefined =>
  text === 'small' || text === 'medium' || text === 'large' ? text : undefined;

function stateOf(text: string): ImprovementState {
  switch (text) {
    case 'started':
    case 'done':
    case 'verified':
    case 'not_held':
    case 'abandoned':
      return text;
    default:
      return 'proposed';
  }
}

/** When it last came into a state, whatever was said of it while it was in it. */
function enteredAt(
  history: readonly EventReceipt<'improvement'>[],
  state: ImprovementState,
): Instant | undefined {
  return history.findLast((one, place) => one.state === state && history[place - 1]?.state !== state)?.at;
}

/**
 * The entry of an improvement from its receipts in the order of time; the last of them is its state, and fields that it
 * does not say again stay as they were. Undefined without a receipt.
 */
export function improvementOf(history: readonly EventReceipt<'improvement'>[]): Improvement | undefined {
  const last = history.at(-1);
  if (last === undefined) return undefined;
  const latest = <T>(read: (receipt: EventReceipt<'improvement'>) => T | undefined): T | undefined =>
    history.reduce<T | undefined>((known, receipt) => read(receipt) ?? known, undefined);
  return {
    source: 'improvement',
    id: last.improvement,
    title: last.title,
    state: stateOf(last.state),
    service: latest(({ service }) => service),
    metric: latest(({ metric }) => metric),
    owner: latest(({ owner }) => owner),
    effort: effortOf(latest(({ effort }) => effort)),
    expectedChangePercent: latest(({ expectedChangePercent }) => expectedChangePercent),
    message: last.message,
    surprise: undefined,
    before: latest(({ before }) => before),
    after: latest(({ after }) => after),
    changePercent: undefined,
    startedAt: enteredAt(history, 'started'),
    doneAt: enteredAt(history, 'done'),
    at: last.at,
    receipts: [last],
  };
}

/** What an outcome makes of an experiment as an improvement. */
function stateOfOutcome(outcome: string | undefined): ImprovementState {
  switch (outcome) {
    case 'success':
      return 'verified';
    case 'marginal':
      return 'done';
    case 'negative':
      return 'not_held';
    default:
      return 'abandoned';
  }
}

/** The entry of an experiment that is over; undefined while it runs. */
export function improvementOfExperiment({ id, started, ended }: Experiment): Improvement | undefined {
  if (ended === undefined) return undefined;
  return {
    source: 'experiment',
    id,
    title: started.action ?? started.hypothesis ?? id,
    state: stateOfOutcome(ended.outcome),
    service: started.service,
    metric: started.metric,
    owner: started.owner,
    effort: undefined,
    expectedChangePercent: started.expectedChangePercent,
    message: started.hypothesis,
    surprise: ended.surprise,
    before: ended.before,
    after: ended.after,
    changePercent: ended.metricChangePercent,
    startedAt: started.at,
    doneAt: ended.at,
    at: ended.at,
    receipts: [ended, started],
  };
}
