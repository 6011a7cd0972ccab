/**
 * Opens a data folder, does what retention has to do there, step by step, and tells of each; a process of its own that
 * tests kill in the middle of it.
 * Arguments: the folder, the time as milliseconds since the epoch, the rules as JSON.
 */
import { openDuckDbStore } from '../../dist/evidence/index.js';

const [folder = '', at = '', rules = ''] = process.argv.slice(2);
const { store } = await openDuckDbStore({
  ...{ folder, memoryMiB: 256, threads: 2, publicUrl: 'http://127.0.0.1:4600' },
  clock: () => /** @type {import('../../src/model/index.js').Instant} */ (Number(at)),
});
process.send?.('ready');
for (;;) {
  const step = await store.retention.step(JSON.parse(rules));
  if (step === undefined) break;
  process.send?.(step.what);
}
await store.close();
process.send?.('done');
process.disconnect?.();
