/** What {@link EvidenceStore.arrivals} answers. */
import type { Instant } from '../model/index.js';

/** The events that came in by one door, of those that are not in the archive. */
export interface DoorArrivals {
  /** The door, as receipts carry it; `genchi` and others of Genchi's own for what it recorded itself. */
  readonly door: string;
  readonly events: number;
  /** When the first and the latest of them came in. */
  readonly firstAt: Instant;
  readonly lastAt: Instant;
}

/** What came in, and by which way. */
export interface Arrivals {
  /** By the name of the door. */
  readonly doors: readonly DoorArrivals[];
  /** Series from outside: those that Genchi computes itself are left out. */
  readonly series: number;
  /** The time of their latest sample; undefined where none of them is among the samples of the last ten minutes. */
  readonly lastSampleAt: Instant | undefined;
}
