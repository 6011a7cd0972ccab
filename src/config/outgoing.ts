/** What the settings of addresses that Genchi calls have in common: names, URLs, headers, timeouts and secrets. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { quantity } from './quantity.js';

const MAX_TIMEOUT_MS = 600_000;

/**
 * A reference to an environment variable within a header, `Bearer ${EMEA_TOKEN}`, or to a file that holds the secret alone,
 * `Bearer ${file:/run/secrets/emea}`.
 */
const REFERENCE = /\$\{(?:file:([^}]+)|([A-Za-z_][A-Za-z0-9_]*))\}/g;

/** What may stand beside a reference and tells nothing: how a secret is shown. */
const SCHEME = /^(?:Bearer|Basic|Token|ApiKey) $/i;

/** The name of an address. */
export const name = z
  .string('expected a name')
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected a name of letters, digits, ".", "_" and "-"');

/** Where it is; credentials belong into headers. */
export const url = z
  .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
  .refine((text) => !text.includes('#'), 'expected an http or https URL without a fragment')
  .refine((text) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    return parsed === undefined || (parsed.username === '' && parsed.password === '');
  }, 'expected an http or https URL without credentials, which belong into headers');

/** Headers to send, which may refer to the environment. */
export const headers = z.record(
  z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'expected the name of an HTTP header'),
  z.string('expected a text').regex(/^[\t\x20-\x7e]*$/, 'expected a text of printable ASCII'),
  'expected headers as "name: value" lines',
);

/** What stands in the place of a secret. */
const HIDDEN = '(not shown)';

/** How long an answer may take, in milliseconds. */
export function timeoutMs(fallback: number) {
  return quantity('milliseconds', 1, MAX_TIMEOUT_MS).default(fallback);
}

/** A secret, which may refer to the environment. */
export const secret = z.string('expected a text').min(1, 'expected a text that is not empty');

/** What zod says of keys that nobody knows names them; anything else is told what was expected. */
export function unknownKeys(expected: string) {
  return ({ code, keys }: { readonly code?: string | undefined; readonly keys?: unknown }) =>
    code === 'unrecognized_keys' && Array.isArray(keys)
      ? `unknown ${keys.join(', ')}; ${expected}`
      : expected;
}

/** The value of the config file, or the same as JSON in a flag or an environment variable. */
export function fromText(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

/** Refuses a list in which two items have the same text in one of these fields. */
export function eachOnce<F extends string>(fields: readonly F[]) {
  return (items: readonly Readonly<Record<F, string>>[], context: z.RefinementCtx): void => {
    for (const field of fields) {
      const index = items.findIndex(
        (one, place) => items.findIndex((other) => other[field] === one[field]) < place,
      );
      if (index >= 0) {
        context.addIssue({ code: 'custom', path: [index, field], message: `expected each ${field} once` });
      }
    }
  };
}

/** An address with what may hold secrets. */
export interface Outgoing {
  readonly headers: Readonly<Record<string, string>>;
  readonly secret?: string | undefined;
}

/** A reference to the environment or to a file, with the field that has it. */
export type Reference = { readonly field: string } & (
  | { readonly variable: string }
  | { readonly file: string }
);

/** What addresses refer to; `setting` is the path of their list. */
export function referencesOf(setting: string, addresses: readonly Outgoing[]): readonly Reference[] {
  const variables = (field: string, text: string): readonly Reference[] =>
    [...text.matchAll(REFERENCE)].map(([, file, variable = '']) =>
      file === undefined ? { field, variable } : { field, file },
    );
  return addresses.flatMap(({ headers: given, secret: own = '' }, index) => [
    ...Object.entries(given).flatMap(([header, value]) =>
      variables(`${setting}[${index}].headers.${header}`, value),
    ),
    ...variables(`${setting}[${index}].secret`, own),
  ]);
}

function mapSecrets<A extends Outgoing>(one: A, map: (text: string) => string): A {
  const headers = Object.fromEntries(
    Object.entries(one.headers).map(([header, value]) => [header, map(value)]),
  );
  return { ...one, headers, ...(one.secret === undefined ? {} : { secret: map(one.secret) }) };
}

/** The secret that a file holds, without white space around it; undefined when it cannot be read or holds no single line. */
export function readSecret(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return /^[\x20-\x7e]{1,8192}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Fills the references to the environment and to files, which are read now; what is not there leaves nothing in its place,
 * and was told when the settings were checked.
 */
export function resolveSecrets<A extends Outgoing>(
  addresses: readonly A[],
  env: Readonly<Record<string, string | undefined>>,
): readonly A[] {
  const fill = (text: string): string =>
    text.replace(
      REFERENCE,
      (_, file: string | undefined, variable = '') =>
        (file === undefined ? env[String(variable)] : readSecret(file)) ?? '',
    );
  return addresses.map((one) => mapSecrets(one, fill));
}

/** The addresses as they may be printed: what stands in them word for word is secret, references are not. */
export function withoutSecrets<A extends Outgoing>(addresses: readonly A[]): readonly A[] {
  return addresses.map((one) => mapSecrets(one, withoutSecret));
}

function withoutSecret(text: string): string {
  const references = [...text.matchAll(REFERENCE)].map(([reference]) => reference);
  const between = text.split(new RegExp(REFERENCE.source)).filter((_, index) => index % 3 === 0);
  const shown = between.map((part) => (part === '' || SCHEME.test(part) ? part : HIDDEN));
  return shown.map((part, index) => `${part}${references[index] ?? ''}`).join('');
}
