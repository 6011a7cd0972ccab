/**
 * The query is read twice: by the parser here, to plan it, and by the engine, to answer it. Where the two would read a
 * name differently the plan would be of another query, so such names are settled or refused here.
 */
import { GraphError } from './errors.js';

interface Node {
  readonly type?: unknown;
  readonly subType?: unknown;
  readonly prefix?: unknown;
  readonly value?: unknown;
}

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;
/** Bases below which both readers resolve simple references alike. */
const SIMPLE_BASE = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+\/[^?#]*$/i;
/** References that begin with a host, or walk up and down a path. */
const INTRICATE = /^\/\/|(?:^|\/)\.{1,2}(?:[/?#]|$)/;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function settleIri(node: Node, iri: string): void {
  // The parser leaves the escapes of local names in place (`service:a\.b`).
  if (node.prefix !== undefined) {
    if (iri.includes('\\')) Object.assign(node, { value: iri.replace(/\\(.)/g, '$1') });
    return;
  }
  if (!ABSOLUTE.test(iri) && INTRICATE.test(iri)) {
    throw new GraphError(
      'query-malformed',
      `Write the IRI <${iri}> in full: it is not resolved against BASE.`,
    );
  }
}

function settleNode(node: Node): void {
  if (node.subType === 'namedNode' && typeof node.value === 'string') settleIri(node, node.value);
  if (node.type === 'contextDef' && node.subType === 'base' && isNode(node.value)) {
    const { value } = node.value;
    if (typeof value === 'string' && !SIMPLE_BASE.test(value)) {
      throw new GraphError(
        'query-malformed',
        `BASE <${value}> is not an absolute IRI with a path, such as <http://example.com/>.`,
      );
    }
  }
}

/** Settles every name of a parsed query in place; fails with `query-malformed` on one that cannot be. */
export function settleNames(tree: object): void {
  const pending: unknown[] = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (!isNode(node)) continue;
    settleNode(node);
    for (const child of Object.values(node)) if (isNode(child)) pending.push(child);
  }
}
