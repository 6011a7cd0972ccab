/** The setting that lists the SPARQL endpoints which queries may ask by SERVICE. */
import { z } from 'zod';
import { eachOnce, fromText, headers, name, timeoutMs, unknownKeys, url } from './outgoing.js';

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_ENDPOINTS = 100;

const endpoint = z.strictObject(
  {
    name,
    url,
    headers: headers.default({}),
    timeoutMs: timeoutMs(DEFAULT_TIMEOUT_MS),
  },
  { error: unknownKeys('expected an endpoint with name, url, headers and timeoutMs') },
);

/** A SPARQL endpoint that queries may ask; its headers may still hold references to the environment. */
export type FederationEndpoint = Readonly<z.output<typeof endpoint>>;

/** Takes the value of the config file, or the same as JSON in a flag or an environment variable. */
export const federationSchema = z.preprocess(
  fromText,
  z.strictObject(
    {
      endpoints: z
        .array(endpoint, 'expected a list of endpoints')
        .max(MAX_ENDPOINTS, `expected at most ${MAX_ENDPOINTS} endpoints`)
        .superRefine(eachOnce(['name', 'url'])),
    },
    { error: unknownKeys('expected endpoints') },
  ),
);
