/** What queries speak of: the terms of the ontology, and the services and metrics of this server. */
import { fieldsOf, problemOf, RequestError } from '../data/problem.js';

/** A class or a property of the ontology. */
export interface OntologyTerm {
  /** As queries write it: `tps:Deployment`. */
  readonly name: string;
  readonly type: 'class' | 'property';
  readonly meaning: string;
}

/** Everything that is completed. */
export interface Vocabulary {
  readonly terms: readonly OntologyTerm[];
  readonly prefixes: ReadonlyMap<string, string>;
  readonly services: readonly string[];
  readonly metrics: readonly string[];
}

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const RDFS = 'http://www.w3.org/2000/01/rdf-schema#';
const TYPES = new Map<unknown, OntologyTerm['type']>([
  [`${RDFS}Class`, 'class'],
  [`${RDF}Property`, 'property'],
]);

const firstText = (values: unknown): string => {
  const { '@value': text } = fieldsOf(Array.isArray(values) ? values[0] : undefined);
  return typeof text === 'string' ? text : '';
};

/** Types stand as a keyword or as the predicate that it is short for. */
function typeOf(fields: Readonly<Record<string, unknown>>): OntologyTerm['type'] | undefined {
  const types = [fields['@type'], fields[`${RDF}type`]].flat();
  return types
    .map((type) => TYPES.get(typeof type === 'string' ? type : fieldsOf(type)['@id']))
    .find((type) => type !== undefined);
}

/** The terms of an ontology in expanded JSON-LD, those of the namespace `tps:` alone. */
export function termsOf(document: unknown, namespace: string): readonly OntologyTerm[] {
  return (Array.isArray(document) ? document : []).flatMap((node: unknown): readonly OntologyTerm[] => {
    const fields = fieldsOf(node);
    const { '@id': iri } = fields;
    const type = typeOf(fields);
    if (type === undefined || typeof iri !== 'string' || !iri.startsWith(namespace)) return [];
    const meaning = firstText(fields[`${RDFS}comment`]) || firstText(fields[`${RDFS}label`]);
    return [{ name: `tps:${iri.slice(namespace.length)}`, type, meaning }];
  });
}

/** Reads the terms of the server's ontology. */
export async function readTerms(namespace: string): Promise<readonly OntologyTerm[]> {
  const response = await fetch('/ontology?format=jsonld', { headers: { accept: 'application/ld+json' } });
  if (!response.ok) throw new RequestError(await problemOf(response));
  return termsOf(await response.json(), namespace);
}
