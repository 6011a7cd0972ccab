/** Asks whom Genchi talks to whether they answer. */
import { z } from 'zod';
import { type Config, resolveSecrets } from '../../config/index.js';
import { type Instant, SECOND_MS } from '../../model/index.js';
import { type Finding, type Says, saysOf, whyOf } from './finding.js';

const TIMEOUT_MS = 5_000;
/** Clocks that are further apart put causes and effects into the wrong order. */
const MOST_SKEW_MS = 30 * SECOND_MS;

/** What to ask with. */
export interface Asking {
  readonly fetch: typeof fetch;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: () => Instant;
}

const CANNOT_REACH = 'look at the URL, at DNS and firewalls, and at caFile where it is asked by TLS';

async function ask(url: string, init: RequestInit, asking: Asking): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return await asking.fetch(url, { redirect: 'manual', ...init, signal });
}

/** How far the clock of who answered is from this one, as a warning; undefined where it is near, or not told. */
function skewOf(response: Response, says: Says, asking: Asking): Finding | undefined {
  const theirs = Date.parse(response.headers.get('date') ?? '');
  const apartMs = Math.abs(theirs - asking.clock());
  if (!(apartMs > MOST_SKEW_MS)) return undefined;
  return says.warning(`its clock is ${Math.round(apartMs / SECOND_MS)} s from this one`, 'keep both by NTP');
}

async function reached(
  check: string,
  url: string,
  asking: Asking,
  judge: (response: Response, says: Says) => Promise<Finding>,
  init: RequestInit = {},
): Promise<Finding> {
  const says = saysOf(check);
  try {
    const response = await ask(url, init, asking);
    const finding = await judge(response, says);
    return finding.state === 'good' ? (skewOf(response, says, asking) ?? finding) : finding;
  } catch (error) {
    return says.bad(`${url} cannot be reached: ${whyOf(error)}`, CANNOT_REACH);
  }
}

/** Webhooks are not called, since their receiver would take that for an incident: any answer will do. */
function checkWebhook(name: string, url: string, asking: Asking): Promise<Finding> {
  const judge = async (response: Response, says: Says): Promise<Finding> => {
    await response.body?.cancel();
    return response.status < 500
      ? says.good(`${new URL(url).host} answers; \`genchi webhooks test ${name}\` sends it a message`)
      : says.warning(`${new URL(url).host} answers ${response.status}`, 'look at the log of the receiver');
  };
  return reached(`webhook ${name}`, url, asking, judge, { method: 'HEAD' });
}

function checkEndpoint(
  { name, url, headers }: Config['federation']['endpoints'][number],
  asking: Asking,
): Promise<Finding> {
  const judge = async (response: Response, says: Says): Promise<Finding> => {
    await response.body?.cancel();
    if (response.ok) return says.good('answers SPARQL');
    const mend =
      response.status === 401 || response.status === 403
        ? `look at the headers of the endpoint ${name} (setting federation)`
        : 'look at the URL of the endpoint: it has to answer SPARQL by POST';
    return says.bad(`answers ${response.status} to ASK {}`, mend);
  };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  return reached(`endpoint ${name}`, url, asking, judge, {
    method: 'POST',
    headers: { ...headers, ...form, accept: 'application/sparql-results+json' },
    body: new URLSearchParams({ query: 'ASK {}' }).toString(),
  });
}

function checkIssuer(issuer: string, asking: Asking): Promise<Finding> {
  const judge = async (response: Response, says: Says): Promise<Finding> => {
    const found = z
      .looseObject({ issuer: z.string() })
      .safeParse(await response.json().catch(() => undefined));
    if (response.ok && found.data?.issuer === issuer) return says.good('its configuration is found');
    return says.bad(`answers ${response.status}, and not its own configuration`, 'look at the setting oidc');
  };
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  return reached(`issuer ${issuer}`, url, asking, judge);
}

/** Asks every webhook, endpoint and identity provider of the settings. */
export async function checkOutgoing(config: Config, asking: Asking): Promise<readonly Finding[]> {
  const { webhooks, federation, oidc } = config;
  return await Promise.all([
    ...webhooks.map(({ name, url }) => checkWebhook(name, url, asking)),
    ...resolveSecrets(federation.endpoints, asking.env).map((endpoint) => checkEndpoint(endpoint, asking)),
    ...oidc.map(({ issuer }) => checkIssuer(issuer, asking)),
  ]);
}

/** Who sends evidence here, by where they say what they are set up to. */
const SENDERS = {
  prometheus: {
    check: 'Prometheus',
    path: '/api/v1/status/config',
    sends: '/api/v1/write',
    section: 'remote_write',
  },
  alertmanager: {
    ...{ check: 'Alertmanager', path: '/api/v2/status' },
    ...{ sends: '/api/v1/alertmanager', section: 'a webhook receiver' },
  },
} as const;

/** Whether a Prometheus or an Alertmanager answers, and is set up to send here. */
export function checkSender(which: keyof typeof SENDERS, url: string, asking: Asking): Promise<Finding> {
  const { check, path, sends, section } = SENDERS[which];
  const judge = async (response: Response, says: Says): Promise<Finding> => {
    const text = await response.text();
    if (!response.ok)
      return says.bad(`answers ${response.status} to ${path}`, `name the URL of ${check} itself`);
    if (text.includes(sends)) return says.good(`answers, and sends to ${sends}`);
    return says.warning(
      `answers, and nothing of it is sent to ${sends}`,
      `add ${section}, see docs/running.md`,
    );
  };
  return reached(check, `${url.replace(/\/+$/, '')}${path}`, asking, judge);
}

/**
 * What a running server says of itself: one has to run where it is named, or where a process has the store open; where
 * none has, what answers is another's.
 */
export async function checkServer(
  url: string,
  expected: 'named' | 'on the folder' | 'none',
  asking: Asking,
): Promise<Finding> {
  const says = saysOf('server');
  const isWanted = expected !== 'none';
  const response = await ask(`${url}/-/ready`, {}, asking).catch(() => undefined);
  if (response === undefined) {
    const found = `nothing answers at ${url}`;
    return isWanted
      ? says.bad(found, 'start it: genchi serve; or name it with --url')
      : says.skipped(`${found}; no server runs on the data folder`);
  }
  if (!isWanted) {
    await response.body?.cancel();
    return says.warning(
      `${url} answers, and no server has this data folder open`,
      'a start would find the port in use: choose another with --port, or name the other folder with --data',
    );
  }
  if (response.ok) return skewOf(response, says, asking) ?? says.good(`ready at ${url}`);
  const said = z.looseObject({ detail: z.string() }).safeParse(await response.json().catch(() => undefined));
  return says.bad(said.data?.detail ?? `${url} answers ${response.status}`, 'look at the log of the server');
}
