/** How settings are declared: what each sort of them takes. */
import { z } from 'zod';
import { expectedQuantity, quantity, type units } from './quantity.js';

/** One setting: how its value is checked, what it is when nobody gives it, and what help says of it. */
export interface Setting<S extends z.ZodType = z.ZodType> {
  /** Takes the value of the config file, or the text of a flag or an environment variable. */
  readonly schema: S;
  readonly fallback: z.output<S>;
  /** What is expected, as the end of a sentence: `expected a whole number from 1 to 64`. */
  readonly expected: string;
  /** The placeholder of the value in help; absent for switches. */
  readonly value?: string;
  readonly help: string;
  /** The flag, where it is not the name of the setting; it may then be given several times. */
  readonly repeated?: string;
}

function whole(min: number, max: number) {
  const digits = z.string().regex(/^\d{1,15}$/);
  return z.union([z.number(), digits.transform(Number)]).pipe(z.int().min(min).max(max));
}

/** A whole number within bounds. */
export function integer(help: string, value: string, min: number, max: number, fallback: number) {
  const expected = `a whole number from ${min} to ${max}`;
  return { schema: whole(min, max), fallback, expected, value, help };
}

/** A size or a span of time within bounds, a plain number in the unit that the setting is named by. */
export function measured(
  unit: keyof typeof units,
  help: string,
  [min, max]: readonly [min: number, max: number],
  fallback: number,
) {
  const value = unit === 'bytes' || unit === 'mebibytes' ? 'SIZE' : 'SPAN';
  const schema = quantity(unit, min, max);
  return { schema, fallback, expected: expectedQuantity(unit, min, max), value, help };
}

/** A number of days. */
export function days(what: string, fallback: number) {
  return measured('days', `for how many days ${what}; 0 is for good`, [0, 36_500], fallback);
}

/** A text that is not empty. */
export function text(help: string, value: string, fallback: string) {
  return { schema: z.string().trim().min(1), fallback, expected: 'a text that is not empty', value, help };
}

/** A file, or none. */
export function file(help: string) {
  return { schema: z.string().trim(), fallback: '', expected: 'a file', value: 'FILE', help };
}

/** One of some words. */
export function oneOf<const T extends readonly [string, ...string[]]>(
  help: string,
  values: T,
  fallback: T[number],
) {
  const expected = `one of ${values.join(', ')}`;
  return { schema: z.enum(values), fallback, expected, value: values.join('|'), help };
}

/** A switch. */
export function toggle(help: string, fallback: boolean) {
  const word = z.enum(['true', 'false']).transform((given) => given === 'true');
  return { schema: z.union([z.boolean(), word]), fallback, expected: 'true or false', help };
}
