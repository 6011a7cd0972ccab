/** What a variable of a compiled query stands for in the rows of the store. */
import type { Term } from '@rdfjs/types';
import type { RowValue } from '../evidence/index.js';
import type { FieldType, Iris } from '../model/index.js';
import { XSD_STRING } from './vocabulary.js';

/**
 * What a value is, and so how it becomes a term: beside the types of fields, `series` the key of a series, `iri` a
 * whole IRI, `duration` milliseconds. A `receipt` is the path of an IRI below `/id/`.
 */
export type CellType = Exclude<FieldType, 'receipts'> | 'series' | 'iri' | 'duration';

/** A variable in every row: its value, and whether a row may lack it. */
export interface Cell {
  readonly type: CellType;
  readonly value: RowValue;
  readonly isOptional: boolean;
}

/** Types in which equal values are equal terms, so that they may join, group and be told apart. */
export function isIdentifying(type: CellType): boolean {
  return type !== 'number' && type !== 'duration' && type !== 'json';
}

/** The value of a cell of this type whose RDF term is exactly this one; undefined where none is certain. */
export function valueOfConstant(term: Term, type: CellType, iris: Iris): string | undefined {
  if (term.value.includes('\u0000')) return undefined;
  if (type === 'text') {
    const isPlain = term.termType === 'Literal' && term.datatype.value === XSD_STRING && term.language === '';
    return isPlain ? term.value : undefined;
  }
  if (term.termType !== 'NamedNode') return undefined;
  switch (type) {
    case 'iri':
      return term.value;
    case 'receipt':
      return term.value.startsWith(iris.prefix) ? term.value.slice(iris.prefix.length) : undefined;
    case 'service': {
      const named = iris.parse(term.value);
      return named?.type === 'service' && iris.of(named) === term.value ? named.name : undefined;
    }
    case 'series': {
      const named = iris.parse(term.value);
      return named?.type === 'series' ? named.series : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether every term of a type can be told by {@link valueOfConstant}, so that other terms are certainly none. */
export function isTold(type: CellType): boolean {
  return ['text', 'iri', 'receipt', 'service', 'series'].includes(type);
}
