/** Queries that any few receipts answer, as people ask them to see what there is. */
import { type Algebra, Types } from '@traqula/algebra-transformations-1-1';
import { RDF_TYPE } from './vocabulary.js';

/** Whether every receipt answers the patterns at least once: a lone `?s ?p ?o` or `?s a ?type` of different variables. */
function isOfAnyReceipt({ patterns }: Algebra.Bgp): boolean {
  const [pattern, ...others] = patterns;
  if (pattern === undefined || others.length > 0) return false;
  const { subject, predicate, object } = pattern;
  const isType = predicate.termType === 'NamedNode' && predicate.value === RDF_TYPE;
  const open = isType ? [subject, object] : [subject, predicate, object];
  const names = open.flatMap((term) => (term.termType === 'Variable' ? [term.value] : []));
  return new Set(names).size === open.length;
}

/**
 * How many receipts are enough to answer a query, where any of them will do: it has a LIMIT and no order, grouping or
 * filter that would have to see more. Undefined where all that the query can touch is needed.
 */
export function enoughFor(operation: Algebra.Operation, most?: number): number | undefined {
  switch (operation.type) {
    case Types.ASK:
      return enoughFor(operation.input, 1);
    case Types.SLICE:
      return operation.length === undefined
        ? undefined
        : enoughFor(operation.input, operation.start + operation.length);
    case Types.PROJECT:
    case Types.CONSTRUCT:
      return enoughFor(operation.input, most);
    case Types.BGP:
      return isOfAnyReceipt(operation) ? most : undefined;
    default:
      return undefined;
  }
}
