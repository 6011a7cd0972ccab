import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { Instant } from '../../model/index.js';
import type { GraphqlContext } from './context.js';
import { decodeGlobalId, encodeGlobalId } from './global-ids.js';
import { dateTime, eventFields, type JsonFields } from './scalars.js';

/** What the types of the schema are made of. */
interface SchemaParts {
  readonly Context: GraphqlContext;
  readonly Scalars: {
    readonly DateTime: { readonly Input: Instant; readonly Output: Instant };
    readonly EventFields: { readonly Input: JsonFields; readonly Output: JsonFields };
  };
  readonly DefaultFieldNullability: false;
}

const ID = 'The id of this object among all of this server; hand it to `node` as it stands.';

/**
 * Every type and field of the schema is declared on this builder; `schema.ts` makes the schema of them. A type with an
 * id of its own is declared with `builder.node`, which makes it known to `node` and `nodes`.
 */
export const builder = new SchemaBuilder<SchemaParts>({
  defaultFieldNullability: false,
  plugins: [RelayPlugin],
  relay: {
    encodeGlobalID: (type, id) => encodeGlobalId(type, String(id)),
    decodeGlobalID: decodeGlobalId,
    idFieldOptions: { description: ID },
    nodeTypeOptions: { description: 'What can be asked for again by its id alone.' },
    // `nodes.ts` declares them, for ids that no type has.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
  },
});

builder.addScalarType('DateTime', dateTime);
builder.addScalarType('EventFields', eventFields);
