/** `node` and `nodes`: objects by their ids. */
import { type GraphQLSchema, isObjectType } from 'graphql';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';
import { decodeGlobalId } from './global-ids.js';

/** The most objects that may be asked for at once by their ids. */
const MOST_IDS = 100;

/** The id as it stands, or null where its type is none whose objects can be asked for by it. */
function knownId(schema: GraphQLSchema, id: string): string | null {
  const type = schema.getType(decodeGlobalId(id).typename);
  const isNode = isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node');
  return isNode ? id : null;
}

builder.queryField('node', (t) =>
  t.node({
    description: 'The object with this id; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'An id as `Node.id` says it, of any type.' }) },
    id: (_, { id }, __, { schema }) => knownId(schema, id),
  }),
);

builder.queryField('nodes', (t) =>
  t.nodeList({
    description: 'The objects with these ids, in their order; null in the place of each that is not there.',
    args: {
      ids: t.arg.idList({
        required: true,
        description: `At most ${MOST_IDS} ids as \`Node.id\` says them, of any types.`,
      }),
    },
    ids: (_, { ids }, __, { schema }) => {
      if (ids.length <= MOST_IDS) return ids.map((id) => knownId(schema, id));
      throw new ServeError('bad-request', `expected at most ${MOST_IDS} ids, not ${ids.length}`);
    },
  }),
);
