import { Types } from '@traqula/algebra-transformations-1-1';
import { GraphError } from './errors.js';

/** The longest query that is read, in UTF-16 units. */
export const MAX_QUERY_LENGTH = 65_536;
/** How deep groups, lists and brackets may nest: people write five, the parsers break at some hundreds. */
export const MAX_NESTING = 64;
/**
 * The most words and signs outside VALUES, and inside: 3,000 take the parser 30 to 150 ms, in which the event loop does
 * nothing else. The largest query that comes with Genchi has 400.
 */
export const MAX_TOKENS = 3_000;
export const MAX_VALUES_TOKENS = 10_000;
/** The most patterns, paths and other operations that a query may come to; the work on some grows with their square. */
export const MAX_OPERATIONS = 400;

/**
 * What can stand in a query beside brackets: IRIs, strings and comments, inside which brackets mean nothing. The
 * long strings come first, since a short one is their beginning.
 */
const TOKENS =
  /<[^<>"{}|^`\\\s]*>|"""(?:[^"\\]|\\[\s\S]|"(?!""))*"""|'''(?:[^'\\]|\\[\s\S]|'(?!''))*'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|#[^\n\r]*|[{}()[\]]/g;

/** Variables, names and numbers, and each other sign: a little more than the tokens of the grammar. */
const WORDS = new RegExp(`${TOKENS.source}|[?$]?[\\w\\u0080-\\uffff]+|\\S`, 'g');

/** How large a query is, told before it is parsed. */
export interface QuerySize {
  /** How deep brackets of any kind nest. */
  readonly nesting: number;
  /** Words and signs outside the data of VALUES, and inside. */
  readonly tokens: number;
  readonly valuesTokens: number;
}

/** Measures a query, which need not be one. */
export function sizeOf(text: string): QuerySize {
  let [depth, nesting, tokens, valuesTokens] = [0, 0, 0, 0];
  // Data begins at the first brace after VALUES, and ends with the next one, as data has no braces.
  let data: 'none' | 'announced' | 'open' = 'none';
  for (const [token] of text.matchAll(WORDS)) {
    if (token.startsWith('#')) continue;
    if (token === '{' || token === '(' || token === '[') depth += 1;
    else if (token === '}' || token === ')' || token === ']') depth = Math.max(0, depth - 1);
    nesting = Math.max(nesting, depth);
    if (data === 'open' && token !== '}') valuesTokens += 1;
    else tokens += 1;
    if (token.length === 6 && token.toUpperCase() === 'VALUES') data = 'announced';
    else if (data === 'announced' && token === '{') data = 'open';
    else if (token === '}' || token === '{') data = 'none';
  }
  return { nesting, tokens, valuesTokens };
}

/** How deep brackets of any kind nest in a query. */
export function nestingOf(text: string): number {
  return sizeOf(text).nesting;
}

function tooComplex(message: string): GraphError {
  return new GraphError('query-too-complex', message);
}

/** Writes terms in the place of the variables `$name`, and of nothing inside IRIs, strings and comments. */
export function replaceVariables(text: string, terms: ReadonlyMap<string, string>): string {
  const variables = new RegExp(`${TOKENS.source}|\\$([A-Za-z][A-Za-z0-9]*)`, 'g');
  return text.replace(variables, (token, name: string | undefined) =>
    name === undefined ? token : (terms.get(name) ?? token),
  );
}

/** Refuses, before any parser sees it, a query whose size or nesting could break one; `query-too-complex`. */
export function guardText(text: string): void {
  if (text.length > MAX_QUERY_LENGTH) {
    throw tooComplex(`The query is ${text.length} characters long; at most ${MAX_QUERY_LENGTH} are read.`);
  }
  const { nesting, tokens, valuesTokens } = sizeOf(text);
  if (nesting > MAX_NESTING) {
    throw tooComplex(`The brackets of the query nest ${nesting} deep; at most ${MAX_NESTING} are read.`);
  }
  if (tokens > MAX_TOKENS) {
    throw tooComplex(
      `The query has ${tokens} words and signs outside VALUES; at most ${MAX_TOKENS} are read. Write long lists as VALUES.`,
    );
  }
  if (valuesTokens > MAX_VALUES_TOKENS) {
    throw tooComplex(
      `The VALUES of the query have ${valuesTokens} words and signs; at most ${MAX_VALUES_TOKENS} are read. Ask in several queries.`,
    );
  }
}

interface Node {
  readonly type?: unknown;
  /** Expressions are of one type with many sorts. */
  readonly subType?: unknown;
}

/** What costs next to nothing: terms, the rows of VALUES, and what only holds others together. */
const FREE: ReadonlySet<unknown> = new Set([
  undefined,
  Types.JOIN,
  Types.BGP,
  Types.VALUES,
  'term',
  'variable',
]);

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** Refuses what parses but is not answered here: FROM, as there is one graph, and more operations than can be planned. */
export function guardAlgebra(root: object): void {
  const pending: unknown[] = [root];
  let operations = 0;
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isNode(node)) continue;
    if (node.type === Types.FROM) {
      throw new GraphError(
        'query-malformed',
        'There is one graph, the default one: leave out FROM and FROM NAMED.',
      );
    }
    if (!FREE.has(node.type) && node.subType !== 'term') operations += 1;
    if (operations > MAX_OPERATIONS) {
      throw tooComplex(
        `The query comes to more than ${MAX_OPERATIONS} patterns, steps of paths, filters and functions: ask in several queries.`,
      );
    }
    if (node.type === Types.VALUES) continue;
    for (const child of Object.values(node)) if (isNode(child)) pending.push(child);
  }
}
