/** Holds the queries and the links of a runbook to be ones that work. */
import { GraphError } from '../errors.js';
import type { Pack } from '../graph.js';
import { bindPack } from '../pack-binding.js';
import { bindRunbook, fillLink, type RunbookValues } from './fill.js';
import { malformed, type ParsedRunbook } from './parse.js';

/** What queries and links are held against. */
export interface RunbookChecks {
  /** Reads a query; throws what speaks against it. */
  readonly query: (text: string) => void;
  readonly packs: readonly Pack[];
}

const example: RunbookValues = {
  incident: '20240125-checkout-2f8a6c',
  service: 'checkout',
  since: '2024-01-25T09:00:00Z',
  until: '2024-01-25T10:05:00Z',
  onset: '2024-01-25T10:00:00Z',
};
const exampleCandidate = 'http://example.com/id/candidate/0';

/** Does what may fail; tells of the failure by file and line. */
function at(where: string, line: number, what: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    if (!(cause instanceof GraphError)) throw cause;
    throw malformed(where, line, `${what}: ${cause.message}`);
  }
}

/** Checks that a link to a query pack names one, with the parameters that it has and needs. */
function checkPackLink(link: string, packs: readonly Pack[]): void {
  const url = new URL(fillLink(link, example), 'http://example.com');
  const name = decodeURIComponent(url.pathname.replace(/^\/queries\//, ''));
  const pack = packs.find((one) => one.name === name);
  if (pack === undefined) throw new GraphError('runbook-malformed', `there is no query pack ${name}`);
  bindPack(pack, Object.fromEntries(url.searchParams));
}

/** Where the ASK of a clause stands in the file. */
function lineOfAsk(content: string, index: number): number {
  const lines = content.split('\n').flatMap((line, place) => (/^[\s-]*ask:/.test(line) ? [place + 1] : []));
  return lines[index] ?? 1;
}

/**
 * Checks what a runbook asks and links to, with an example in its places; fails with `runbook-malformed`, which names
 * the file and the line.
 */
export function checkRunbook(
  { runbook, outline, linesAbove }: ParsedRunbook,
  where: string,
  content: string,
  { query, packs }: RunbookChecks,
): void {
  const asks = runbook.match.flatMap(({ ask }) => ask ?? []);
  asks.forEach((ask, index) => {
    const line = lineOfAsk(content, index);
    at(where, line, 'ask', () => query(bindRunbook(ask, example, exampleCandidate)));
    if (!/\bASK\b/i.test(ask)) throw malformed(where, line, 'ask: expected a SPARQL ASK');
  });
  for (const { text, line } of outline.queries) {
    at(where, linesAbove + line, 'the query', () => query(bindRunbook(text, example)));
  }
  for (const { text, line } of outline.links) {
    // Markdown percent-encodes the marks of places.
    const link = text.replace(/%7B/gi, '{').replace(/%7D/gi, '}');
    if (link.startsWith('/queries/')) at(where, linesAbove + line, link, () => checkPackLink(link, packs));
  }
}
