/** What is left of a query over rows that the store has answered, as text for the query engine. */
import { toAlgebra, toAst } from '@traqula/algebra-sparql-1-1';
import { type Algebra, Types } from '@traqula/algebra-transformations-1-1';
import { Generator } from '@traqula/generator-sparql-1-1';
import { DataFactory } from 'n3';
import type { Selected } from '../evidence/index.js';
import type { Iris } from '../model/index.js';
import { normalised, replaceIn } from './algebra.js';
import type { Part } from './compile.js';
import type { CompiledColumn } from './compiled-plan.js';
import { rdfTerm, termOf, termText } from './compiled-terms.js';
import type { QueryParser } from './parse.js';

/** A part with its rows. */
export interface Answered {
  readonly part: Part;
  readonly rows: Selected['rows'];
}

const MARK = 'urn:genchi:rows:';
/** A predicate that no triple has, for parts without rows: the engine drops groups over a VALUES without any. */
const NOTHING = 'urn:genchi:nothing';

function valuesOf(columns: readonly CompiledColumn[], bindings: Algebra.Values['bindings']): Algebra.Values {
  return {
    type: Types.VALUES,
    variables: columns.map(({ name }) => DataFactory.variable(name)),
    bindings,
  };
}

/** The rows of a part as an operation that the analysis of queries can read. */
export function rowsAsValues({ part, rows }: Answered, iris: Iris): Algebra.Values {
  const { columns } = part.rows;
  const bindings = rows.map((row) =>
    Object.fromEntries(
      columns.flatMap((column) => {
        const term = termOf(column, row, iris);
        return term === undefined ? [] : [[column.name, rdfTerm(term)] as const];
      }),
    ),
  );
  return valuesOf(columns, bindings as Algebra.Values['bindings']);
}

function rowsText({ part, rows }: Answered, iris: Iris): string {
  const { columns } = part.rows;
  const names = columns.map(({ name }) => `?${name}`);
  if (rows.length === 0) {
    return names.map((name) => `${name} <${NOTHING}> ${names[0]} .`).join(' ');
  }
  const lines = rows.map(
    (row) => `(${columns.map((column) => termText(termOf(column, row, iris))).join(' ')})`,
  );
  return `VALUES (${names.join(' ')}) {\n${lines.join('\n')}\n}`;
}

/** The same text for algebras that differ in the names of blank nodes only. */
function canonical(operation: Algebra.Operation): string {
  const blanks = new Map<string, string>();
  return JSON.stringify(normalised(operation), (key, value: unknown) => {
    if (key === 'metadata' || key === 'loc') return undefined;
    if (typeof value !== 'object' || value === null || !('termType' in value)) return value;
    const { termType, value: text } = value as { termType: unknown; value?: unknown };
    if (termType !== 'BlankNode') return value;
    const name = blanks.get(String(text)) ?? `b${blanks.size}`;
    blanks.set(String(text), name);
    return { termType, value: name };
  });
}

/** Writes algebra as a query. */
export class RestWriter {
  readonly #generator = new Generator();
  readonly #parser: QueryParser;

  /** The parser is the one of the queries that come in, as making another is dear. */
  constructor(parser: QueryParser) {
    this.#parser = parser;
  }

  /**
   * The query that is left, with the rows of its parts in their place; undefined when it does not certainly mean the same.
   */
  write(root: Algebra.Operation, answered: readonly Answered[], iris: Iris): string | undefined {
    const marked = replaceIn(root, (node) => {
      const index = answered.findIndex(({ part }) => part.operation === node);
      const columns = answered[index]?.part.rows.columns;
      const [first] = columns ?? [];
      if (columns === undefined || first === undefined) return undefined;
      return valuesOf(columns, [{ [first.name]: DataFactory.namedNode(`${MARK}${index}`) }]);
    });
    const text = this.#textOf(marked);
    return text?.replace(
      new RegExp(`VALUES[^{]*\\{\\s*\\(?\\s*<${MARK}(\\d+)>[^}]*\\}`, 'g'),
      (whole, index: string) => {
        const one = answered[Number(index)];
        return one === undefined ? whole : rowsText(one, iris);
      },
    );
  }

  /** The text of an algebra, if reading it gives that algebra again. */
  #textOf(operation: Algebra.Operation): string | undefined {
    try {
      const text = this.#generator.generate(toAst(operation));
      const tree = this.#parser.treeOf(text);
      if (tree.type === 'update') return undefined;
      const again = toAlgebra(tree, { quads: false, blankToVariable: true });
      return canonical(again) === canonical(operation) ? text : undefined;
    } catch {
      // What cannot be written as a query goes the way of the slice as it came.
      return undefined;
    }
  }
}
