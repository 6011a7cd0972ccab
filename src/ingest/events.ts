import { type Fault, type Instant, identityOf, type SeriesInterner } from '../model/index.js';
import { bounded, DecodedBatch, tooManyItems } from './batch.js';
import {
  atOnce,
  type Decoded,
  type Decoder,
  type DecoderOptions,
  type DecodingSteps,
  type EncodedRequest,
} from './decoded.js';
import { IngestError } from './errors.js';
import { jsonText, parseJson } from './json.js';
import type { Limits } from './limits.js';
import { mediaTypeOf } from './media-type.js';
import { NativeReader } from './native.js';

const LINES = new Set(['application/x-ndjson', 'application/ndjson', 'application/jsonl']);

/** An item of a request: a parsed value, or why its text cannot be parsed. */
type Item = { readonly value: unknown } | { readonly fault: Fault };

/**
 * Reads native events: one JSON object, an array of them, or NDJSON. An event with an `id` is the same fact however
 * often it is sent; without one its content is its identity, its time included.
 */
export class EventsDecoder implements Decoder {
  readonly #intern: SeriesInterner;
  readonly #limits: Limits;
  readonly #reader: NativeReader;

  constructor(options: DecoderOptions) {
    this.#intern = options.intern;
    this.#limits = options.limits;
    this.#reader = new NativeReader(options.limits);
  }

  decode(request: EncodedRequest, now: Instant): Decoded {
    return atOnce(this.steps(request, now));
  }

  *steps(request: EncodedRequest, now: Instant): DecodingSteps {
    const batch = new DecodedBatch('events', now, this.#limits);
    let position = 0;
    for (const item of this.#items(request)) {
      if ('fault' in item) batch.refuse([{ item: position, ...item.fault }]);
      else this.#add(batch, item.value, position, now);
      position += 1;
      yield;
    }
    return batch.finish();
  }

  #add(batch: DecodedBatch, value: unknown, position: number, now: Instant): void {
    const native = this.#reader.read(value, position, now);
    switch (native.type) {
      case 'refused':
        batch.refuse(native.faults);
        return;
      case 'sample':
        batch.sample(position, native.labels, native.at, native.value, this.#intern);
        return;
      case 'event': {
        const { content, id } = native;
        // The kind is part of it: a sender may number its deployments and its failures each from 1.
        const known = id === undefined ? undefined : identityOf('events', content.kind, id);
        batch.event(position, content, known);
      }
    }
  }

  #items(request: EncodedRequest): Iterable<Item> {
    const { essence } = mediaTypeOf(request);
    if (!LINES.has(essence) && essence !== 'application/json') {
      throw new IngestError(
        'unsupported-media-type',
        'Expected Content-Type application/json or application/x-ndjson.',
      );
    }
    const text = jsonText(request.body);
    if (text.trim() === '') throw new IngestError('bad-json', 'The body is empty.');
    return LINES.has(essence) || this.#looksLikeLines(text) ? this.#lines(text) : this.#whole(text);
  }

  /** Whether the first line of what is said to be JSON is an object of its own, with more lines after it. */
  #looksLikeLines(text: string): boolean {
    const [first = '', ...rest] = text.trim().split('\n', 2);
    return rest.length > 0 && first.startsWith('{') && 'value' in this.#line(first);
  }

  /** One line after the other, so that only one is held as objects at a time; empty lines are no items. */
  *#lines(text: string): Iterable<Item> {
    const lines = /\S[^\n]*/g;
    // Counted first: what is refused as a whole should not cost the reading of what comes before the last line.
    let count = 0;
    while (lines.test(text)) {
      count += 1;
      if (count > this.#limits.items) throw tooManyItems(this.#limits);
    }
    for (const [line] of text.matchAll(lines)) yield this.#line(line);
  }

  #line(line: string): Item {
    try {
      return { value: parseJson(line, this.#limits) };
    } catch (error) {
      if (error instanceof IngestError) return { fault: { message: error.message } };
      throw error;
    }
  }

  #whole(text: string): Iterable<Item> {
    const value = parseJson(text, this.#limits);
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return bounded(values, this.#limits).map((single) => ({ value: single }));
  }
}
