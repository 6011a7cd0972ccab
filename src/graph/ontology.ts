import { readFile } from 'node:fs/promises';
import oxigraph, { type Literal, type Quad } from 'oxigraph';
import { escapeLiteral } from './ntriples.js';
import { XSD_STRING } from './vocabulary.js';

const file = new URL('../../ontology/tps.ttl', import.meta.url);

function literalText({ value, language, datatype }: Literal): string {
  const text = `"${escapeLiteral(value)}"`;
  if (language !== '') return `${text}@${language}`;
  return datatype.value === XSD_STRING ? text : `${text}^^<${datatype.value}>`;
}

function tripleOf({ subject, predicate, object }: Quad): string {
  const value = object.termType === 'Literal' ? literalText(object) : `<${object.value}>`;
  return `<${subject.value}> <${predicate.value}> ${value} .`;
}

/** The triples of the ontology, one a text; it has no blank nodes. */
export async function readOntology(): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8');
  return oxigraph.parse(text, { format: 'text/turtle' }).map(tripleOf);
}
