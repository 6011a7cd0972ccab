/** The query engine of federated queries, set up for joins with endpoints that are far away. */
import { QueryEngine } from '@comunica/query-sparql';
import { GraphError } from './errors.js';

/**
 * How many rows from here go into one request. Comunica asks for 16 at a time, and a request costs more than its rows;
 * beyond some hundreds a query outgrows what endpoints read (Genchi reads 65,536 characters).
 */
const ROWS_PER_REQUEST = 100;

/** The part of Comunica that joins by sending rows along; its block size is a setting of a build, not of a query. */
const JOINER = 'ActorRdfJoinMultiBindSource';

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Every object that can be reached from one. */
function reachableFrom(root: object): ReadonlySet<object> {
  const seen = new Set([root]);
  for (const object of seen) {
    for (const value of Object.values(object)) if (isObject(value)) seen.add(value);
  }
  return seen;
}

/** Makes an engine, which takes about a second; fails with `query-crashed` when its joiner is not where it was. */
export function openEngine(): QueryEngine {
  const engine = new QueryEngine();
  const joiners = [...reachableFrom(engine)].filter(
    (object) => object.constructor?.name === JOINER && 'blockSize' in object,
  );
  if (joiners.length === 0) throw new GraphError('query-crashed', `The query engine has no ${JOINER}.`);
  for (const joiner of joiners) Object.assign(joiner, { blockSize: ROWS_PER_REQUEST });
  return engine;
}
