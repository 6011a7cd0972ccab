import {
  describeSeries,
  type EventContent,
  type EventReceipt,
  type Fault,
  type Identity,
  type Instant,
  identityOfContent,
  type Labels,
  pathOf,
  type SeriesInterner,
} from '../model/index.js';
import { receiptOf } from './content.js';
import { type Decoded, type RedactedItem, Refusals } from './decoded.js';
import { IngestError } from './errors.js';
import type { Limits } from './limits.js';
import { redactContent } from './redact.js';
import { SampleColumns } from './sample-columns.js';

/** At most this many faults of a JSON request are told. */
const MOST_FAULTS = 1_000;

/** What events are held against. */
type EventLimits = Pick<Limits, 'sensitive' | 'names'>;

/** Collects what the items of a JSON request become. */
export class DecodedBatch {
  readonly #door: string;
  readonly #now: Instant;
  readonly #events: EventReceipt[] = [];
  readonly #eventItems: number[] = [];
  readonly #samples = new SampleColumns(16);
  readonly #samplePaths: string[] = [];
  readonly #refusals = new Refusals(MOST_FAULTS);
  readonly #limits: EventLimits;
  #overNames = 0;
  readonly #redacted: RedactedItem[] = [];

  constructor(door: string, now: Instant, limits: EventLimits) {
    this.#door = door;
    this.#limits = limits;
    this.#now = now;
  }

  /**
   * Adds an event, without the credentials in it; refuses it when it names a service or an alert that is one too many. Without an identity of its own its content is its identity, as it was
   * sent: whatever rules there are, the same event sent again is the same receipt.
   */
  event(item: number, content: EventContent, id: Identity | undefined): void {
    const fault = this.#limits.names?.admit(content);
    if (fault !== undefined) {
      this.#overNames += 1;
      this.refuse([{ item, ...fault }]);
      return;
    }
    const arrival = { id: id ?? identityOfContent(content), receivedAt: this.#now, door: this.#door };
    const clean = redactContent(content, this.#limits.sensitive);
    this.#events.push(receiptOf(clean.content, arrival));
    for (const redaction of clean.redactions) {
      if (this.#redacted.length < MOST_FAULTS) this.#redacted.push({ item, ...redaction });
    }
    this.#eventItems.push(item);
  }

  /** Adds a sample of the series with these labels; refuses it when that is one too many. */
  sample(item: number, labels: Labels, at: Instant, value: number, intern: SeriesInterner): void {
    const first = this.#samples.length;
    const ref = intern(labels);
    if (ref === undefined) {
      this.#refusals.refuseSeries(1, item, labels);
      return;
    }
    this.#samples.push(item, at, value, false);
    this.#samples.assign(first, ref);
    this.#samplePaths.push(pathOf({ type: 'sample', at, series: describeSeries(ref, labels).key }));
  }

  /** Refuses one item. */
  refuse(faults: readonly Fault[]): void {
    this.#refusals.refuse(1, ...faults);
  }

  finish(): Decoded {
    const { overLimit } = this.#refusals;
    return {
      events: this.#events,
      eventItems: this.#eventItems,
      ...(this.#samples.length === 0 ? {} : { samples: this.#samples.block() }),
      sampleItems: this.#samples.items(),
      samplePaths: this.#samplePaths,
      ...(this.#redacted.length === 0 ? {} : { redacted: this.#redacted }),
      ...(overLimit === undefined ? {} : { overLimit }),
      ...(this.#overNames === 0 ? {} : { overNames: this.#overNames }),
      refused: this.#refusals.count,
      faults: this.#refusals.faults,
    };
  }
}

/** The error of a request with more items than are taken at once. */
export function tooManyItems(limits: Limits): IngestError {
  return new IngestError('body-too-large', `The request holds more than ${limits.items} items.`);
}

/** The items of a request; throws `body-too-large` when there are too many. */
export function bounded<T>(items: readonly T[], limits: Limits): readonly T[] {
  if (items.length <= limits.items) return items;
  throw tooManyItems(limits);
}
