/** Series that tell what events tell otherwise, as {@link EvidenceStore.steps} reads them. */
import type { SeriesRef } from '../model/index.js';
import type { StepFigure } from './steps.js';

/**
 * What the samples of a series say of a service.
 * `tasks`, `failures`: counters of completed tasks, and of those that failed. `latency`: the counter of a bucket of a
 * histogram. `wait-sum`, `wait-count`: counters of seconds waited and of those who waited. `depth`, `capacity`: tasks in
 * a queue, and how many it takes. `circuit`: above 0 while a circuit is open; of several series of one circuit, any.
 * `active`, `known`: workers that work, and all there are. `load`: the load of one worker. `alert`: there while an alert
 * fires.
 */
export type SignalRole =
  | 'tasks'
  | 'failures'
  | 'latency'
  | 'wait-sum'
  | 'wait-count'
  | 'depth'
  | 'capacity'
  | 'circuit'
  | 'active'
  | 'known'
  | 'load'
  | 'alert';

interface Signal {
  readonly series: SeriesRef;
  /** The whole system when absent. */
  readonly service?: string;
}

/** A series that is read as facts, or one that is a figure already. */
export type SignalSeries =
  | (Signal & {
      readonly role: SignalRole;
      /** Of several sources that speak of the same service and the same sort of facts, the lowest counts. */
      readonly rank: number;
      /** What it is about within the service: the queue, the circuit, the worker, the alert. */
      readonly thing: string;
      /** What a sample is multiplied by: 1,000 for seconds that are to be milliseconds. */
      readonly factor: number;
      /** The upper bound of a bucket, in the unit of `factor`'s result; Infinity for the last. */
      readonly upTo?: number;
      /** Whether an alert is critical. */
      readonly critical?: boolean;
    })
  | (Signal & { readonly role: 'figure'; readonly figure: StepFigure });
