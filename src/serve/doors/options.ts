import type { Recorder } from '../../evidence/index.js';
import type { Limits } from '../../ingest/index.js';
import type { Clock, ErrorCode, Iris, SeriesInterner } from '../../model/index.js';

/** The names of the doors, as receipts carry them. */
export type DoorName = 'remote-write' | 'alertmanager' | 'cloudevents' | 'events';

/** Bounds of what the doors take; the bounds of items have defaults. */
export interface DoorLimits extends Partial<Limits> {
  /** The most bytes of a body as it is sent. */
  readonly bodyBytes: number;
  /** The most bytes of a body after decompression. */
  readonly decompressedBytes: number;
  /** The most series that are recorded. */
  readonly maxSeries: number;
  /** The most bytes of requests that are under way at once, over all doors; above `bodyBytes`. */
  readonly inFlightBytes: number;
}

/** What became of one request, told after its answer. */
export interface DoorObservation {
  readonly door: DoorName;
  /** `partial`: some items were refused; `refused`: nothing was taken; `failed`: the server could not. */
  readonly outcome: 'recorded' | 'partial' | 'refused' | 'failed';
  /** Why items or the whole request were not recorded. */
  readonly reason: ErrorCode | undefined;
  /** Events and samples that are new. */
  readonly events: number;
  readonly samples: number;
  /** Events and samples that had been recorded before. */
  readonly repeated: number;
  /** Samples that Genchi computed itself and a Prometheus sent back: they are repeated, and not recorded. */
  readonly own: number;
  /** Samples among `refused` of new series that were one too many. */
  readonly overLimit: number;
  /** Events among `refused` that name a service or an alert that is one too many. */
  readonly overNames: number;
  /** Items (of remote write: samples) refused before the store; a request refused as a whole counts as one. */
  readonly refused: number;
  readonly durationMs: number;
}

/** What the doors stand on. */
export interface DoorOptions {
  readonly recorder: Recorder;
  readonly intern: SeriesInterner;
  /** Does some work without a pause; when it throws, the series that it made are forgotten again. */
  readonly interning: <T>(work: () => T) => T;
  readonly clock: Clock;
  readonly iris: Iris;
  readonly limits: DoorLimits;
  /** Hears of every request that was answered; must not throw. */
  readonly observe: (observation: DoorObservation) => void;
}
