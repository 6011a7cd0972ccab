import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { DemoError } from './errors.js';

const argument = z.object({ sentence: z.string(), cites: z.array(z.object({ iri: z.string() })) });

const candidate = z.object({
  rank: z.number(),
  score: z.number(),
  causeKind: z.string(),
  title: z.string(),
  service: z.string(),
  cause: z.object({ iri: z.string(), at: z.string() }).nullable(),
  terms: z.array(z.object({ name: z.string(), contribution: z.number() })),
  supporting: z.array(argument),
  opposing: z.array(argument),
  rejected: z.string().nullable(),
});

const incident = z.object({
  id: z.string(),
  iri: z.string(),
  state: z.string(),
  title: z.string(),
  severity: z.string(),
  service: z.string().nullable(),
  metric: z.string().nullable(),
  startsAt: z.string(),
  onsetAt: z.string().nullable(),
  candidates: z.array(candidate),
  rejected: z.array(candidate),
  missing: z.array(z.string()),
});

const answer = z.object({
  data: z.object({ incidents: z.array(incident) }).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});

/** A sentence of the analysis with the receipts it rests on. */
export type Argument = z.output<typeof argument>;
/** A candidate as GraphQL tells it. */
export type Candidate = z.output<typeof candidate>;
/** An incident as GraphQL tells it. */
export type Incident = z.output<typeof incident>;

/** What is asked of GraphQL; people may paste it at /graphql. */
export const INCIDENTS_QUERY = `{
  incidents(limit: 10) {
    id iri state title severity service metric startsAt onsetAt missing
    candidates { ...shown }
    rejected { ...shown }
  }
}
fragment shown on Candidate {
  rank score causeKind title service rejected
  cause { iri at }
  terms { name contribution }
  supporting { sentence cites { iri } }
  opposing { sentence cites { iri } }
}`;

/** The incidents that the server knows. */
export async function askIncidents(url: string, signal: AbortSignal): Promise<readonly Incident[]> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: INCIDENTS_QUERY }),
    signal,
  });
  const { data, errors } = answer.parse(await response.json());
  if (data !== undefined && data !== null && errors === undefined) return data.incidents;
  const why = errors?.map(({ message }) => message).join('; ') ?? `status ${response.status}`;
  throw new DemoError('server-refused', `/graphql: ${why}`);
}

const POLL_MS = 100;

/** Asks until the incident of a service has candidates; undefined when it has none within `timeoutMs`. */
export async function awaitIncident(
  url: string,
  service: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Incident | undefined> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const found = (await askIncidents(url, signal)).find((one) => one.service === service);
    if (found !== undefined && found.candidates.length + found.rejected.length > 0) return found;
    if (performance.now() > giveUpAt) return found;
    await pause(POLL_MS, undefined, { signal });
  }
}
