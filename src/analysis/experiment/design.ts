import {
  type EventReceipt,
  HOUR_MS,
  type Instant,
  type Matcher,
  parseSelector,
  type Selector,
  shift,
  type Window,
} from '../../model/index.js';
import type { MetricTable } from '../metrics.js';
import { judgementOf } from '../trend/read.js';
import type { Peeking } from './peeking.js';
import type { Expectation } from './verdict.js';

/** What an experiment was set up to show, as the receipt of its start says it. */
export interface ExperimentDesign {
  readonly metric: string;
  readonly startedAt: Instant;
  /** Which series are looked at; the service of the receipt where no selector names one. */
  readonly treated: Selector;
  /** Undefined where the time before is compared with. */
  readonly control: Selector | undefined;
  /** Undefined where neither a change was expected nor the metric has a good side. */
  readonly expectation: Expectation | undefined;
  readonly baseline: Window;
  readonly peeking: Peeking;
}

/** An experiment: the receipt of its start, and that of its end when it is over. */
export interface Experiment {
  readonly id: string;
  readonly started: EventReceipt<'experiment_started'>;
  readonly ended: EventReceipt<'experiment_ended'> | undefined;
}

function expectationOf(
  { expectedChangePercent, metric }: EventReceipt<'experiment_started'>,
  metrics: MetricTable,
): Expectation | undefined {
  if (expectedChangePercent !== undefined && expectedChangePercent !== 0) {
    return {
      wanted: expectedChangePercent < 0 ? 'lower' : 'higher',
      byPercent: Math.abs(expectedChangePercent),
    };
  }
  const { better } = judgementOf(metrics, metric);
  return better === 'lower' || better === 'higher' ? { wanted: better, byPercent: 0 } : undefined;
}

function selectorOf(text: string | undefined, service: string | undefined): Selector {
  const selector = (text === undefined ? undefined : parseSelector(text)) ?? [];
  const ofService: Matcher | undefined =
    service === undefined ? undefined : { name: 'service', operator: '=', value: service };
  return ofService === undefined || selector.some(({ name }) => name === 'service')
    ? selector
    : [ofService, ...selector];
}

/** Reads the design of an experiment from the receipt of its start. */
export function designOf(
  started: EventReceipt<'experiment_started'>,
  metrics: MetricTable,
): ExperimentDesign {
  const { at, metric, service, treatedSelector, controlSelector, plannedMinutes, baselineFrom } = started;
  return {
    metric,
    startedAt: at,
    treated: selectorOf(treatedSelector, service),
    control: controlSelector === undefined ? undefined : selectorOf(controlSelector, service),
    expectation: expectationOf(started, metrics),
    baseline: { from: baselineFrom ?? shift(at, -HOUR_MS), to: at },
    peeking:
      plannedMinutes === undefined ? { kind: 'open-ended' } : { kind: 'planned', pairs: plannedMinutes },
  };
}
