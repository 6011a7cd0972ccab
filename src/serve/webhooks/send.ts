/** Sends one notification by HTTP. */
import { createHmac } from 'node:crypto';

/** Where to send to. */
export interface WebhookTarget {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The key of the signature; nothing is signed without one. */
  readonly secret?: string | undefined;
  readonly timeoutMs: number;
}

/** What became of one try. */
export type Sent =
  | { readonly outcome: 'delivered'; readonly status: number }
  /** Trying again may help; `afterMs` is what the receiver asked for. */
  | { readonly outcome: 'again'; readonly why: string; readonly afterMs: number | undefined }
  | { readonly outcome: 'refused'; readonly why: string };

/** The header of the signature: `sha256=` and the HMAC-SHA256 of the body by the secret, in hexadecimal digits. */
export const SIGNATURE_HEADER = 'genchi-signature-256';

/** Signs a body. */
export function signatureOf(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function headersOf({ headers, secret }: WebhookTarget, id: string, event: string, body: string): Headers {
  const all = new Headers(headers);
  all.set('content-type', 'application/json');
  all.set('idempotency-key', id);
  all.set('genchi-event', event);
  if (secret !== undefined) all.set(SIGNATURE_HEADER, signatureOf(body, secret));
  return all;
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}

function judged(response: Response): Sent {
  const { status } = response;
  if (status >= 200 && status < 300) return { outcome: 'delivered', status };
  const why = `it answered ${status}`;
  if (status === 408 || status === 429 || status >= 500) {
    return { outcome: 'again', why, afterMs: retryAfterMs(response) };
  }
  return { outcome: 'refused', why: status < 400 ? `${why}, and redirects are not followed` : why };
}

/** Sends a body once. Of the answer only the status is taken; its body is not read. */
export async function send(
  target: WebhookTarget,
  { id, event, body }: { readonly id: string; readonly event: string; readonly body: string },
  stopped: AbortSignal,
  ask: typeof fetch = fetch,
): Promise<Sent> {
  try {
    const response = await ask(target.url, {
      method: 'POST',
      headers: headersOf(target, id, event, body),
      body,
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(target.timeoutMs), stopped]),
    });
    // What is not read must be let go of, or the connection waits for it.
    await response.body?.cancel();
    return judged(response);
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    const why = late ? `no answer within ${target.timeoutMs} ms` : 'it could not be reached';
    return { outcome: 'again', why, afterMs: undefined };
  }
}
