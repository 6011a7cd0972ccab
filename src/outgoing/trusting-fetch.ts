/** HTTP that trusts authorities of one's own, beside those that Node knows: `fetch` itself cannot be told of any. */
import { readFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { Readable } from 'node:stream';
import { createSecureContext, rootCertificates } from 'node:tls';
import { OutgoingError } from './errors.js';

/** The statuses that `Response` takes no body with. */
const WITHOUT_BODY = [204, 205, 304];

/** Reads a file of authorities, PEM; fails with `bad-setting` on one that holds none. */
export function readAuthorities(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new TypeError('no certificate is in it');
    createSecureContext({ ca: text });
    return text;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new OutgoingError('bad-setting', `caFile: ${file}: expected certificates as PEM: ${why}`, {
      cause,
    });
  }
}

function bodyOf({ body }: RequestInit): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  throw new TypeError('Bodies are texts or bytes here.');
}

function ask(url: URL, init: RequestInit, ca: readonly string[]): Promise<Response> {
  return new Promise((resolve, reject) => {
    const body = bodyOf(init);
    const headers: Record<string, string> = Object.fromEntries(new Headers(init.headers));
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
    const options = {
      method: init.method ?? 'GET',
      headers,
      ...(init.signal == null ? {} : { signal: init.signal }),
    };
    const asking =
      url.protocol === 'https:'
        ? requestSecurely(url, { ...options, ca: [...ca] })
        : requestPlain(url, options);
    asking.on('response', (answer) => {
      const { statusCode: status = 0 } = answer;
      const pairs = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      );
      const isEmpty = WITHOUT_BODY.includes(status) || options.method === 'HEAD';
      if (isEmpty) answer.resume();
      resolve(new Response(isEmpty ? null : streamOf(answer), { status, headers: pairs }));
    });
    // What ended by a signal ends by its own reason, as it does in `fetch`.
    asking.on('error', (error) => reject(init.signal?.aborted === true ? init.signal.reason : error));
    asking.end(body);
  });
}

/** A body as `Response` reads it. */
function streamOf(answer: Readable): ReadableStream<Uint8Array> {
  const reader = Readable.toWeb(answer).getReader();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { value, done } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(Buffer.from(value));
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/**
 * A `fetch` that trusts the authorities of a file too; redirects are not followed, and bodies are texts or bytes. The one
 * of Node without a file. Fails with `bad-setting`.
 */
export function fetchTrusting(caFile: string): typeof fetch {
  return caFile === '' ? fetch : fetchTrustingAuthorities(readAuthorities(caFile));
}

/** The same for authorities that were read already, as PEM. */
export function fetchTrustingAuthorities(authorities: string): typeof fetch {
  const ca = [...rootCertificates, authorities];
  return async (input, init = {}) => {
    const url = input instanceof Request ? input.url : input;
    return await ask(new URL(url), init, ca);
  };
}
