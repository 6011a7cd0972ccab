/** Sizes and spans of time as people write them: `64 MiB`, `1.5GB`, `15m`, `1h30m`. */
import { z } from 'zod';

const SIZES = {
  b: 1,
  kb: 1e3,
  kib: 2 ** 10,
  mb: 1e6,
  mib: 2 ** 20,
  gb: 1e9,
  gib: 2 ** 30,
  tb: 1e12,
  tib: 2 ** 40,
};
const SPANS = { ms: 1, s: 1e3, sec: 1e3, m: 60e3, min: 60e3, h: 3_600e3, d: 86_400e3, w: 604_800e3 };

/** What a plain number of a setting counts, and what else is taken for it. */
interface Unit {
  /** As the end of `a whole number of …`. */
  readonly name: string;
  readonly factors: Readonly<Record<string, number>>;
  /** What one of them is, in bytes or milliseconds. */
  readonly one: number;
  /** An example, and what it is one of. */
  readonly such: string;
  /** Whether a part of one is left out; of spans it is refused. */
  readonly floors: boolean;
}

const size = { factors: SIZES, such: 'a size such as 64 MiB or 1GB', floors: true };
const span = { factors: SPANS, such: 'a span such as 90s, 15m, 12h or 30d', floors: false };

/** The units that settings are in. */
export const units = {
  bytes: { ...size, name: 'bytes', one: 1 },
  mebibytes: { ...size, name: 'MiB', one: 2 ** 20 },
  milliseconds: { ...span, name: 'milliseconds', one: 1 },
  seconds: { ...span, name: 'seconds', one: 1e3 },
  minutes: { ...span, name: 'minutes', one: 60e3 },
  days: { ...span, name: 'days', one: 86_400e3 },
} as const satisfies Readonly<Record<string, Unit>>;

const WHOLE = /^(?:\d{1,15}(?:\.\d{1,6})?\s*[a-z]+\s*)+$/i;
const PART = /(\d+(?:\.\d+)?)\s*([a-z]+)/gi;

/** What a text comes to in a unit; undefined when it is none of its quantities. */
function countOf(text: string, { factors, one, floors }: Unit): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (!WHOLE.test(text)) return undefined;
  let sum = 0;
  for (const [, number, word = ''] of text.matchAll(PART)) {
    const name = word.toLowerCase();
    const factor = Object.hasOwn(factors, name) ? factors[name] : undefined;
    if (factor === undefined) return undefined;
    sum += Number(number) * factor;
  }
  const count = sum / one;
  // A decimal fraction such as 1.1 GB may be off by the last bit.
  const near = Math.round(count);
  return Math.abs(count - near) < 1e-6 ? near : floors ? Math.floor(count) : count;
}

/** What a quantity between two bounds is expected to be, as the end of a sentence. */
export function expectedQuantity(unit: keyof typeof units, min: number, max: number): string {
  const { name, such } = units[unit];
  return `a whole number of ${name} from ${min} to ${max}, or ${such}`;
}

/** A quantity within bounds, in whole units: a plain number counts them, a text may say its own. */
export function quantity(unit: keyof typeof units, min: number, max: number) {
  const error = `expected ${expectedQuantity(unit, min, max)}`;
  const text = z.string(error).transform((given, context) => {
    const count = countOf(given.trim(), units[unit]);
    if (count !== undefined) return count;
    context.addIssue({ code: 'custom', message: error });
    return z.NEVER;
  });
  return z.union([z.number(error), text], error).pipe(z.int(error).min(min, error).max(max, error));
}
