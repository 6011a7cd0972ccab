import type { DuckDBConnection } from '@duckdb/node-api';
import { hashOfBatch, type LogBatch } from '../../log/entry.js';
import { sameHash } from '../../log/hash.js';
import { GrowingTree, type TreeHead } from '../../log/tree.js';
import type { LogDifference } from '../../log.js';
import { rowsOf } from '../rows.js';
import type { BatchLog } from './batch-log.js';
import { readBatches } from './tables.js';

const BATCHES_AT_ONCE = 8_192;

/** What is said of a batch beside its parts. */
interface Counted {
  readonly events: number;
  readonly samples: number;
}

/** What a check of the batches came to: the tree over them, or the first that differs. */
export interface BatchesChecked {
  readonly head: TreeHead;
  readonly difference: LogDifference | undefined;
}

async function countsOf(
  connection: DuckDBConnection,
  first: number,
  last: number,
): Promise<ReadonlyMap<number, Counted>> {
  const rows = await rowsOf(
    connection,
    `SELECT number, events, samples FROM batch WHERE number BETWEEN ${first} AND ${last}`,
  );
  return new Map(rows.map(([number = 0, events = 0, samples = 0]) => [number, { events, samples }]));
}

function faultOf(
  batch: LogBatch | undefined,
  counted: Counted | undefined,
  leaf: Uint8Array | undefined,
): string | undefined {
  if (batch === undefined || counted === undefined) return 'the batch is not there';
  const sum = (isCounted: (kind: string) => boolean): number =>
    batch.parts.reduce((total, { kind, count }) => (isCounted(kind) ? total + count : total), 0);
  const events = sum((kind) => kind !== 'sample' && kind !== 'series');
  if (sum((kind) => kind === 'sample') !== counted.samples || events !== counted.events) {
    return `the batch counts ${counted.events} events and ${counted.samples} samples, its parts others`;
  }
  return leaf !== undefined && sameHash(leaf, hashOfBatch(batch))
    ? undefined
    : 'the leaf in the log is another than its parts make';
}

/** Whether a tree of this size was signed, and with another root; the root is made only where one was. */
function faultOfSigned(tree: GrowingTree, signed: readonly TreeHead[]): LogDifference | undefined {
  const ofSize = signed.filter(({ size }) => size === tree.size);
  if (ofSize.length === 0) return undefined;
  const { size, root } = tree.head;
  return ofSize.every((one) => sameHash(one.root, root))
    ? undefined
    : { what: `a tree of ${size} batches was signed with another root than these have` };
}

/**
 * Computes the leaves of all batches again and holds them against the files of the tree and against what was signed;
 * `tell` hears how many are done.
 */
export async function checkBatches(
  connection: DuckDBConnection,
  log: BatchLog,
  signed: readonly TreeHead[],
  tell: (done: number) => void,
): Promise<BatchesChecked> {
  const { before, levels } = log;
  const { size } = levels;
  const tree = new GrowingTree();
  let difference = faultOfSigned(tree, signed);
  const done = (): BatchesChecked => ({ head: tree.head, difference });
  for (let index = 0; index < size && difference === undefined; index += BATCHES_AT_ONCE) {
    const count = Math.min(BATCHES_AT_ONCE, size - index);
    const [first, last] = [before + index + 1, before + index + count];
    const batches = new Map(
      (await readBatches(connection, { first, last }, before)).map((batch) => [batch.number, batch]),
    );
    const counts = await countsOf(connection, first, last);
    const leaves = await levels.hashes(0, index, count);
    for (let number = first; number <= last && difference === undefined; number++) {
      const batch = batches.get(number);
      const what = faultOf(batch, counts.get(number), leaves[number - first]);
      if (batch === undefined || what !== undefined) {
        difference = { batch: number, what: what ?? 'the batch is not there' };
        break;
      }
      tree.add(hashOfBatch(batch));
      difference = faultOfSigned(tree, signed);
    }
    tell(index + count);
  }
  const longest = signed.reduce((most, one) => Math.max(most, one.size), 0);
  if (difference === undefined && longest > size) {
    difference = { what: `a tree of ${longest} batches was signed, and only ${size} are there` };
  }
  return done();
}
