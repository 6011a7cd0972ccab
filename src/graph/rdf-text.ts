/** Triples as texts that people can read too: Turtle with prefixes, JSON-LD with short names. */
import { type Literal, Parser, type Quad, type Term, Writer } from 'n3';
import type { OntologyFormat } from './ontology-documents.js';
import { RDF_TYPE, XSD_BOOLEAN, XSD_INTEGER, XSD_STRING } from './vocabulary.js';

/** Namespaces by prefix. */
export type Prefixes = ReadonlyMap<string, string>;

function irisIn({ subject, predicate, object }: Quad): readonly string[] {
  // Classes are said with `a`.
  const terms = predicate.value === RDF_TYPE ? [subject, object] : [subject, predicate, object];
  const named = terms.flatMap((term: Term) => (term.termType === 'NamedNode' ? [term.value] : []));
  return object.termType === 'Literal' ? [...named, object.datatype.value] : named;
}

/** The prefixes that something is written with. */
function usedOf(iris: Iterable<string>, prefixes: Prefixes): Prefixes {
  const all = [...new Set(iris)];
  return new Map([...prefixes].filter(([, namespace]) => all.some((iri) => iri.startsWith(namespace))));
}

function turtleOf(quads: readonly Quad[], prefixes: Prefixes): string {
  const writer = new Writer({ prefixes: Object.fromEntries(usedOf(quads.flatMap(irisIn), prefixes)) });
  writer.addQuads([...quads]);
  let text = '';
  // Without a stream to write to, the answer is there when the call returns.
  writer.end((_error: unknown, written: string) => {
    text = written;
  });
  return text;
}

/** The shortest name of an IRI: with the longest namespace that it begins with. */
function shorten(iri: string, prefixes: Prefixes): string {
  const [best] = [...prefixes]
    .filter(([, namespace]) => iri.startsWith(namespace) && iri.length > namespace.length)
    .sort(([, one], [, other]) => other.length - one.length);
  return best === undefined ? iri : `${best[0]}:${iri.slice(best[1].length)}`;
}

function jsonOfLiteral({ value, language, datatype }: Literal, prefixes: Prefixes): unknown {
  if (language !== '') return { '@value': value, '@language': language };
  if (datatype.value === XSD_STRING) return value;
  if (datatype.value === XSD_BOOLEAN && (value === 'true' || value === 'false')) return value === 'true';
  if (
    datatype.value === XSD_INTEGER &&
    String(Number(value)) === value &&
    Number.isSafeInteger(Number(value))
  )
    return Number(value);
  return { '@value': value, '@type': shorten(datatype.value, prefixes) };
}

function jsonLdOf(quads: readonly Quad[], prefixes: Prefixes): string {
  const named = quads.flatMap(({ predicate, object }) => [
    ...(predicate.value === RDF_TYPE ? [] : [predicate.value]),
    ...(object.termType === 'Literal' ? [object.datatype.value] : [object.value]),
  ]);
  const used = usedOf(named, prefixes);
  const nodes = new Map<string, Map<string, unknown[]>>();
  for (const { subject, predicate, object } of quads) {
    const node = nodes.get(subject.value) ?? new Map<string, unknown[]>();
    nodes.set(subject.value, node);
    const isType = predicate.value === RDF_TYPE;
    const key = isType ? '@type' : shorten(predicate.value, used);
    const value =
      object.termType === 'Literal'
        ? jsonOfLiteral(object, used)
        : isType
          ? shorten(object.value, used)
          : { '@id': object.value };
    node.set(key, [...(node.get(key) ?? []), value]);
  }
  const graph = [...nodes].map(([id, facts]) => ({
    '@id': id,
    ...Object.fromEntries([...facts].map(([key, values]) => [key, values.length === 1 ? values[0] : values])),
  }));
  return `${JSON.stringify({ '@context': Object.fromEntries(used), '@graph': graph }, undefined, 2)}\n`;
}

/** Each triple once, by subject in the order in which they first come, classes first. */
function bySubject(ntriples: string): string {
  const subjects = new Map<string, Set<string>>();
  for (const line of ntriples.split('\n')) {
    if (line === '') continue;
    const subject = line.slice(0, line.indexOf(' '));
    const lines = subjects.get(subject) ?? new Set();
    subjects.set(subject, lines.add(line));
  }
  const isClass = (line: string): boolean => line.includes(`> <${RDF_TYPE}> <`);
  return [...subjects.values()]
    .flatMap((lines) => [...lines].sort((one, other) => Number(isClass(other)) - Number(isClass(one))))
    .map((line) => `${line}\n`)
    .join('');
}

/** Writes triples, given as N-Triples without blank nodes, in a format; in the order of their subjects as given. */
export function writeRdf(ntriples: string, format: OntologyFormat, prefixes: Prefixes): string {
  const text = bySubject(ntriples);
  if (format === 'application/n-triples') return text;
  const quads = new Parser({ format: 'N-Triples' }).parse(text);
  return format === 'text/turtle' ? turtleOf(quads, prefixes) : jsonLdOf(quads, prefixes);
}
