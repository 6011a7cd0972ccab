/** Fills the places of a runbook with what an incident is about. */
import { encodeSegment } from '../../model/index.js';
import type { PackParameter } from '../graph.js';
import { replaceVariables } from '../guard.js';
import { termOf } from '../pack-binding.js';

/**
 * The places that a runbook may have, with their types: written `$name` in SPARQL and `{name}` in links. `since` is an
 * hour before the onset, and `until` the end of the evidence.
 */
export const runbookPlaces = {
  incident: 'incident',
  service: 'service',
  since: 'instant',
  until: 'instant',
  onset: 'instant',
} as const satisfies Readonly<Record<string, PackParameter['type']>>;

/** A place of a runbook that an incident fills. */
export type RunbookPlace = keyof typeof runbookPlaces;

/** Values of places; `instant` is RFC 3339. A place without a value stays as it is. */
export type RunbookValues = { readonly [P in RunbookPlace]?: string };

const places = Object.keys(runbookPlaces) as readonly RunbookPlace[];

/** The places' values as RDF terms, by place. */
function termsOf(values: RunbookValues): Map<string, string> {
  return new Map(
    places.flatMap((name) => {
      const value = values[name];
      if (value === undefined || value === '') return [];
      return [[name, termOf({ name, type: runbookPlaces[name], example: '' }, value)] as const];
    }),
  );
}

/** A query of a runbook with its places filled by terms; `candidate` is the IRI of a candidate's receipt. */
export function bindRunbook(query: string, values: RunbookValues, candidate?: string): string {
  const terms = termsOf(values);
  if (candidate !== undefined) terms.set('candidate', `<${candidate}>`);
  return replaceVariables(query, terms);
}

/** A link of a runbook with its places filled, each percent-encoded. */
export function fillLink(link: string, values: RunbookValues): string {
  return places.reduce((text, name) => {
    const value = values[name];
    return value === undefined ? text : text.replaceAll(`{${name}}`, encodeSegment(value));
  }, link);
}

/** The Markdown of a runbook with the places of its links and of its SPARQL filled; prose is left as it is. */
export function fillRunbook(markdown: string, values: RunbookValues): string {
  return markdown
    .replace(/\]\((\/[^()\s]*)\)/g, (_, link: string) => `](${fillLink(link, values)})`)
    .replace(
      /^```sparql\n([\s\S]*?)^```/gm,
      (_, query: string) => `\`\`\`sparql\n${bindRunbook(query, values)}\`\`\``,
    );
}
