/** What is refused of requests that the HTTP parser lets pass: forms that two readers could understand differently. */
import type { IncomingMessage } from 'node:http';

/** The most header lines of a request; browsers send some twenty. */
export const MAX_HEADER_LINES = 128;
/** Headers that say who asks, or of whom: which of two would count? */
const ONCE: ReadonlySet<string> = new Set(['host', 'authorization', 'content-type', 'cookie']);

/** Why a request is refused, with the status; undefined when its form is well. */
export interface BadForm {
  readonly status: 400 | 431;
  readonly detail: string;
}

/** Looks at the header lines of a request. */
export function badFormOf({ rawHeaders, httpVersion }: IncomingMessage): BadForm | undefined {
  if (rawHeaders.length > 2 * MAX_HEADER_LINES) {
    const lines = rawHeaders.length / 2;
    return {
      status: 431,
      detail: `The request has ${lines} header lines; at most ${MAX_HEADER_LINES} are read.`,
    };
  }
  const seen = new Set<string>();
  for (let line = 0; line < rawHeaders.length; line += 2) {
    const name = (rawHeaders[line] ?? '').toLowerCase();
    if (!ONCE.has(name)) continue;
    if (seen.has(name)) return { status: 400, detail: `The header ${name} stands more than once.` };
    seen.add(name);
  }
  if (httpVersion !== '1.0' && !seen.has('host'))
    return { status: 400, detail: 'The header host is missing.' };
  return undefined;
}
