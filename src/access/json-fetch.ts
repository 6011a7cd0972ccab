/** Reads small JSON documents of an identity provider: bounded in time and size, without redirects. */
import { AccessError } from './errors.js';

/** Documents with keys are a few kilobytes. */
const MOST_BYTES = 262_144;

const unavailable = (url: string, why: string, cause?: unknown): AccessError =>
  new AccessError('identity-unavailable', `The identity provider cannot be asked: ${url} ${why}.`, { cause });

async function textOf(url: string, response: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    // Leaving the loop cancels the body.
    if (bytes > MOST_BYTES) throw unavailable(url, `answered more than ${MOST_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** The text at an address. Fails with `identity-unavailable` on anything but a whole answer of 200. */
export async function fetchBounded(url: string, signal: AbortSignal, ask: typeof fetch): Promise<string> {
  try {
    const headers = { accept: 'application/json' };
    const response = await ask(url, { headers, redirect: 'manual', signal });
    if (response.status === 200) return await textOf(url, response);
    await response.body?.cancel();
    throw unavailable(url, `answered ${response.status}`);
  } catch (error) {
    if (error instanceof AccessError) throw error;
    throw unavailable(url, 'could not be reached', error);
  }
}
