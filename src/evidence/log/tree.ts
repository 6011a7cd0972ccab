/** Merkle trees of RFC 6962, section 2.1. */
import { nodeHash, sameHash, sha256 } from './hash.js';

/** Leaves of a tree, `from <= index < until`. */
export interface LeafRange {
  readonly from: number;
  readonly until: number;
}

/** The largest power of two that is smaller than `size`, which is at least 2. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The root of the empty tree. */
export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array(0));

/** The root of the tree with these leaf hashes. */
export function treeHead(hashes: readonly Uint8Array[]): Uint8Array {
  const [first] = hashes;
  if (first === undefined) return EMPTY_ROOT;
  if (hashes.length === 1) return first;
  const split = splitOf(hashes.length);
  return nodeHash(treeHead(hashes.slice(0, split)), treeHead(hashes.slice(split)));
}

/**
 * The ranges of leaves whose roots are the inclusion proof of a leaf, from the leaf up: PATH(m, D[n]) of section 2.1.1.
 * `index` is less than `size`.
 */
export function inclusionRanges(index: number, size: number): readonly LeafRange[] {
  const ranges: LeafRange[] = [];
  let [from, until] = [0, size];
  while (until - from > 1) {
    const middle = from + splitOf(until - from);
    if (index < middle) {
      ranges.push({ from: middle, until });
      until = middle;
    } else {
      ranges.push({ from, until: middle });
      from = middle;
    }
  }
  return ranges.reverse();
}

/**
 * The ranges of leaves whose roots prove that a tree of `to` leaves begins with one of `from`: PROOF(m, D[n]) of section
 * 2.1.2; none when `from` is 0 or `to`.
 */
export function consistencyRanges(from: number, to: number): readonly LeafRange[] {
  if (from === 0 || from === to) return [];
  const ranges: LeafRange[] = [];
  let whole: LeafRange = { from: 0, until: to };
  while (whole.until !== from) {
    const middle: number = whole.from + splitOf(whole.until - whole.from);
    if (from <= middle) {
      ranges.push({ from: middle, until: whole.until });
      whole = { from: whole.from, until: middle };
    } else {
      ranges.push({ from: whole.from, until: middle });
      whole = { from: middle, until: whole.until };
    }
  }
  // The old tree itself is not in its proof: whoever checks it has its root.
  if (whole.from !== 0) ranges.push(whole);
  return ranges.reverse();
}

/** The inclusion proof of one of a few leaves that are in memory. */
export function inclusionPath(hashes: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  return inclusionRanges(index, hashes.length).map(({ from, until }) => treeHead(hashes.slice(from, until)));
}

/**
 * The root that an inclusion proof leads to, RFC 9162, section 2.1.3.2; undefined when the proof has not the length that
 * a tree of this size asks for.
 */
export function rootOfInclusion(
  leaf: Uint8Array,
  { index, size }: { readonly index: number; readonly size: number },
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (!(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size)) {
    return undefined;
  }
  const ranges = inclusionRanges(index, size);
  if (ranges.length !== path.length) return undefined;
  return ranges.reduce<Uint8Array>((hash, { from }, height) => {
    const sibling = path[height] ?? EMPTY_ROOT;
    return from > index ? nodeHash(hash, sibling) : nodeHash(sibling, hash);
  }, leaf);
}

/** A tree: how many leaves it has, and its root. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** The roots that a consistency proof leads to: of the old tree, and of the new one. */
function rootsOfConsistency(
  from: number,
  ranges: readonly LeafRange[],
  path: readonly Uint8Array[],
  oldRoot: Uint8Array,
): { readonly old: Uint8Array; readonly grown: Uint8Array } {
  // Without its first hash, the old tree is the seed of both.
  const isSeeded = ranges[0] !== undefined && ranges[0].until === from;
  const seed = isSeeded ? (path[0] ?? EMPTY_ROOT) : oldRoot;
  let [old, grown] = [seed, seed];
  for (const [position, { from: start }] of ranges.entries()) {
    if (isSeeded && position === 0) continue;
    const sibling = path[position] ?? EMPTY_ROOT;
    if (start >= from) grown = nodeHash(grown, sibling);
    else {
      old = nodeHash(sibling, old);
      grown = nodeHash(sibling, grown);
    }
  }
  return { old, grown };
}

/** Whether a proof shows that the new tree begins with the old one, RFC 9162, section 2.1.4.2. */
export function isConsistent(old: TreeHead, grown: TreeHead, path: readonly Uint8Array[]): boolean {
  if (!(Number.isSafeInteger(old.size) && Number.isSafeInteger(grown.size))) return false;
  if (old.size < 0 || old.size > grown.size) return false;
  if (old.size === 0) return path.length === 0 && sameHash(old.root, EMPTY_ROOT);
  const ranges = consistencyRanges(old.size, grown.size);
  if (ranges.length !== path.length) return false;
  const roots = rootsOfConsistency(old.size, ranges, path, old.root);
  return sameHash(roots.old, old.root) && sameHash(roots.grown, grown.root);
}

/** A tree that leaves are added to, of which only the roots of its complete subtrees are kept. */
export class GrowingTree {
  /** Roots of complete subtrees, the largest first, each with how many leaves it has. */
  readonly #subtrees: { readonly leaves: number; readonly root: Uint8Array }[] = [];
  #size = 0;

  add(leaf: Uint8Array): void {
    let added = { leaves: 1, root: leaf };
    for (
      let last = this.#subtrees.at(-1);
      last !== undefined && last.leaves === added.leaves;
      last = this.#subtrees.at(-1)
    ) {
      this.#subtrees.pop();
      added = { leaves: 2 * added.leaves, root: nodeHash(last.root, added.root) };
    }
    this.#subtrees.push(added);
    this.#size += 1;
  }

  /** How many leaves it has. */
  get size(): number {
    return this.#size;
  }

  get head(): TreeHead {
    const roots = this.#subtrees.map(({ root }) => root);
    const root = roots.reduceRight<Uint8Array | undefined>(
      (right, left) => (right === undefined ? left : nodeHash(left, right)),
      undefined,
    );
    return { size: this.#size, root: root ?? EMPTY_ROOT };
  }
}
