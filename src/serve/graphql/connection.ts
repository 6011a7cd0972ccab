/** Pages as Relay's cursor connections: https://relay.dev/graphql/connections.htm */
import type { OutputRef } from '@pothos/core';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';

/** The largest page. */
export const MOST_PER_PAGE = 100;

/** An item of a page with the cursor to continue after it. */
export interface Edge<T> {
  readonly cursor: string;
  readonly node: T;
}

/** A page and whether there is another one. */
export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly hasNextPage: boolean;
}

/** The page of at most `first` items, made from one item more than that, if there is one. */
export function pageOf<T>(items: readonly T[], first: number, keyOf: (item: T) => string): Connection<T> {
  const edges = items.slice(0, first).map((node) => ({ cursor: toCursor(keyOf(node)), node }));
  return { edges, hasNextPage: items.length > first };
}

/** Checks the size of a page; fails with `bad-request`. */
export function sizeOf(first: number): number {
  if (first >= 1 && first <= MOST_PER_PAGE) return first;
  throw new ServeError('bad-request', `expected first between 1 and ${MOST_PER_PAGE}, not ${first}`);
}

/** Writes a key as a cursor, which means nothing to clients. */
function toCursor(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

/** The key that a cursor was made of, which may be any text: check what comes out. */
export function keyOfCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8');
}

/** The error of a cursor that no page of this list gave. */
export function badCursor(): ServeError {
  return new ServeError('bad-request', 'expected after to be a cursor of this list');
}

const PageInfo = builder.objectRef<Connection<unknown>>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether there is more after this page.' }),
    endCursor: t.string({
      nullable: true,
      description: 'The cursor to give as `after` for the next page.',
      resolve: (page) => page.edges.at(-1)?.cursor,
    }),
  }),
});

/** Declares the connection of a node's type: `NAMEConnection` with `NAMEEdge`. */
export function connectionRef<T>(name: string, node: OutputRef<T>) {
  const edge = builder.objectRef<Edge<T>>(`${name}Edge`).implement({
    description: `One ${name} of a page.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', { description: 'Give it as `after` to continue after this one.' }),
      node: t.expose('node', { type: node, description: 'The item itself.' }),
    }),
  });
  return builder.objectRef<Connection<T>>(`${name}Connection`).implement({
    description: `A page of a list of ${name}.`,
    fields: (t) => ({
      edges: t.field({
        type: [edge],
        description: 'The items with their cursors.',
        resolve: (page) => [...page.edges],
      }),
      nodes: t.field({
        type: [node],
        description: 'The items alone.',
        resolve: (page) => page.edges.map((each) => each.node),
      }),
      pageInfo: t.field({
        type: PageInfo,
        description: 'Where the page stands in its list.',
        resolve: (page) => page,
      }),
    }),
  });
}
