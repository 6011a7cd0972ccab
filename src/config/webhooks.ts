/** The setting that lists who is told of incidents. */
import { z } from 'zod';
import { eachOnce, fromText, headers, name, secret, timeoutMs, unknownKeys, url } from './outgoing.js';

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_WEBHOOKS = 50;

/** The changes of incidents that a webhook may be told of. */
export const webhookEvents = [
  'opened',
  'changed',
  'acknowledged',
  'verdict',
  'resolved',
  'reopened',
] as const;

const webhook = z.strictObject(
  {
    name,
    url,
    headers: headers.default({}),
    secret: secret.optional(),
    events: z
      .array(
        z.enum(webhookEvents, `expected one of ${webhookEvents.join(', ')}`),
        'expected a list of events',
      )
      .min(1, 'expected at least one event')
      .default([...webhookEvents]),
    timeoutMs: timeoutMs(DEFAULT_TIMEOUT_MS),
  },
  { error: unknownKeys('expected a webhook with name, url, headers, secret, events and timeoutMs') },
);

/** Who is told of incidents; headers and the secret may still hold references to the environment. */
export type WebhookSetting = Readonly<z.output<typeof webhook>>;

/** Takes the value of the config file, or the same as JSON in a flag or an environment variable. */
export const webhooksSchema = z.preprocess(
  fromText,
  z
    .array(webhook, 'expected a list of webhooks')
    .max(MAX_WEBHOOKS, `expected at most ${MAX_WEBHOOKS} webhooks`)
    .superRefine(eachOnce(['name'])),
);
