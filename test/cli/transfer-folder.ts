import { join } from 'node:path';
import { openDuckDbStore } from '../../src/evidence/index.js';
import type { EventReceipt } from '../../src/model/index.js';
import { blockOf, failure, freshFolder, type SampleRow, T0 } from '../evidence/fixture.js';

/** A data folder with some evidence in it, and a place for files beside it. */
export async function folderWith(
  events: readonly EventReceipt[],
  rows: readonly SampleRow[],
  base = 'http://127.0.0.1:4600',
): Promise<{ data: string; path: (name: string) => string; remove: () => Promise<void> }> {
  const { folder, remove } = await freshFolder();
  const data = join(folder, 'data');
  const { store } = await openDuckDbStore({
    ...{ folder: data, clock: () => T0, memoryMiB: 256, threads: 1, publicUrl: base },
  });
  await store.append({ events, samples: blockOf(store, rows) });
  await store.close();
  return { data, path: (name) => join(folder, name), remove };
}

export const someEvents = [failure('checkout', 0), failure('shop', 60_000, 'refused')];
export const someSamples: readonly SampleRow[] = [
  [{ __name__: 'up', service: 'shop' }, 0, 1],
  [{ __name__: 'up', service: 'shop' }, 15_000, null],
];
