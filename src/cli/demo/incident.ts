import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Client } from '../client.js';

const argument = z.object({ sentence: z.string(), cites: z.array(z.object({ iri: z.string() })) });

const candidate = z.object({
  rank: z.number(),
  score: z.number(),
  causeKind: z.string(),
  title: z.string(),
  service: z.string(),
  cause: z.object({ iri: z.string() }).nullable(),
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

const page = z.object({ incidents: z.object({ nodes: z.array(incident) }) });

/** A sentence of the analysis with the receipts it rests on. */
export type Argument = z.output<typeof argument>;
/** A candidate as GraphQL tells it. */
export type Candidate = z.output<typeof candidate>;
/** An incident as GraphQL tells it. */
export type Incident = z.output<typeof incident>;

const QUERY = `query ($service: String) {
  incidents(service: $service, first: 1) {
    nodes {
      id iri state title severity service metric startsAt onsetAt missing
      candidates { ...shown }
      rejected { ...shown }
    }
  }
}
fragment shown on Candidate {
  rank score causeKind title service rejected
  cause { iri }
  terms { name contribution }
  supporting { sentence cites { iri } }
  opposing { sentence cites { iri } }
}`;

const POLL_MS = 100;

/** Asks until the newest incident of a service has been analysed; what is known by then after `timeoutMs`. */
export async function awaitIncident(
  client: Client,
  service: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Incident | undefined> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    const { incidents } = await client.graphql(QUERY, { service }, page);
    const [found] = incidents.nodes;
    const analysed = found !== undefined && found.candidates.length + found.rejected.length > 0;
    if (analysed || performance.now() > giveUpAt) return found;
    await pause(POLL_MS, undefined, { signal });
  }
}
