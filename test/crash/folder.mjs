/** Opens data folders in this process. */
import { openDuckDbStore } from '../../dist/evidence/index.js';

/**
 * Opens a data folder that no server has open.
 * @param {string} folder
 */
export async function openFolder(folder) {
  const { store } = await openDuckDbStore({
    ...{ folder, memoryMiB: 256, threads: 2, publicUrl: 'http://127.0.0.1:4600' },
    clock: () => /** @type {import('../../src/model/index.js').Instant} */ (Date.now()),
  });
  return { store, close: () => store.close() };
}
