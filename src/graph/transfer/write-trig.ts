import { TPS } from '../../model/index.js';
import { LABEL, RDF_TYPE } from '../vocabulary.js';
import { literalOf, rewriteNodes, type WrittenFact } from './node-lines.js';

const XSD = 'http://www.w3.org/2001/XMLSchema#';
const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';

const prefixes = [
  ['label', LABEL],
  ['tps', TPS],
  ['xsd', XSD],
  ['rdf', RDF],
] as const;

/** How TriG begins: its prefixes. */
export const TRIG_HEAD = `${prefixes.map(([name, iri]) => `@prefix ${name}: <${iri}> .\n`).join('')}\n`;

const SIMPLE = /^[A-Za-z][A-Za-z0-9_]*$/;
/** There are some hundred predicates, classes and datatypes, and millions of triples. */
const MOST_SHORTENED = 10_000;
const shortened = new Map<string, string>();

function shortOf(iri: string): string {
  for (const [name, namespace] of prefixes) {
    const local = iri.startsWith(namespace) ? iri.slice(namespace.length) : '';
    if (SIMPLE.test(local)) return `${name}:${local}`;
  }
  return `<${iri}>`;
}

function short(iri: string): string {
  const known = shortened.get(iri);
  if (known !== undefined) return known;
  const made = shortOf(iri);
  if (shortened.size < MOST_SHORTENED) shortened.set(iri, made);
  return made;
}

function objectOf({ predicate, object }: WrittenFact): string {
  if (predicate === RDF_TYPE) return short(object.slice(1, -1));
  const datatype = literalOf(object)?.datatype;
  return datatype === undefined ? object : `${object.slice(0, -(datatype.length + 2))}${short(datatype)}`;
}

function node(subject: string, facts: readonly WrittenFact[]): string {
  const written = facts.map(
    (fact) => `${fact.predicate === RDF_TYPE ? 'a' : short(fact.predicate)} ${objectOf(fact)}`,
  );
  return `<${subject}> ${written.join(' ; ')} .\n`;
}

/** Writes lines of N-Triples as TriG, one subject a line, all in the default graph. */
export function trigOf(text: string): string {
  return rewriteNodes(text, node);
}
