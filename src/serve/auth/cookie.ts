/** The cookie of a session. */

/** Under TLS no other host, subdomain or plain HTTP can have set it. */
const nameOf = (secure: boolean): string => (secure ? '__Host-genchi_session' : 'genchi_session');

/** The value of the session's cookie in a `Cookie` header; undefined when there is none. */
export function sessionCookieOf(header: string | undefined, secure: boolean): string | undefined {
  const prefix = `${nameOf(secure)}=`;
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(prefix));
  return found === undefined || found.length > 200 ? undefined : found.slice(prefix.length);
}

/** The `Set-Cookie` header that hands out a session, or, with an empty value, takes it back. */
export function setSessionCookie(value: string, secure: boolean): string {
  return [
    `${nameOf(secure)}=${value}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
    ...(value === '' ? ['Max-Age=0'] : []),
  ].join('; ');
}
