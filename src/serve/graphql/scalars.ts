import { GraphQLError, GraphQLScalarType } from 'graphql';
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
