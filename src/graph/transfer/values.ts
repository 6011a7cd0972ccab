import { type FieldType, type Iris, isIdentity, parseInstant, parsePath } from '../../model/index.js';
import { RDF_JSON, XSD_BOOLEAN, XSD_DATE_TIME, XSD_DOUBLE, XSD_INTEGER } from '../vocabulary.js';
import type { Term } from './facts.js';

/** What a column holds, or what was expected instead. */
export type Read = { readonly value: unknown } | { readonly expected: string };

const DOUBLE = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^[+-]?\d+$/;
const odd: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  INF: Number.POSITIVE_INFINITY,
  '+INF': Number.POSITIVE_INFINITY,
  '-INF': Number.NEGATIVE_INFINITY,
};
const truths: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

const expectations: Readonly<Record<FieldType | 'series', string>> = {
  text: 'a plain text',
  number: 'a number as xsd:double',
  integer: 'a whole number as xsd:integer',
  boolean: 'true or false as xsd:boolean',
  instant: 'a time with its offset as xsd:dateTime',
  service: 'the IRI of a service',
  receipt: 'the IRI of a receipt',
  receipts: 'the IRI of a receipt',
  series: 'the IRI of a series',
  json: 'JSON as rdf:JSON',
};

function segmentAfter(prefix: string, iri: string): string | undefined {
  if (!iri.startsWith(prefix) || iri.includes('/', prefix.length)) return undefined;
  try {
    return decodeURIComponent(iri.slice(prefix.length));
  } catch {
    return undefined;
  }
}

/** The path of a receipt below `/id/`; undefined for an IRI that this base could not have made. */
function pathOfIri(iri: string, { prefix }: Iris): string | undefined {
  const path = iri.startsWith(prefix) ? iri.slice(prefix.length) : '';
  return parsePath(path) === undefined ? undefined : path;
}

function numberOf(text: string): number | undefined {
  return DOUBLE.test(text) ? Number(text) : odd[text];
}

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A text as the literal of this type; undefined for one that is none. */
function valueOfLiteral(type: FieldType | 'series', text: string): unknown {
  switch (type) {
    case 'text':
      return text;
    case 'number':
      return numberOf(text);
    case 'integer':
      return INTEGER.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
    case 'boolean':
      return truths[text];
    case 'instant':
      return parseInstant(text);
    case 'json':
      return isJson(text) ? text : undefined;
    case 'service':
    case 'receipt':
    case 'receipts':
    case 'series':
      return undefined;
  }
}

const datatypes: Readonly<Partial<Record<FieldType | 'series', string>>> = {
  number: XSD_DOUBLE,
  integer: XSD_INTEGER,
  boolean: XSD_BOOLEAN,
  instant: XSD_DATE_TIME,
  json: RDF_JSON,
};

function valueOfIri(type: FieldType | 'series', iri: string, iris: Iris): unknown {
  switch (type) {
    case 'service':
      return segmentAfter(`${iris.prefix}service/`, iri);
    case 'receipt':
    case 'receipts':
      return pathOfIri(iri, iris);
    case 'series': {
      const key = segmentAfter(`${iris.prefix}series/`, iri);
      return key !== undefined && isIdentity(key) ? key : undefined;
    }
    default:
      return undefined;
  }
}

/** Reads the object of a triple as the value of a column of this type. */
export function readTerm(type: FieldType | 'series', term: Term, iris: Iris): Read {
  const value =
    term.type === 'iri'
      ? valueOfIri(type, term.value, iris)
      : term.datatype === datatypes[type]
        ? valueOfLiteral(type, term.value)
        : undefined;
  if (value !== undefined) return { value };
  return { expected: `expected ${expectations[type]}, got ${JSON.stringify(term.value).slice(0, 80)}` };
}
