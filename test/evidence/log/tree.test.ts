import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafHash, nodeHash } from '../../../src/evidence/log/hash.js';
import {
  consistencyRanges,
  EMPTY_ROOT,
  GrowingTree,
  inclusionPath,
  inclusionRanges,
  isConsistent,
  rootOfInclusion,
  treeHead,
} from '../../../src/evidence/log/tree.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const hashed = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** MTH of RFC 6962, section 2.1, word for word. */
function mth(entries: readonly Uint8Array[]): Buffer {
  if (entries.length === 0) return hashed();
  if (entries.length === 1) return hashed(Buffer.from([0]), entries[0] ?? Buffer.alloc(0));
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return hashed(Buffer.from([1]), mth(entries.slice(0, k)), mth(entries.slice(k)));
}

/** The entries that the tests of certificate-transparency use, and the roots of the trees that they grow. */
const KNOWN = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((text) => Buffer.from(text, 'hex'));
const KNOWN_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const leavesOf = (size: number): readonly Uint8Array[] =>
  Array.from({ length: size }, (_, index) => leafHash(Buffer.from(`entry ${index}`)));

describe('a tree of RFC 6962', () => {
  it('has the known roots', () => {
    expect(hex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const grown = new GrowingTree();
    KNOWN.forEach((entry, index) => {
      grown.add(leafHash(entry));
      expect(hex(grown.head.root)).toBe(KNOWN_ROOTS[index]);
      expect(hex(mth(KNOWN.slice(0, index + 1)))).toBe(KNOWN_ROOTS[index]);
      expect(hex(treeHead(KNOWN.slice(0, index + 1).map(leafHash)))).toBe(KNOWN_ROOTS[index]);
    });
  });

  // Section 2.1.3 of the RFC: seven leaves d0..d6, hashes a..f and j, nodes g..m.
  describe('of the example', () => {
    const [a, b, c, d, e, f, j] = leavesOf(7) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const [g, h, i] = [nodeHash(a, b), nodeHash(c, d), nodeHash(e, f)];
    const [k, l] = [nodeHash(g, h), nodeHash(i, j)];
    const hashes = [a, b, c, d, e, f, j];
    const pathOf = (index: number): readonly string[] => inclusionPath(hashes, index).map(hex);
    const proofOf = (from: number): readonly string[] =>
      consistencyRanges(from, 7).map((range) => hex(treeHead(hashes.slice(range.from, range.until))));

    it('has its inclusion proofs', () => {
      expect(pathOf(0)).toEqual([b, h, l].map(hex));
      expect(pathOf(3)).toEqual([c, g, l].map(hex));
      expect(pathOf(4)).toEqual([f, j, k].map(hex));
      expect(pathOf(6)).toEqual([i, k].map(hex));
    });

    it('has its consistency proofs', () => {
      expect(proofOf(3)).toEqual([c, d, g, l].map(hex));
      expect(proofOf(4)).toEqual([l].map(hex));
      expect(proofOf(6)).toEqual([i, j, k].map(hex));
    });
  });
});

const flip = (bytes: Uint8Array, bit: number): Uint8Array => {
  const other = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % other.length;
  other[at] = (other[at] ?? 0) ^ (1 << (bit % 8));
  return other;
};

describe('any tree', () => {
  const place = fc
    .integer({ min: 1, max: 300 })
    .chain((size) =>
      fc.record({ size: fc.constant(size), index: fc.integer({ min: 0, max: size - 1 }), bit: fc.nat(255) }),
    );

  it('proves every leaf, and nothing with a bit turned, at another place or of another size', () => {
    fc.assert(
      fc.property(place, ({ size, index, bit }) => {
        const leaves = leavesOf(size);
        const root = hex(treeHead(leaves));
        const leaf = leaves[index] ?? EMPTY_ROOT;
        const path = inclusionPath(leaves, index);
        const rootWith = (changed: readonly Uint8Array[], of = leaf, at = { index, size }) => {
          const found = rootOfInclusion(of, at, changed);
          return found && hex(found);
        };
        expect(rootWith(path)).toBe(root);
        expect(rootWith(path, flip(leaf, bit))).not.toBe(root);
        path.forEach((hash, position) => {
          expect(rootWith(path.with(position, flip(hash, bit)))).not.toBe(root);
        });
        expect(rootWith(path.slice(1))).not.toBe(path.length === 0 ? undefined : root);
        expect(rootWith([...path, leaf])).toBeUndefined();
        if (size > 1) expect(rootWith(path, leaf, { index: (index + 1) % size, size })).not.toBe(root);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('proves that it begins with any smaller one, and with no other', () => {
    const sizes = fc.record({ one: fc.nat(300), other: fc.nat(300), bit: fc.nat(255) });
    fc.assert(
      fc.property(sizes, ({ one, other, bit }) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const leaves = leavesOf(to);
        const old = { size: from, root: treeHead(leaves.slice(0, from)) };
        const grown = { size: to, root: treeHead(leaves) };
        const path = consistencyRanges(from, to).map((range) =>
          treeHead(leaves.slice(range.from, range.until)),
        );
        expect(isConsistent(old, grown, path)).toBe(true);
        expect(isConsistent({ ...old, root: flip(old.root, bit) }, grown, path)).toBe(false);
        if (from > 0) {
          expect(isConsistent(old, { ...grown, root: flip(grown.root, bit) }, path)).toBe(false);
        }
        path.forEach((hash, position) => {
          expect(isConsistent(old, grown, path.with(position, flip(hash, bit)))).toBe(false);
        });
        expect(isConsistent(old, grown, [...path, EMPTY_ROOT])).toBe(false);
        if (from > 0 && from < to) {
          // A tree that changed one of the old leaves.
          const forged = leaves.with(bit % from, leafHash(Buffer.from('forged')));
          const forgedPath = consistencyRanges(from, to).map((range) =>
            treeHead(forged.slice(range.from, range.until)),
          );
          expect(isConsistent(old, { size: to, root: treeHead(forged) }, forgedPath)).toBe(false);
        }
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it('has proofs of no more hashes than its height', () => {
    expect(inclusionRanges(123_456_789, 1_000_000_007).length).toBeLessThanOrEqual(30);
    expect(consistencyRanges(123_456_789, 2 ** 45 + 17).length).toBeLessThanOrEqual(47);
  });
});
