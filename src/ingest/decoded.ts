import type { EventReceipt, Fault, Instant, SampleBlock, SeriesInterner } from '../model/index.js';
import type { Limits } from './limits.js';

/** A request as a decoder reads it: the body, and the headers that say how to read it. */
export interface EncodedRequest {
  readonly body: Uint8Array;
  /** All headers by lower-case name, as Node hands them out. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What a request held: what can be recorded, and what was refused. */
export interface Decoded {
  readonly events: readonly EventReceipt[];
  /** The position in the request of each of `events`. */
  readonly eventItems: readonly number[];
  readonly samples?: SampleBlock;
  /** The position in the request of each of `samples`: for remote write, that of the time series. */
  readonly sampleItems: ArrayLike<number>;
  /** The path below `/id/` of each of `samples`, where the sender is told. */
  readonly samplePaths?: readonly string[];
  /** How many samples are of series that Genchi computed itself, and so tell nothing new. */
  readonly own?: number;
  /** How many items (for remote write, samples) were refused. */
  readonly refused: number;
  /** Why; the first ones only when there are very many. */
  readonly faults: readonly Fault[];
}

/** What every decoder is made with. */
export interface DecoderOptions {
  readonly intern: SeriesInterner;
  readonly limits: Limits;
}

/** Reads the requests of one protocol. Throws an `IngestError` when a request is refused as a whole. */
export interface Decoder {
  decode(request: EncodedRequest, now: Instant): Decoded;
}

/** Collects what is refused of one request: all of it is counted, the first faults are kept. */
export class Refusals {
  readonly #faults: Fault[] = [];
  readonly #most: number;
  #count = 0;

  constructor(mostFaults: number) {
    this.#most = mostFaults;
  }

  /** How many items were refused. */
  get count(): number {
    return this.#count;
  }

  get faults(): readonly Fault[] {
    return this.#faults;
  }

  /** Whether further faults are only counted, so that their sentences need not be made. */
  get full(): boolean {
    return this.#faults.length >= this.#most;
  }

  /** Refuses so many items, for these reasons. */
  refuse(count: number, ...faults: readonly Fault[]): void {
    this.#count += count;
    this.#faults.push(...faults.slice(0, this.#most - this.#faults.length));
  }
}
