/** The setting that lists the SPARQL endpoints which queries may ask by SERVICE. */
import { z } from 'zod';

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_TIMEOUT_MS = 600_000;
const MAX_ENDPOINTS = 100;

/** A reference to an environment variable within a header: `Bearer ${EMEA_TOKEN}`. */
const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

const name = z
  .string('expected a name')
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected a name of letters, digits, ".", "_" and "-"');

const url = z
  .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
  .refine((text) => !text.includes('#'), 'expected an http or https URL without a fragment')
  .refine((text) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    return parsed === undefined || (parsed.username === '' && parsed.password === '');
  }, 'expected an http or https URL without credentials, which belong into headers');

const headers = z.record(
  z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'expected the name of an HTTP header'),
  z.string('expected a text').regex(/^[\t\x20-\x7e]*$/, 'expected a text of printable ASCII'),
  'expected headers as "name: value" lines',
);

const milliseconds = `expected a whole number from 1 to ${MAX_TIMEOUT_MS}`;

const endpoint = z.strictObject(
  {
    name,
    url,
    headers: headers.default({}),
    timeoutMs: z
      .int(milliseconds)
      .min(1, milliseconds)
      .max(MAX_TIMEOUT_MS, milliseconds)
      .default(DEFAULT_TIMEOUT_MS),
  },
  { error: unknownKeys('expected an endpoint with name, url, headers and timeoutMs') },
);

/** A SPARQL endpoint that queries may ask; its headers may still hold references to the environment. */
export type FederationEndpoint = Readonly<z.output<typeof endpoint>>;

/** What zod says of keys that nobody knows names them; anything else is told what was expected. */
function unknownKeys(expected: string) {
  return ({ code, keys }: { readonly code?: string | undefined; readonly keys?: unknown }) =>
    code === 'unrecognized_keys' && Array.isArray(keys)
      ? `unknown ${keys.join(', ')}; ${expected}`
      : expected;
}

function fromText(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}

function repeated(endpoints: readonly FederationEndpoint[], field: 'name' | 'url'): number {
  return endpoints.findIndex(
    (one, index) => endpoints.findIndex((other) => other[field] === one[field]) < index,
  );
}

/** Takes the value of the config file, or the same as JSON in a flag or an environment variable. */
export const federationSchema = z.preprocess(
  fromText,
  z.strictObject(
    {
      endpoints: z
        .array(endpoint, 'expected a list of endpoints')
        .max(MAX_ENDPOINTS, `expected at most ${MAX_ENDPOINTS} endpoints`)
        .superRefine((endpoints, context) => {
          for (const field of ['name', 'url'] as const) {
            const index = repeated(endpoints, field);
            if (index < 0) continue;
            context.addIssue({
              code: 'custom',
              path: [index, field],
              message: `expected each ${field} once`,
            });
          }
        }),
    },
    { error: unknownKeys('expected endpoints') },
  ),
);

/** The environment variables that the headers of endpoints refer to, with the field that does. */
export function referencesOf(
  endpoints: readonly FederationEndpoint[],
): readonly { readonly field: string; readonly variable: string }[] {
  return endpoints.flatMap((one, index) =>
    Object.entries(one.headers).flatMap(([header, value]) =>
      [...value.matchAll(REFERENCE)].map(([, variable = '']) => ({
        field: `federation.endpoints[${index}].headers.${header}`,
        variable,
      })),
    ),
  );
}

/** Fills the references in the headers of endpoints; variables that are not set leave nothing in their place. */
export function resolveHeaders(
  endpoints: readonly FederationEndpoint[],
  env: Readonly<Record<string, string | undefined>>,
): readonly FederationEndpoint[] {
  return endpoints.map((one) => ({
    ...one,
    headers: Object.fromEntries(
      Object.entries(one.headers).map(([header, value]) => [
        header,
        value.replace(REFERENCE, (_, variable: string) => env[variable] ?? ''),
      ]),
    ),
  }));
}

/** The setting as it may be printed: header values that stand in it word for word are secrets, references are not. */
export function withoutSecrets(endpoints: readonly FederationEndpoint[]): readonly FederationEndpoint[] {
  return endpoints.map((one) => ({
    ...one,
    headers: Object.fromEntries(
      Object.entries(one.headers).map(([header, value]) => [
        header,
        value.search(REFERENCE) >= 0 ? value : '(not shown)',
      ]),
    ),
  }));
}
