/** Writes the results of federated queries in the formats that all other queries answer in. */
import type { Literal, Quad, Term } from '@rdfjs/types';
import { Writer } from 'n3';
import oxigraph from 'oxigraph';
import { free } from './engine-memory.js';

/** A table of terms; a row without a name has that column unbound. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly ReadonlyMap<string, Term>[];
}

const XSD_STRING = 'http://www.w3.org/2001/XMLSchema#string';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function xmlText(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character).replace(/\r/g, '&#13;');
}

function typeOf({ datatype }: Literal): string | undefined {
  return datatype.value === XSD_STRING ? undefined : datatype.value;
}

function jsonTerm(term: Term): object {
  switch (term.termType) {
    case 'NamedNode':
      return { type: 'uri', value: term.value };
    case 'Literal': {
      const datatype = typeOf(term);
      if (term.language !== '') return { type: 'literal', value: term.value, 'xml:lang': term.language };
      return { type: 'literal', value: term.value, ...(datatype === undefined ? {} : { datatype }) };
    }
    default:
      return { type: 'bnode', value: term.value };
  }
}

function json({ columns, rows }: Table): string {
  const bindings = rows.map((row) =>
    Object.fromEntries([...row].map(([name, term]) => [name, jsonTerm(term)])),
  );
  return JSON.stringify({ head: { vars: columns }, results: { bindings } });
}

function xmlTerm(term: Term): string {
  const text = xmlText(term.value);
  switch (term.termType) {
    case 'NamedNode':
      return `<uri>${text}</uri>`;
    case 'Literal': {
      const datatype = typeOf(term);
      if (term.language !== '') return `<literal xml:lang="${xmlText(term.language)}">${text}</literal>`;
      return datatype === undefined
        ? `<literal>${text}</literal>`
        : `<literal datatype="${xmlText(datatype)}">${text}</literal>`;
    }
    default:
      return `<bnode>${text}</bnode>`;
  }
}

function xmlDocument(head: string, body: string): string {
  return `<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>${head}</head>${body}</sparql>`;
}

function xml({ columns, rows }: Table): string {
  const head = columns.map((name) => `<variable name="${name}"/>`).join('');
  const body = rows.map((row) => {
    const cells = [...row].map(([name, term]) => `<binding name="${name}">${xmlTerm(term)}</binding>`);
    return `<result>${cells.join('')}</result>`;
  });
  return xmlDocument(head, `<results>${body.join('')}</results>`);
}

function csvCell(term: Term | undefined): string {
  if (term === undefined) return '';
  const text = term.termType === 'BlankNode' ? `_:${term.value}` : term.value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csv({ columns, rows }: Table): string {
  const lines = rows.map((row) => columns.map((name) => csvCell(row.get(name))).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

const tsvEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
};

function tsvCell(term: Term | undefined): string {
  if (term === undefined) return '';
  if (term.termType === 'NamedNode') return `<${term.value}>`;
  if (term.termType !== 'Literal') return `_:${term.value}`;
  const text = `"${term.value.replace(/[\\"\t\n\r]/g, (character) => tsvEscapes[character] ?? character)}"`;
  if (term.language !== '') return `${text}@${term.language}`;
  const datatype = typeOf(term);
  return datatype === undefined ? text : `${text}^^<${datatype}>`;
}

function tsv({ columns, rows }: Table): string {
  const lines = rows.map((row) => columns.map((name) => tsvCell(row.get(name))).join('\t'));
  return [columns.map((name) => `?${name}`).join('\t'), ...lines].map((line) => `${line}\n`).join('');
}

/** Writes a table in the media type that was negotiated: SPARQL 1.1 results as JSON, XML, CSV or TSV. */
export function writeTable(table: Table, format: string): string {
  switch (format) {
    case 'application/sparql-results+xml':
      return xml(table);
    case 'text/csv':
      return csv(table);
    case 'text/tab-separated-values':
      return tsv(table);
    default:
      return json(table);
  }
}

/** Writes a yes or no; CSV and TSV have no form of their own for it, and hold the bare word. */
export function writeBoolean(answer: boolean, format: string): string {
  switch (format) {
    case 'application/sparql-results+xml':
      return xmlDocument('', `<boolean>${answer}</boolean>`);
    case 'text/csv':
    case 'text/tab-separated-values':
      return String(answer);
    default:
      return JSON.stringify({ head: {}, boolean: answer });
  }
}

/** Writes a graph, each triple once, by the engine that writes the graphs of all other queries. */
export function writeGraph(quads: readonly Quad[], format: string): string {
  const store = new oxigraph.Store();
  store.load(new Writer({ format: 'N-Triples' }).quadsToString([...quads]), {
    format: 'application/n-triples',
    no_transaction: true,
    lenient: true,
  });
  const text = String(store.query('CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }', { results_format: format }));
  free(store);
  return text;
}
