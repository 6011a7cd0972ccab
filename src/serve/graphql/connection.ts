/** Pages as Relay's cursor connections, in either direction: https://relay.dev/graphql/connections.htm */
import type { OutputRef } from '@pothos/core';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';

/** The largest page. */
export const MOST_PER_PAGE = 100;

/** The page where no size is asked for. */
const USUAL_PER_PAGE = 20;

/** An item of a page with the cursor to continue after it, or before it. */
export interface Edge<T> {
  readonly cursor: string;
  readonly node: T;
}

/** A page and whether there are others beside it. */
export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** How many items the whole list has, where that is known without reading it. */
  readonly totalCount?: number;
}

/** Which page is asked for: the `first` ones after a cursor, or the `last` ones before one. */
export interface PageQuestion {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** A page to read: so many items from a key on, in the order of the list or against it. */
export interface PageRead {
  readonly direction: 'forward' | 'backward';
  /** The key of the item beside the page, which is no part of it; from the list's end when absent. */
  readonly beyond: string | undefined;
  /** One more than the page holds, which tells whether there is another. */
  readonly limit: number;
}

/** The arguments of a field that is a connection. */
export const pageArgs = builder.args((t) => ({
  first: t.int({ description: `How many, 1..${MOST_PER_PAGE}; ${USUAL_PER_PAGE} unless \`last\` is given.` }),
  after: t.string({ description: 'Continue after this cursor.' }),
  last: t.int({ description: `How many from the end of the list, 1..${MOST_PER_PAGE}; not with \`first\`.` }),
  before: t.string({ description: 'With `last`: those before this cursor.' }),
}));

/** Checks the size of a page; fails with `bad-request`. */
export function sizeOf(size: number, argument = 'first'): number {
  if (size >= 1 && size <= MOST_PER_PAGE) return size;
  throw new ServeError('bad-request', `expected ${argument} between 1 and ${MOST_PER_PAGE}, not ${size}`);
}

function checkPage({ first, after, last, before }: PageQuestion): void {
  if (last == null && before != null)
    throw new ServeError('bad-request', 'before: expected last beside it, not first');
  if (last != null && (first != null || after != null)) {
    throw new ServeError('bad-request', 'last: expected neither first nor after beside it');
  }
}

/**
 * Reads the page that is asked for. `read` answers at most `limit` items from `beyond` on in the direction: backward
 * means the nearest to the list's end, or to `beyond`, first. Fails with `bad-request` on a size or a mix of arguments
 * that is no page.
 */
export async function readPage<T>(
  question: PageQuestion,
  keyOf: (item: T) => string,
  read: (page: PageRead) => Promise<readonly T[]> | readonly T[],
): Promise<Connection<T>> {
  checkPage(question);
  const { first, after, last, before } = question;
  const isForward = last == null;
  const size = isForward ? sizeOf(first ?? USUAL_PER_PAGE) : sizeOf(last, 'last');
  const cursor = isForward ? after : before;
  const beyond = cursor == null ? undefined : keyOfCursor(cursor);
  const found = await read({ direction: isForward ? 'forward' : 'backward', beyond, limit: size + 1 });
  const page = isForward ? found.slice(0, size) : found.slice(0, size).reverse();
  const [hasMore, hasPassed] = [found.length > size, beyond !== undefined];
  return {
    edges: page.map((node) => ({ cursor: toCursor(keyOf(node)), node })),
    hasNextPage: isForward ? hasMore : hasPassed,
    hasPreviousPage: isForward ? hasPassed : hasMore,
  };
}

/** The page of a list that is in memory whole, which `totalCount` comes from. */
export async function pageOfList<T>(
  question: PageQuestion,
  items: readonly T[],
  keyOf: (item: T) => string,
): Promise<Connection<T>> {
  const page = await readPage(question, keyOf, ({ direction, beyond, limit }) => {
    const place = beyond === undefined ? undefined : items.findIndex((item) => keyOf(item) === beyond);
    if (place === -1) throw badCursor();
    if (direction === 'forward') return items.slice((place ?? -1) + 1).slice(0, limit);
    return items.slice(0, place).reverse().slice(0, limit);
  });
  return { ...page, totalCount: items.length };
}

/** The key of an item that is told from others by several values together. */
export function keyOfParts(...parts: readonly (string | number | undefined)[]): string {
  return JSON.stringify(parts);
}

/** A page with other nodes in the place of its own. */
export function mapPage<T, U>(page: Connection<T>, map: (node: T) => U): Connection<U> {
  return { ...page, edges: page.edges.map(({ cursor, node }) => ({ cursor, node: map(node) })) };
}

/** Writes a key as a cursor, which means nothing to clients. */
function toCursor(key: string): string {
  return Buffer.from(key, 'utf8').toString('base64url');
}

/** The key that a cursor was made of, which may be any text: check what comes out. */
function keyOfCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8');
}

/** The error of a cursor that no page of this list gave. */
export function badCursor(): ServeError {
  return new ServeError('bad-request', 'expected a cursor of this list');
}

const PageInfo = builder.objectRef<Connection<unknown>>('PageInfo').implement({
  description: 'Where a page stands in its list.',
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether there is more after this page.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      description: 'Whether there is more before this page.',
    }),
    startCursor: t.string({
      nullable: true,
      description: 'The cursor to give as `before` for the page before; null when this one is empty.',
      resolve: (page) => page.edges[0]?.cursor,
    }),
    endCursor: t.string({
      nullable: true,
      description: 'The cursor to give as `after` for the next page; null when this one is empty.',
      resolve: (page) => page.edges.at(-1)?.cursor,
    }),
  }),
});

function edgeRef<T>(name: string, node: OutputRef<T>) {
  return builder.objectRef<Edge<T>>(`${name}Edge`).implement({
    description: `One ${name} of a page.`,
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description: 'Give it as `after` to continue after this one, or as `before` to go back from it.',
      }),
      node: t.expose('node', { type: node, description: 'The item itself.' }),
    }),
  });
}

/**
 * Declares the connection of a node's type: `NAMEConnection` with `NAMEEdge`. `counted` adds `totalCount`, for lists
 * whose length costs nothing to know.
 */
export function connectionRef<T>(
  name: string,
  node: OutputRef<T>,
  counted: 'counted' | 'uncounted' = 'uncounted',
) {
  const edge = edgeRef(name, node);
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
      ...(counted === 'counted'
        ? {
            totalCount: t.int({
              nullable: true,
              description: 'How many items the whole list has.',
              resolve: (page) => page.totalCount,
            }),
          }
        : {}),
    }),
  });
}
