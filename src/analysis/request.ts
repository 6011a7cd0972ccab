/** Checks what people ask to be recorded, at the door of this room. */
import { z } from 'zod';
import { AnalysisError } from './errors.js';

/** A text that is not empty, of so many characters at most. */
export const boundedText = (mostCharacters: number) =>
  z
    .string()
    .refine((text) => text.trim() !== '', 'expected a text that is not empty')
    .refine((text) => text.isWellFormed(), 'expected a text of whole characters')
    .refine((text) => !text.includes('\0'), 'expected a text without NUL')
    .max(mostCharacters, `expected at most ${mostCharacters} characters`);

/** The texts that requests have in common. */
export const requestTexts = {
  id: boundedText(200),
  name: boundedText(200),
  title: boundedText(500),
  prose: boundedText(10_000),
};

/** What was given: a field that is null says no more than one that is not there. */
const withoutNulls = (request: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null && value !== undefined));

/** Reads a request by its schema; fails with `bad-request`, which names the field and what was expected. */
export function parseRequest<T>(schema: z.ZodType<T>, request: object): T {
  const parsed = schema.safeParse(withoutNulls(request));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  const [{ field, message } = { field: '', message: 'expected another request' }] = faults;
  throw new AnalysisError('bad-request', `${field}: ${message}`, { faults });
}
