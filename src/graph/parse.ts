import { toAlgebra } from '@traqula/algebra-sparql-1-1';
import { type Algebra, Types } from '@traqula/algebra-transformations-1-1';
import { Parser } from '@traqula/parser-sparql-1-1';
import { GraphError } from './errors.js';
import { type ServiceEndpoint, serviceClauses } from './federation-clauses.js';
import { guardAlgebra, guardText } from './guard.js';
import { settleNames } from './names.js';

/** A query that may be answered. */
export interface ParsedQuery {
  /** The query with the supplied prefixes before it, in its own first line. */
  readonly text: string;
  /** Whether its answer is a table (or yes and no), or a graph. */
  readonly answers: 'bindings' | 'graph';
  readonly algebra: Algebra.Operation;
  /** Whether it has SERVICE, and so is answered by the federation alone. */
  readonly isFederated: boolean;
  /** Whether it has the same answer for as long as nothing changes. */
  readonly isRepeatable: boolean;
}

/** Functions whose values differ from one call to the next; a variable of such a name counts as one. */
const CHANGING = /\b(?:NOW|RAND|UUID|STRUUID|BNODE)\b/i;

/** Where a parser stumbled. */
interface Stumble {
  readonly token: { readonly startLine?: number | undefined; readonly startColumn?: number | undefined };
  readonly message: string;
}

function sentence(text: string): string {
  const short = text.replace(/\s+/g, ' ').trim();
  return short.length > 600 ? `${short.slice(0, 600)}…` : short;
}

/** Numeric escapes stand for their characters anywhere in a query (SPARQL 1.1, section 19.2), brackets included. */
function withoutCodepointEscapes(text: string): string {
  return text.replace(/\\u([0-9a-fA-F]{4})|\\U(00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})/g, (_, short, long) =>
    String.fromCodePoint(Number.parseInt(short ?? long, 16)),
  );
}

/** What the parsers say in words of their own, in words of the query. */
function explained(message: string): string {
  if (message.includes('Variable not allowed in projection')) {
    return 'SELECT names a variable that is neither grouped nor aggregated: name it in GROUP BY, or aggregate it.';
  }
  return sentence(message);
}

/** Parses queries; there is one a process and base IRI, as its grammar is dear to make and made with the first query. */
export class QueryParser {
  readonly #prologue: string;
  #parser: Parser | undefined;
  readonly #endpoints: readonly ServiceEndpoint[];

  /** `endpoints` are those that SERVICE may name. */
  constructor(prefixes: ReadonlyMap<string, string>, endpoints: readonly ServiceEndpoint[] = []) {
    this.#endpoints = endpoints;
    this.#prologue = [...prefixes].map(([name, iri]) => `PREFIX ${name}: <${iri}> `).join('');
  }

  /** The syntax tree of a text that stands as it is, with no prefixes supplied; fails with `query-malformed`. */
  treeOf(text: string): ReturnType<Parser['parse']> {
    // The parser hands its settings on to its builder, which takes a handler of errors too.
    const settings = {
      lexerConfig: { positionTracking: 'onlyStart' as const },
      errorHandler: (stumbles: readonly Stumble[]) => {
        throw this.#stumbled(stumbles);
      },
    };
    this.#parser ??= new Parser(settings);
    return this.#parser.parse(text);
  }

  /** Reads a query; fails with `query-malformed`, `query-too-complex`, `query-is-update` or `query-service-refused`. */
  parse(query: string): ParsedQuery {
    guardText(query);
    const own = withoutCodepointEscapes(query);
    if (own !== query) guardText(own);
    if (own.replace(/#[^\n\r]*/g, '').trim() === '')
      throw new GraphError('query-malformed', 'The query is empty.');
    const text = this.#prologue + own;
    try {
      return this.#parse(text);
    } catch (cause) {
      if (cause instanceof GraphError) throw cause;
      if (cause instanceof RangeError) {
        throw new GraphError('query-too-complex', 'The query nests deeper than can be read.', { cause });
      }
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new GraphError(
        'query-malformed',
        `The query cannot be read: ${explained(this.#shifted(message))}`,
        {
          cause,
        },
      );
    }
  }

  #parse(text: string): ParsedQuery {
    const tree = this.treeOf(text);
    if (tree.type === 'update') {
      throw new GraphError(
        'query-is-update',
        'Evidence is append-only: SPARQL updates are refused. Record events instead.',
      );
    }
    const isFederated = serviceClauses(tree, this.#endpoints).length > 0;
    settleNames(tree);
    const algebra = toAlgebra(tree, { quads: false, blankToVariable: true });
    guardAlgebra(algebra);
    // A LIMIT stands around all of a query.
    const { type } = algebra.type === Types.SLICE ? algebra.input : algebra;
    const isGraph = type === Types.CONSTRUCT || type === Types.DESCRIBE;
    const isRepeatable = !isFederated && !CHANGING.test(text);
    return { text, answers: isGraph ? 'graph' : 'bindings', algebra, isFederated, isRepeatable };
  }

  #stumbled([first]: readonly Stumble[]): GraphError {
    const line = first?.token.startLine;
    const column = first?.token.startColumn;
    const isPlaced = line !== undefined && column !== undefined && !Number.isNaN(line);
    const inLine = line === 1 && column !== undefined ? column - this.#prologue.length : column;
    const place = isPlaced ? `At line ${line}, column ${inLine}: ` : 'At its end: ';
    return new GraphError(
      'query-malformed',
      `The query cannot be read. ${place}${sentence(first?.message ?? '')}`,
    );
  }

  /** Takes the supplied prefixes out of the offsets in a message of the lexer. */
  #shifted(message: string): string {
    return message.replace(
      /at offset: (\d+)/,
      (_, offset) => `at offset ${Number(offset) - this.#prologue.length}`,
    );
  }
}
