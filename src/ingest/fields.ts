import { z } from 'zod';
import { type FieldType, type Instant, parseInstant, parsePath } from '../model/index.js';
import type { Limits } from './limits.js';
import { faultOfText } from './text.js';

/** A message for a value of the wrong form: says so when there is none at all. */
function expecting(what: string): { error: (issue: { readonly input?: unknown }) => string } {
  return {
    error: ({ input }) => (input === undefined ? `is required: expected ${what}` : `expected ${what}`),
  };
}

/** A text of bounded length that RDF can hold. */
export function text(what: string, mostCharacters: number, leastCharacters = 0): z.ZodString {
  return z.string(expecting(what)).check((context) => {
    const { value: input } = context;
    const fault = input.length < leastCharacters ? `expected ${what}` : faultOfText(input, mostCharacters);
    if (fault !== undefined) context.issues.push({ code: 'custom', input, message: fault });
  });
}

/** A time in RFC 3339. */
export const instant: z.ZodType<Instant> = z
  .string(expecting('an RFC 3339 time with its offset, such as 2026-01-02T03:04:05Z'))
  .transform((input, context) => {
    const at = parseInstant(input);
    if (at !== undefined) return at;
    const message = 'expected an RFC 3339 time with its offset, such as 2026-01-02T03:04:05Z';
    context.issues.push({ code: 'custom', input, message });
    return z.NEVER;
  });

const finite = z.number(expecting('a finite number'));

/** A finite number of zero or more. */
const notNegative = z
  .number(expecting('a finite number of 0 or more'))
  .nonnegative('expected a number of 0 or more');

/** Text, or a number or boolean taken as its text: `from: 20` reads as `from: "20"`. */
export function scalarText(mostCharacters: number): z.ZodType<string> {
  return z
    .union([z.string(), z.number(), z.boolean()], expecting('a text, a number or a boolean'))
    .transform(String)
    .pipe(text('a text', mostCharacters));
}

/** Labels: texts by name. Their bounds are checked with `faultOfLabels`. */
export const labelsObject = z.record(
  z.string(),
  z
    .union([z.string(), z.number(), z.boolean()], expecting('a text, a number or a boolean'))
    .transform(String),
  expecting('an object of texts'),
);

/** Fields that count or measure something that cannot be below zero. */
const QUANTITIES = new Set([
  'depth',
  'capacity',
  'latencyMs',
  'waitMs',
  'count',
  'queueDepthSnapshot',
  'truncatedAlerts',
]);

/** Fields whose text may be empty or come as another scalar: they hold the value of a setting or a flag. */
const SETTINGS = new Set(['fromValue', 'toValue']);

/** The schema of a field, from its declaration in the table of kinds. */
export function fieldSchema(name: string, type: FieldType, limits: Limits): z.ZodType {
  switch (type) {
    case 'text':
      return SETTINGS.has(name)
        ? scalarText(limits.textCharacters)
        : text('a text that is not empty', limits.textCharacters, 1);
    case 'number':
      return QUANTITIES.has(name) ? notNegative : finite;
    case 'integer':
      return z.int(expecting('a whole number'));
    case 'boolean':
      return z.boolean(expecting('true or false'));
    case 'instant':
      return instant;
    case 'service':
      return text('the name of a service', limits.nameCharacters, 1);
    case 'receipt':
      return receiptPath(limits);
    case 'receipts':
      return z.array(receiptPath(limits), expecting('a list of receipts'));
    case 'json':
      return z.json().transform((value) => JSON.stringify(value));
  }
}

function receiptPath(limits: Limits): z.ZodType<string> {
  return text('the path of a receipt', limits.textCharacters).refine(
    (path) => parsePath(path) !== undefined,
    'expected the path of a receipt below /id/',
  );
}
