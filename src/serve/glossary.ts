/** What the ontology calls the fields of receipts, for people. */
import type { OntologyTerm } from '../graph/index.js';
import { TPS } from '../model/index.js';

/** A word of the ontology. */
export interface GlossaryEntry {
  readonly label: string;
  /** What it means, as a sentence. */
  readonly meaning: string | undefined;
  readonly unit: string | undefined;
}

/** Words by their local name in the ontology. */
export type Glossary = ReadonlyMap<string, GlossaryEntry>;

/** The words of the ontology. */
export function glossaryOf(terms: readonly OntologyTerm[]): Glossary {
  return new Map(
    terms.map(({ iri, facts }) => {
      const name = iri.slice(TPS.length);
      const [label = name] = facts.get('label') ?? [];
      return [name, { label, meaning: facts.get('comment')?.[0], unit: facts.get('unit')?.[0] }];
    }),
  );
}
