import { readFile } from 'node:fs/promises';
import oxigraph from 'oxigraph';
import { negotiate } from './negotiate.js';

/** The documents of the ontology: its terms, their shapes in SHACL, and how they relate to those of others. */
export type OntologyDocumentName = 'tps' | 'shapes' | 'alignments';

/** A document of the ontology by media type, as it is served. */
export type OntologyDocument = Readonly<Record<OntologyFormat, string>>;

const formats = ['text/turtle', 'application/n-triples', 'application/ld+json'] as const;

/** A media type that documents of the ontology are served as. */
export type OntologyFormat = (typeof formats)[number];

/** Chooses the format of a document by an Accept header; fails with `not-acceptable`. */
export function negotiateGraph(accept: string | undefined): OntologyFormat {
  const type = negotiate('graph', accept);
  return formats.find((format) => format === type) ?? 'text/turtle';
}

const folder = new URL('../../ontology/', import.meta.url);

async function readTurtle(name: OntologyDocumentName): Promise<string> {
  return await readFile(new URL(`${name}.ttl`, folder), 'utf8');
}

/** A document of the ontology in each of its formats; the Turtle is the file itself, with its comments. */
export async function readOntologyDocument(name: OntologyDocumentName): Promise<OntologyDocument> {
  return inEveryFormat(await readTurtle(name));
}

/** A small document in every format, from its Turtle, which stays as it is. */
export function inEveryFormat(turtle: string): OntologyDocument {
  const store = new oxigraph.Store();
  store.load(turtle, { format: 'text/turtle' });
  const dump = (format: string) => store.dump({ format, from_graph_name: oxigraph.defaultGraph() });
  return {
    'text/turtle': turtle,
    'application/n-triples': dump('application/n-triples'),
    'application/ld+json': dump('application/ld+json'),
  };
}

/** The JSON-LD context, by which JSON with the names of kinds and fields is RDF. */
export async function readJsonLdContext(): Promise<string> {
  return await readFile(new URL('context.jsonld', folder), 'utf8');
}

/** A term of the ontology with all that the ontology says of it, by the local name of the predicate. */
export interface OntologyTerm {
  readonly iri: string;
  readonly type: 'class' | 'property' | 'concept';
  /** IRIs and texts; for example `label`, `comment`, `domain`, `range`, `unit`, `target`. */
  readonly facts: ReadonlyMap<string, readonly string[]>;
}

const typesOfTerms = new Map([
  ['http://www.w3.org/2000/01/rdf-schema#Class', 'class'],
  ['http://www.w3.org/1999/02/22-rdf-syntax-ns#Property', 'property'],
  ['http://www.w3.org/2004/02/skos/core#Concept', 'concept'],
] as const);

/** Every class, property and concept of the ontology, in the order in which it declares them. */
export async function readOntologyTerms(): Promise<readonly OntologyTerm[]> {
  const subjects = new Map<string, Map<string, string[]>>();
  for (const { subject, predicate, object } of oxigraph.parse(await readTurtle('tps'), {
    format: 'text/turtle',
  })) {
    const facts = subjects.get(subject.value) ?? new Map<string, string[]>();
    const name = predicate.value.replace(/^.*[/#]/, '');
    facts.set(name, [...(facts.get(name) ?? []), object.value]);
    subjects.set(subject.value, facts);
  }
  return [...subjects].flatMap(([iri, facts]) => {
    const [type] = (facts.get('type') ?? []).flatMap((one) =>
      [...typesOfTerms].flatMap(([of, name]) => (of === one ? [name] : [])),
    );
    return type === undefined ? [] : [{ iri, type, facts }];
  });
}
