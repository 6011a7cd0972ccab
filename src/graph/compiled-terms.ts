/** Cells of compiled rows as the RDF terms that the mapping and the engine make of the same values. */

import type { Term } from '@rdfjs/types';
import { DataFactory } from 'n3';
import type { RowCell } from '../evidence/index.js';
import { encodeSegment, formatInstant, type Iris, instantOf } from '../model/index.js';
import type { CompiledColumn } from './compiled-plan.js';
import { escapeLiteral } from './ntriples.js';
import {
  RDF_JSON,
  XSD_BOOLEAN,
  XSD_DATE_TIME,
  XSD_DAY_TIME_DURATION,
  XSD_DOUBLE,
  XSD_INTEGER,
} from './vocabulary.js';

/** A term of an answer; a literal without a datatype is a plain one. */
export type AnswerTerm =
  | { readonly type: 'iri'; readonly value: string }
  | { readonly type: 'literal'; readonly value: string; readonly datatype?: string };

type Row = readonly RowCell[];

/** A double as the engine writes it: without an exponent, however large or small. */
export function engineDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const power = Number(exponent);
  return power < 0
    ? `${sign}0.${'0'.repeat(-power - whole.length)}${whole}${fraction}`
    : `${sign}${whole}${fraction}${'0'.repeat(power - fraction.length)}`;
}

function engineInstant(value: number): string {
  return formatInstant(instantOf(value)).replace(
    /(\.\d*?)0+Z$/,
    (_, digits: string) => `${digits === '.' ? '' : digits}Z`,
  );
}

/** Milliseconds as the engine writes an `xsd:dayTimeDuration`. */
export function engineDuration(ms: number): string {
  if (ms === 0) return 'PT0S';
  const size = Math.abs(ms);
  const [days, hours, minutes] = [
    Math.floor(size / 86_400_000),
    Math.floor(size / 3_600_000) % 24,
    Math.floor(size / 60_000) % 60,
  ];
  const seconds = (size % 60_000) / 1_000;
  const time = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${seconds > 0 ? `${seconds}S` : ''}`;
  return `${ms < 0 ? '-' : ''}P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
}

/** The term of a cell of a row; undefined where the variable is unbound. */
export function termOf(column: CompiledColumn, row: Row, iris: Iris): AnswerTerm | undefined {
  const { type, position, countedAt } = column;
  const cell = row[position];
  if (cell === undefined) {
    const isOfNone = countedAt !== undefined && row[countedAt] === 0;
    return isOfNone ? { type: 'literal', value: '0', datatype: XSD_INTEGER } : undefined;
  }
  switch (type) {
    case 'receipt':
      return { type: 'iri', value: `${iris.prefix}${cell}` };
    case 'series':
      return { type: 'iri', value: `${iris.prefix}series/${cell}` };
    case 'service':
      return { type: 'iri', value: `${iris.prefix}service/${encodeSegment(String(cell))}` };
    case 'iri':
      return { type: 'iri', value: String(cell) };
    case 'text':
      return { type: 'literal', value: String(cell) };
    case 'json':
      return { type: 'literal', value: String(cell), datatype: RDF_JSON };
    case 'instant':
      return { type: 'literal', value: engineInstant(Number(cell)), datatype: XSD_DATE_TIME };
    case 'number':
      return { type: 'literal', value: engineDouble(Number(cell)), datatype: XSD_DOUBLE };
    case 'integer':
      return { type: 'literal', value: String(cell), datatype: XSD_INTEGER };
    case 'boolean':
      return { type: 'literal', value: Number(cell) === 1 ? 'true' : 'false', datatype: XSD_BOOLEAN };
    case 'duration':
      return { type: 'literal', value: engineDuration(Number(cell)), datatype: XSD_DAY_TIME_DURATION };
  }
}

/** A term as SPARQL writes it. */
export function termText(term: AnswerTerm | undefined): string {
  if (term === undefined) return 'UNDEF';
  if (term.type === 'iri') return `<${term.value}>`;
  const text = `"${escapeLiteral(term.value)}"`;
  return term.datatype === undefined ? text : `${text}^^<${term.datatype}>`;
}

/** A term as the analysis of queries reads it. */
export function rdfTerm(term: AnswerTerm): Term {
  if (term.type === 'iri') return DataFactory.namedNode(term.value);
  return term.datatype === undefined
    ? DataFactory.literal(term.value)
    : DataFactory.literal(term.value, DataFactory.namedNode(term.datatype));
}
