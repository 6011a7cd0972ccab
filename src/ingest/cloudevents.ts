/**
 * CloudEvents 1.0 over HTTP in the structured, batched and binary modes.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 *
 * Taken are CDEvents about services (see `cdevents.ts`), and `tps.KIND` with the native form of that kind as data.
 */
import { z } from 'zod';
import {
  type Fault,
  faultOfTime,
  formatInstant,
  type Identity,
  type Instant,
  identityOf,
  parseInstant,
  type SeriesInterner,
} from '../model/index.js';
import { bounded, DecodedBatch } from './batch.js';
import { CdEventsReader, deploymentAction } from './cdevents.js';
import {
  atOnce,
  type Decoded,
  type Decoder,
  type DecoderOptions,
  type DecodingSteps,
  type EncodedRequest,
} from './decoded.js';
import { readEnvelopes } from './envelopes.js';
import { instant, text } from './fields.js';
import { faultsOfIssues } from './issues.js';
import { isObject } from './json.js';
import { faultOfLabels } from './labels.js';
import type { Limits } from './limits.js';
import { NativeReader } from './native.js';
import { clip } from './text.js';

const NATIVE_PREFIX = 'tps.';

function schemaOf(limits: Limits) {
  const attribute = text('a text that is not empty', limits.labelValueCharacters, 1);
  return z.object({
    specversion: z.literal('1.0', 'expected "1.0"'),
    id: attribute,
    source: attribute,
    type: attribute,
    subject: attribute.optional(),
    time: instant.optional(),
    data: z.unknown(),
  });
}

type CloudEvent = z.output<ReturnType<typeof schemaOf>>;

/** Reads CloudEvents. An event is known by its source and id, as the standard says. */
export class CloudEventsDecoder implements Decoder {
  readonly #intern: SeriesInterner;
  readonly #limits: Limits;
  readonly #schema: ReturnType<typeof schemaOf>;
  readonly #native: NativeReader;
  readonly #deployments: CdEventsReader;

  constructor(options: DecoderOptions) {
    this.#intern = options.intern;
    this.#limits = options.limits;
    this.#schema = schemaOf(options.limits);
    this.#native = new NativeReader(options.limits);
    this.#deployments = new CdEventsReader(options.limits);
  }

  decode(request: EncodedRequest, now: Instant): Decoded {
    return atOnce(this.steps(request, now));
  }

  *steps(request: EncodedRequest, now: Instant): DecodingSteps {
    const batch = new DecodedBatch('cloudevents', now, this.#limits);
    const envelopes = bounded(readEnvelopes(request, this.#limits), this.#limits);
    for (const [item, envelope] of envelopes.entries()) {
      const parsed = this.#schema.safeParse(envelope);
      if (parsed.success) this.#add(batch, parsed.data, item, now);
      else batch.refuse(faultsOfIssues(parsed.error.issues, item));
      yield;
    }
    return batch.finish();
  }

  #add(batch: DecodedBatch, event: CloudEvent, item: number, now: Instant): void {
    const id = identityOf('cloudevents', event.source, event.id);
    const action = deploymentAction(event.type);
    if (action !== undefined) this.#deployment(batch, event, { id, action, item, now });
    else if (event.type.startsWith(NATIVE_PREFIX)) this.#nativeEvent(batch, event, { id, item, now });
    else {
      const message = `expected dev.cdevents.service.deployed, upgraded, rolledback or removed, or tps.KIND with a native event as data, got ${clip(event.type)}`;
      batch.refuse([{ item, field: 'type', message }]);
    }
  }

  #deployment(
    batch: DecodedBatch,
    event: CloudEvent,
    { id, action, item, now }: { id: Identity; action: string; item: number; now: Instant },
  ): void {
    const labels = { ce_source: event.source, ce_id: event.id, ce_type: event.type };
    const read = this.#deployments.read(event.data, { action, time: event.time, labels }, item, now);
    if ('faults' in read) {
      batch.refuse(read.faults);
      return;
    }
    const fault = this.#faultOf(read.content.at, read.content.labels ?? {}, now);
    if (fault === undefined) batch.event(item, read.content, id);
    else batch.refuse([{ item, ...fault }]);
  }

  #faultOf(at: Instant, labels: Readonly<Record<string, string>>, now: Instant): Fault | undefined {
    const message = faultOfTime(at, now);
    return message === undefined ? faultOfLabels(labels, this.#limits) : { field: 'time', message };
  }

  #nativeEvent(
    batch: DecodedBatch,
    event: CloudEvent,
    { id, item, now }: { id: Identity; item: number; now: Instant },
  ): void {
    const form = nativeForm(event);
    if ('fault' in form) {
      batch.refuse([{ item, ...form.fault }]);
      return;
    }
    const native = this.#native.read(form.value, item, now);
    switch (native.type) {
      case 'refused':
        batch.refuse(native.faults);
        return;
      case 'sample':
        batch.sample(item, native.labels, native.at, native.value, this.#intern);
        return;
      case 'event':
        batch.event(item, native.content, id);
    }
  }
}

/** The data as a native event: kind, time and id come from the envelope, which the data may not contradict. */
function nativeForm(event: CloudEvent): { readonly value: unknown } | { readonly fault: Fault } {
  const kind = event.type.slice(NATIVE_PREFIX.length);
  const { data } = event;
  if (!isObject(data)) return { fault: { field: 'data', message: 'expected a native event, a JSON object' } };
  if (data.kind !== undefined && data.kind !== kind) {
    return { fault: { field: 'data.kind', message: `expected ${clip(kind)}, as the type says, or none` } };
  }
  const { time } = event;
  if (time === undefined) return { value: { ...data, kind, id: event.id } };
  if (data.time !== undefined && parseInstant(String(data.time)) !== time) {
    return { fault: { field: 'data.time', message: 'expected the time of the envelope, or none' } };
  }
  return { value: { ...data, time: formatInstant(time), kind, id: event.id } };
}
