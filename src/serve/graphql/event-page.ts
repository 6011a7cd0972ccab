/** Pages of events, newest first, for every list of them. */
import type { EventQuery } from '../../evidence/index.js';
import {
  allFields,
  type EventKind,
  type EventReceipt,
  type FieldType,
  type Identity,
  type Instant,
  instantOf,
  isIdentity,
} from '../../model/index.js';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';
import { badCursor, type Connection, type PageQuestion, readPage } from './connection.js';
import type { GraphqlContext } from './context.js';

/** The end of time, as far as a Date can tell it. */
const NEVER = instantOf(8_640_000_000_000_000);

/** A list of events as its arguments ask for it. */
export interface EventsQuestion extends PageQuestion {
  readonly kinds?: EventQuery['kinds'] | null | undefined;
  readonly services?: readonly string[] | null | undefined;
  readonly from?: Instant | null | undefined;
  readonly to?: Instant | null | undefined;
  readonly where?: readonly FieldBound[] | null | undefined;
}

/** What a field must say. */
interface FieldBound {
  readonly field: string;
  readonly oneOf?: readonly string[] | null | undefined;
  readonly contains?: string | null | undefined;
}

/** The arguments that bound a list of events in time and to services. */
export const eventArgs = builder.args((t) => ({
  services: t.stringList({ description: 'Only about these services.' }),
  from: t.field({ type: 'DateTime', description: 'Not before this time.' }),
  to: t.field({ type: 'DateTime', description: 'Before this time.' }),
}));

/** The input of {@link FieldBound}. */
export const FieldFilter = builder.inputType('FieldFilter', {
  description: 'What a field of a receipt must say; receipts without the field are left out.',
  fields: (t) => ({
    field: t.string({ required: true, description: 'The name of the field, such as `reason` or `version`.' }),
    oneOf: t.stringList({
      description:
        'It must be one of these texts, or hold one of them where it is a list; of whole numbers, their digits.',
    }),
    contains: t.string({ description: 'It must be a text that holds this one, whatever its case.' }),
  }),
});

const COMPARABLE: ReadonlySet<FieldType> = new Set(['text', 'service', 'receipt', 'receipts', 'integer']);

function refused({ field }: FieldBound, what: string): ServeError {
  return new ServeError('bad-request', `where: ${field}: ${what}`);
}

/** The bounds of fields as the store takes them; fails with `bad-request` on those it cannot compare. */
function boundsOf(filters: readonly FieldBound[]): Pick<EventQuery, 'where' | 'containing'> {
  const types = allFields();
  for (const filter of filters) {
    const type = types.get(filter.field);
    if (type === undefined) throw refused(filter, 'no kind of event has such a field');
    if (!COMPARABLE.has(type)) throw refused(filter, `fields of type ${type} cannot be compared with texts`);
    if (filter.contains != null && type !== 'text') throw refused(filter, 'expected a field of type text');
    if (filter.contains == null && filter.oneOf == null) throw refused(filter, 'expected oneOf or contains');
    if (filters.some((other) => other !== filter && other.field === filter.field)) {
      throw refused(filter, 'expected each field once');
    }
  }
  return {
    where: Object.fromEntries(filters.flatMap(({ field, oneOf }) => (oneOf == null ? [] : [[field, oneOf]]))),
    containing: Object.fromEntries(
      filters.flatMap(({ field, contains }) => (contains == null ? [] : [[field, contains]])),
    ),
  };
}

const cursorKey = ({ at, id }: EventReceipt): string => `${at}:${id}`;

function afterOf(key: string): { readonly at: Instant; readonly id: Identity } {
  const [at, id, ...rest] = key.split(':');
  if (at === undefined || id === undefined || rest.length > 0 || !/^\d{1,16}$/.test(at) || !isIdentity(id)) {
    throw badCursor();
  }
  return { at: instantOf(Number(at)), id };
}

/** Reads a page of events, newest first. */
export function readEventPage(
  { kinds, services, from, to, where, ...page }: EventsQuestion,
  { deps }: GraphqlContext,
): Promise<Connection<EventReceipt>> {
  const bounds = boundsOf(where ?? []);
  return readPage(page, cursorKey, ({ direction, beyond, limit }) =>
    deps.store.events({
      ...bounds,
      ...(kinds == null ? {} : { kinds }),
      ...(services == null ? {} : { services }),
      ...(from == null && to == null ? {} : { window: { from: from ?? instantOf(0), to: to ?? NEVER } }),
      ...(beyond === undefined ? {} : { after: afterOf(beyond) }),
      order: direction === 'forward' ? 'newest-first' : 'oldest-first',
      limit,
    }),
  );
}

/** One of the events of some kinds. */
type OfKinds<K extends EventKind> = Extract<EventReceipt, { readonly kind: K }>;

function isOfKinds<K extends EventKind>(event: EventReceipt, kinds: readonly K[]): event is OfKinds<K> {
  return kinds.some((kind) => kind === event.kind);
}

/** Reads a page of events of some kinds, newest first. */
export async function readPageOf<K extends EventKind>(
  kinds: readonly K[],
  question: Omit<EventsQuestion, 'kinds'>,
  context: GraphqlContext,
): Promise<Connection<OfKinds<K>>> {
  const page = await readEventPage({ ...question, kinds }, context);
  return {
    ...page,
    edges: page.edges.flatMap(({ cursor, node }) => (isOfKinds(node, kinds) ? [{ cursor, node }] : [])),
  };
}
