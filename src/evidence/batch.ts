/** What is recorded at once, and what became of it. */
import type { EventReceipt, Instant, SampleBlock } from '../model/index.js';

/** What one request brings: events, samples or both. Either is recorded whole with the other, or not at all. */
export interface Batch {
  readonly events: readonly EventReceipt[];
  readonly samples?: SampleBlock;
}

/** An event that had been recorded before: its position in the batch, and the time its receipt carries. */
export interface RepeatedEvent {
  readonly item: number;
  readonly at: Instant;
}

/** A sample that was not recorded: its position in the block, and why. */
export interface RefusedSample {
  readonly item: number;
  /**
   * `conflict`: another value stands at that time; `too-old`: over an hour before the series' newest sample, or of a day
   * that went to the archive.
   */
  readonly why: 'conflict' | 'too-old';
}

/** What became of a batch, told after its commit. */
export interface Appended {
  /** The commit it went in with; undefined when nothing of it was new. */
  readonly commit: number | undefined;
  readonly events: number;
  readonly samples: number;
  readonly repeatedEvents: readonly RepeatedEvent[];
  readonly repeatedSamples: number;
  readonly refusedSamples: readonly RefusedSample[];
}
