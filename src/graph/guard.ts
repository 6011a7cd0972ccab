import { Types } from '@traqula/algebra-transformations-1-1';
import { GraphError } from './errors.js';

/** The longest query that is read, in UTF-16 units. */
export const MAX_QUERY_LENGTH = 65_536;
/** How deep groups, lists and brackets may nest: people write five, the parsers break at some hundreds. */
export const MAX_NESTING = 64;

/**
 * What can stand in a query beside brackets: IRIs, strings and comments, inside which brackets mean nothing. The
 * long strings come first, since a short one is their beginning.
 */
const TOKENS =
  /<[^<>"{}|^`\\\s]*>|"""(?:[^"\\]|\\[\s\S]|"(?!""))*"""|'''(?:[^'\\]|\\[\s\S]|'(?!''))*'''|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*'|#[^\n\r]*|[{}()[\]]/g;

/** How deep brackets of any kind nest in a query. */
export function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '(' || token === '[') depth += 1;
    else if (token === '}' || token === ')' || token === ']') depth = Math.max(0, depth - 1);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
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
    throw new GraphError(
      'query-too-complex',
      `The query is ${text.length} characters long; at most ${MAX_QUERY_LENGTH} are read.`,
    );
  }
  const nesting = nestingOf(text);
  if (nesting > MAX_NESTING) {
    throw new GraphError(
      'query-too-complex',
      `The brackets of the query nest ${nesting} deep; at most ${MAX_NESTING} are read.`,
    );
  }
}

interface Node {
  readonly type?: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

/** Refuses what parses but is not answered here: FROM, as there is one graph. */
export function guardAlgebra(root: object): void {
  const pending: unknown[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isNode(node)) continue;
    if (node.type === Types.FROM) {
      throw new GraphError(
        'query-malformed',
        'There is one graph, the default one: leave out FROM and FROM NAMED.',
      );
    }
    for (const child of Object.values(node)) if (isNode(child)) pending.push(child);
  }
}
