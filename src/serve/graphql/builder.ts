import SchemaBuilder from '@pothos/core';
import type { Instant } from '../../model/index.js';
import type { GraphqlContext } from './context.js';
import { dateTime } from './scalars.js';

/** What the types of the schema are made of. */
interface SchemaParts {
  readonly Context: GraphqlContext;
  readonly Scalars: { readonly DateTime: { readonly Input: Instant; readonly Output: Instant } };
  readonly DefaultFieldNullability: false;
}

/** Every type and field of the schema is declared on this builder; `schema.ts` makes the schema of them. */
export const builder = new SchemaBuilder<SchemaParts>({ defaultFieldNullability: false });

builder.addScalarType('DateTime', dateTime);
