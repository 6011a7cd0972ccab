import { GraphQLError, GraphQLScalarType, valueFromASTUntyped } from 'graphql';
import { formatInstant, type Instant, instantOf, parseInstant } from '../../model/index.js';

function instantFrom(value: unknown): Instant {
  const at = typeof value === 'string' ? parseInstant(value) : undefined;
  if (at === undefined) {
    throw new GraphQLError('expected a time as RFC 3339 with its offset, such as 2026-01-02T03:04:05.678Z', {
      extensions: { code: 'bad-request' },
    });
  }
  return at;
}

/** A point in time: RFC 3339 with an offset on the way in, in UTC with milliseconds on the way out. */
export const dateTime = new GraphQLScalarType<Instant, string>({
  name: 'DateTime',
  description:
    'A point in time as RFC 3339 with its offset; answers are in UTC with milliseconds, as 2026-01-02T03:04:05.678Z.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => {
    if (typeof value !== 'number') throw new GraphQLError('expected an instant');
    return formatInstant(instantOf(value));
  },
  parseValue: instantFrom,
});

/** A JSON object as it was sent. */
export type JsonFields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is JsonFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fieldsFrom(value: unknown): JsonFields {
  if (isFields(value)) return value;
  throw new GraphQLError('expected an object of fields', { extensions: { code: 'bad-request' } });
}

/** Fields by name, of which the kind of an event says which there are. */
export const eventFields = new GraphQLScalarType<JsonFields, JsonFields>({
  name: 'EventFields',
  description:
    'An object with the fields of an event, as `POST /api/v1/events` takes them: texts, numbers, booleans, times as RFC 3339.',
  serialize: fieldsFrom,
  parseValue: fieldsFrom,
  parseLiteral: (node, variables) => fieldsFrom(valueFromASTUntyped(node, variables)),
});
