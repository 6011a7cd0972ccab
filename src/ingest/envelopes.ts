import type { EncodedRequest } from './decoded.js';
import { IngestError } from './errors.js';
import { jsonText, parseJson } from './json.js';
import type { Limits } from './limits.js';
import { headerOf, type MediaType, mediaTypeOf } from './media-type.js';

/** The attributes of a CloudEvent that are read from headers in the binary mode. */
const ATTRIBUTES = ['specversion', 'id', 'source', 'type', 'subject', 'time'] as const;

/** The CloudEvents of a request, in whichever mode it is, as unchecked objects whose data is parsed. */
export function readEnvelopes(request: EncodedRequest, limits: Limits): readonly unknown[] {
  const type = mediaTypeOf(request);
  switch (type.essence) {
    case 'application/cloudevents-batch+json':
      return batched(request, limits);
    case 'application/cloudevents+json':
      return [withData(parse(request.body, limits), limits)];
    default:
      return [binary(request, type, limits)];
  }
}

function parse(body: Uint8Array, limits: Limits): unknown {
  return parseJson(jsonText(body), limits);
}

function batched(request: EncodedRequest, limits: Limits): readonly unknown[] {
  const value = parse(request.body, limits);
  if (Array.isArray(value)) return value.map((event) => withData(event, limits));
  throw new IngestError('bad-request', 'A batch of CloudEvents is a JSON array.');
}

/** A structured event; data that came as Base64 is decoded. */
function withData(event: unknown, limits: Limits): unknown {
  if (typeof event !== 'object' || event === null || !('data_base64' in event)) return event;
  if (typeof event.data_base64 !== 'string' || 'data' in event) return event;
  return { ...event, data: dataFromBase64(event.data_base64, limits) };
}

/** Data that is no JSON is left out: the item is then refused for its missing data, the others are kept. */
function dataFromBase64(text: string, limits: Limits): unknown {
  try {
    return parse(Buffer.from(text, 'base64'), limits);
  } catch (error) {
    if (error instanceof IngestError) return undefined;
    throw error;
  }
}

function binary(request: EncodedRequest, type: MediaType, limits: Limits): unknown {
  const isJson = type.essence === 'application/json' || type.essence.endsWith('+json');
  if (!isJson || type.essence.startsWith('application/cloudevents')) {
    throw new IngestError(
      'unsupported-media-type',
      'Expected Content-Type application/cloudevents+json, application/cloudevents-batch+json, or JSON data beside ce- headers.',
    );
  }
  if (headerOf(request, 'ce-specversion') === undefined) {
    throw new IngestError(
      'unsupported-media-type',
      'Expected the headers of a CloudEvent (ce-specversion, ce-id, ce-source, ce-type), or Content-Type application/cloudevents+json.',
    );
  }
  const attributes = ATTRIBUTES.map((name) => [name, headerText(headerOf(request, `ce-${name}`))]);
  const data = request.body.length === 0 ? undefined : parse(request.body, limits);
  return { ...Object.fromEntries(attributes), data };
}

/** The text of a header: unquoted, then percent-decoded once, as the HTTP binding says in 3.1.3.2. */
function headerText(value: string | undefined): string | undefined {
  const quoted = /^"(.*)"$/s.exec(value ?? '')?.[1];
  const text = quoted === undefined ? value : quoted.replace(/\\(.)/gs, '$1');
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new IngestError('bad-request', 'A ce- header is not percent-encoded UTF-8.', { cause });
  }
}
