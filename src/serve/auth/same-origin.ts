/** Whether a browser sends a request from a page of this server, and where a login may lead to. */
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a page of this server sent a request. Browsers say so by `Sec-Fetch-Site`, which no script can set, and older
 * ones by `Origin`; a request that says neither may come from anywhere.
 */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-site': site, origin, host } = headers;
  if (site !== undefined) return site === 'same-origin';
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

/** Whether a link elsewhere led a browser here: then it left the cookie of the session at home. */
export function isLinkedFromElsewhere(headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-dest': destination } = headers;
  return destination === 'document' && (site === 'cross-site' || site === 'same-site');
}

/** The path that a login leads to: one of this server, whatever was asked for. */
export function nextPath(asked: string | undefined): string {
  const here = 'http://genchi.invalid';
  if (asked === undefined || !asked.startsWith('/') || !URL.canParse(asked, here)) return '/';
  const { origin, pathname, search } = new URL(asked, here);
  // A path of two slashes, which dots and control characters can hide, is an address elsewhere.
  return origin === here && !pathname.startsWith('//') ? `${pathname}${search}` : '/';
}
