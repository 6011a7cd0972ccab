/** Tables of terms in the four formats of SPARQL results, written as the query engine writes them. */
import type { AnswerTerm } from './compiled-terms.js';
import { escapeLiteral } from './ntriples.js';
import { XSD_BOOLEAN, XSD_INTEGER } from './vocabulary.js';

/** A row: a term for each variable, undefined where it is unbound. */
export type AnswerRow = readonly (AnswerTerm | undefined)[];

/** Writes one table: what comes first, then each row, then the end. */
export interface ResultsWriter {
  readonly begin: (names: readonly string[]) => string;
  readonly row: (names: readonly string[], row: AnswerRow, isFirst: boolean) => string;
  readonly end: string;
  readonly boolean: (answer: boolean) => string;
}

function jsonTerm(term: AnswerTerm): string {
  const value = JSON.stringify(term.value);
  if (term.type === 'iri') return `{"type":"uri","value":${value}}`;
  const datatype = term.datatype === undefined ? '' : `,"datatype":${JSON.stringify(term.datatype)}`;
  return `{"type":"literal","value":${value}${datatype}}`;
}

const json: ResultsWriter = {
  begin: (names) => `{"head":{"vars":${JSON.stringify(names)}},"results":{"bindings":[`,
  row: (names, row, isFirst) => {
    const bound = names.flatMap((name, index) => {
      const term = row[index];
      return term === undefined ? [] : [`${JSON.stringify(name)}:${jsonTerm(term)}`];
    });
    return `${isFirst ? '' : ','}{${bound.join(',')}}`;
  },
  end: ']}}',
  boolean: (answer) => `{"head":{},"boolean":${answer}}`,
};

const entities: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  "'": '&apos;',
  '"': '&quot;',
  // As they are, readers would take them for other ends of lines.
  '\n': '&#10;',
  '\r': '&#13;',
};

function xmlText(text: string): string {
  return text.replace(/[<>&'"\n\r]/g, (character) => entities[character] ?? character);
}

function xmlTerm(term: AnswerTerm): string {
  if (term.type === 'iri') return `<uri>${xmlText(term.value)}</uri>`;
  const datatype = term.datatype === undefined ? '' : ` datatype="${xmlText(term.datatype)}"`;
  return `<literal${datatype}>${xmlText(term.value)}</literal>`;
}

const XML_START = '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>';
const xml: ResultsWriter = {
  begin: (names) =>
    `${XML_START}${names.map((name) => `<variable name="${name}"/>`).join('')}</head><results>`,
  row: (names, row) => {
    const bound = names.flatMap((name, index) => {
      const term = row[index];
      return term === undefined ? [] : [`<binding name="${name}">${xmlTerm(term)}</binding>`];
    });
    return `<result>${bound.join('')}</result>`;
  },
  end: '</results></sparql>',
  boolean: (answer) => `${XML_START}</head><boolean>${answer}</boolean></sparql>`,
};

function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csv: ResultsWriter = {
  begin: (names) => `${names.join(',')}\r\n`,
  row: (_, row) => `${row.map((term) => (term === undefined ? '' : csvText(term.value))).join(',')}\r\n`,
  end: '',
  boolean: String,
};

function tsvTerm(term: AnswerTerm | undefined): string {
  if (term === undefined) return '';
  if (term.type === 'iri') return `<${term.value}>`;
  if (term.datatype === XSD_INTEGER || term.datatype === XSD_BOOLEAN) return term.value;
  const text = `"${escapeLiteral(term.value).replaceAll('\t', '\\t')}"`;
  return term.datatype === undefined ? text : `${text}^^<${term.datatype}>`;
}

const tsv: ResultsWriter = {
  begin: (names) => `${names.map((name) => `?${name}`).join('\t')}\n`,
  row: (_, row) => `${row.map(tsvTerm).join('\t')}\n`,
  end: '',
  boolean: String,
};

const writers: ReadonlyMap<string, ResultsWriter> = new Map([
  ['application/sparql-results+json', json],
  ['application/sparql-results+xml', xml],
  ['text/csv', csv],
  ['text/tab-separated-values', tsv],
]);

/** The writer of a media type; undefined for formats of graphs. */
export function writerOf(contentType: string): ResultsWriter | undefined {
  return writers.get(contentType);
}
