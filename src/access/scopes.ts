/** What a caller may do, from taking evidence in to looking after the server itself. */

/**
 * `ingest`: send evidence to the doors in. `read`: ask anything. `operate`: act on incidents, objectives, experiments and
 * improvements, and read. `admin`: everything, backups and tokens too.
 */
export const scopes = ['ingest', 'read', 'operate', 'admin'] as const;

/** One of {@link scopes}. */
export type Scope = (typeof scopes)[number];

const includes: Readonly<Record<Scope, readonly Scope[]>> = {
  ingest: ['ingest'],
  read: ['read'],
  operate: ['operate', 'read'],
  admin: scopes,
};

/** Whether a text names a scope. */
export function isScope(text: string): text is Scope {
  return Object.hasOwn(includes, text);
}

/** Whether one of the scopes that somebody holds is, or includes, the one that is needed. */
export function grants(held: readonly Scope[], needed: Scope): boolean {
  return held.some((scope) => includes[scope].includes(needed));
}
