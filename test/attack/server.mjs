/**
 * The attacked server, in a process of its own: the same `startApp` that the command line starts, and beside it the
 * figures of the process that nobody can see from outside.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { startApp } from '../../dist/app.js';

/** @typedef {{ residentMib: number, heapMib: number, loopP99Ms: number, loopMaxMs: number, cpuSeconds: number }} Figures */

const RESOLUTION_MS = 5;
const MIB = 1_048_576;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

/** @returns {Promise<Figures>} */
async function figures() {
  // Before the collections, which hold everything up themselves.
  const { max } = delay;
  const p99 = delay.percentile(99);
  // What the first round found unreachable gives its buffers back after it.
  globalThis.gc?.();
  await turn();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  delay.reset();
  return {
    residentMib: rss / MIB,
    heapMib: (heapUsed + external) / MIB,
    // The histogram counts the time between two timers; what is over their distance is delay.
    loopP99Ms: Math.max(0, p99 / 1e6 - RESOLUTION_MS),
    loopMaxMs: Math.max(0, max / 1e6 - RESOLUTION_MS),
    cpuSeconds: (user + system) / 1e6,
  };
}

const app = await startApp(JSON.parse(process.argv[2] ?? '{}'));
await app.ready;
delay.enable();
process.on('message', async (/** @type {string} */ message) => {
  if (message === 'figures') process.send?.({ figures: await figures() });
  if (message === 'reset') delay.reset();
  if (message === 'stop') {
    await app.close();
    process.disconnect?.();
  }
});
process.send?.({ url: app.url });
