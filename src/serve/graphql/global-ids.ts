/**
 * Ids that are the same for the same thing among all of a server, as Relay asks for:
 * https://relay.dev/graphql/objectidentification.htm
 *
 * They are readable instead of Base64, and those that were served before there was `node` stayed what they were: an
 * incident's is the short id that people type, an event's its identity. All others say their type: `Service:web`.
 */
import { isIdentity } from '../../model/index.js';

/** The types whose ids stand alone, since no other type has ids of their form. */
const BARE = new Set(['Incident', 'EventReceipt']);

/** The global id of an object. */
export function encodeGlobalId(typename: string, id: string): string {
  return BARE.has(typename) ? id : `${typename}:${id}`;
}

/** Takes a global id apart. Any text is one: what names no type is taken for the short id of an incident. */
export function decodeGlobalId(globalId: string): { typename: string; id: string } {
  if (isIdentity(globalId)) return { typename: 'EventReceipt', id: globalId };
  const [, typename, id] = /^([A-Z][A-Za-z]*):(.+)$/s.exec(globalId) ?? [];
  return typename === undefined || id === undefined
    ? { typename: 'Incident', id: globalId }
    : { typename, id };
}
