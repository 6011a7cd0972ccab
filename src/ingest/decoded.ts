import {
  canonicalLabels,
  type EventReceipt,
  type Fault,
  type Instant,
  type Labels,
  type SampleBlock,
  type SeriesInterner,
} from '../model/index.js';
import type { Limits } from './limits.js';
import type { Redaction } from './redact.js';
import { clip } from './text.js';

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
  /** What was taken out of the texts of events. */
  readonly redacted?: readonly RedactedItem[];
  /** What was refused since it is of series that are one too many; it is among `refused` too. */
  readonly overLimit?: OverLimit;
  /** How many events were refused since they name a service or an alert that is one too many; they are among `refused` too. */
  readonly overNames?: number;
  /** How many items (for remote write, samples) were refused. */
  readonly refused: number;
  /** Why; the first ones only when there are very many. */
  readonly faults: readonly Fault[];
}

/** What was taken out of an event, with its position in the request. */
export interface RedactedItem extends Redaction {
  readonly item: number;
}

/** New series that were one too many. */
export interface OverLimit {
  readonly series: number;
  readonly samples: number;
}

/** What every decoder is made with. */
export interface DecoderOptions {
  readonly intern: SeriesInterner;
  readonly limits: Limits;
}

/** Reads the requests of one protocol. Throws an `IngestError` when a request is refused as a whole. */
export interface Decoder {
  decode(request: EncodedRequest, now: Instant): Decoded;
  /** The same, with a place to pause after each item, for protocols whose items may be thousands of events. */
  steps?(request: EncodedRequest, now: Instant): DecodingSteps;
}

/** A request as it is read item by item; its end is what it held. */
export type DecodingSteps = Generator<undefined, Decoded, undefined>;

/** Reads all items at once. */
export function atOnce(steps: DecodingSteps): Decoded {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Collects what is refused of one request: all of it is counted, the first faults are kept. */
export class Refusals {
  readonly #faults: Fault[] = [];
  readonly #most: number;
  #count = 0;
  #overSeries = 0;
  #overSamples = 0;

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

  /** What of it was refused for the number of series; undefined when nothing was. */
  get overLimit(): OverLimit | undefined {
    return this.#overSeries === 0 ? undefined : { series: this.#overSeries, samples: this.#overSamples };
  }

  /** Refuses the samples of one series that is one too many. */
  refuseSeries(samples: number, item: number, labels: Labels): void {
    this.#overSeries += 1;
    this.#overSamples += samples;
    const message = this.full
      ? ''
      : `${clip(canonicalLabels(labels))} is a new series, and there may be no more`;
    this.refuse(samples, { item, field: 'labels', message });
  }

  /** Refuses so many items, for these reasons. */
  refuse(count: number, ...faults: readonly Fault[]): void {
    this.#count += count;
    this.#faults.push(...faults.slice(0, this.#most - this.#faults.length));
  }
}
