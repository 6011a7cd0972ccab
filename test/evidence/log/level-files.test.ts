import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leafHash } from '../../../src/evidence/log/hash.js';
import { LevelFiles } from '../../../src/evidence/log/level-files.js';
import {
  consistencyRanges,
  GrowingTree,
  inclusionRanges,
  rootOfInclusion,
  treeHead,
} from '../../../src/evidence/log/tree.js';
import { freshFolder } from '../fixture.js';

let folder: string;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ folder, remove } = await freshFolder());
});
afterEach(() => remove());

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const leaf = (index: number): Uint8Array => leafHash(Buffer.from(String(index)));

async function filled(size: number): Promise<LevelFiles> {
  const levels = await LevelFiles.open(folder);
  for (let index = levels.size; index < size; index++) levels.add(leaf(index));
  return levels;
}

describe('the files of the tree', () => {
  it('have the tiles that the specification counts for 70,000 leaves', async () => {
    const levels = await filled(70_000);
    const widths = async (level: number, tile: number) =>
      (await levels.hashes(level, tile * 256, 256)).length;
    expect(await Promise.all([widths(0, 272), widths(0, 273), widths(0, 274)])).toEqual([256, 112, 0]);
    expect(await Promise.all([widths(1, 0), widths(1, 1), widths(2, 0), widths(3, 0)])).toEqual([
      256, 17, 1, 0,
    ]);
    const [root] = await levels.hashes(2, 0, 1);
    const grown = new GrowingTree();
    for (let index = 0; index < 65_536; index++) grown.add(leaf(index));
    expect(root && hex(root)).toBe(hex(grown.head.root));
    await levels.close();
  });

  it('have the roots and proofs of the tree in memory, at any size and place', async () => {
    const levels = await filled(1_300);
    const leaves = Array.from({ length: 1_300 }, (_, index) => leaf(index));
    const sizes = fc.record({ size: fc.integer({ min: 1, max: 1_300 }), one: fc.nat(), other: fc.nat() });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ size, one, other }) => {
        const { root } = await levels.head(size);
        expect(hex(root)).toBe(hex(treeHead(leaves.slice(0, size))));
        const index = one % size;
        const path = await Promise.all(inclusionRanges(index, size).map((range) => levels.root(range)));
        expect(hex(rootOfInclusion(leaf(index), { index, size }, path) ?? root.subarray(1))).toBe(hex(root));
        for (const range of consistencyRanges(other % size, size)) {
          expect(hex(await levels.root(range))).toBe(hex(treeHead(leaves.slice(range.from, range.until))));
        }
      }),
      { seed: 4, numRuns: 60 },
    );
    await levels.close();
  });

  it('are the same after a reopening, a cut, and the loss of the higher ones', async () => {
    const { root } = await (async () => {
      const levels = await filled(1_000);
      const head = await levels.head(1_000);
      await levels.close();
      return head;
    })();
    await rm(join(folder, 'level-1'));
    await truncate(join(folder, 'level-0'), 900 * 32 + 5);
    const levels = await filled(1_000);
    expect(hex((await levels.head(1_000)).root)).toBe(hex(root));
    await levels.truncate(700);
    expect(levels.size).toBe(700);
    for (let index = 700; index < 1_000; index++) levels.add(leaf(index));
    expect(hex((await levels.head(1_000)).root)).toBe(hex(root));
    await levels.close();
    await writeFile(join(folder, 'level-0'), '');
    const again = await filled(0);
    expect(again.size).toBe(0);
    await again.close();
  });
});
