/** Two servers on one folder, and a stop while every door is written to. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EAGER, faultsOf, Writers } from '../lane.mjs';
import { send, startOn } from './server.mjs';

/** @typedef {import('./server.mjs').Fault} Fault */

/** @type {Fault} */
export async function twoServers(folder) {
  const data = join(folder, 'two');
  const one = await startOn(data);
  await send(one.url);
  const other = await startOn(data).then(
    () => 'started',
    (/** @type {Error} */ error) => error.message,
  );
  const still = await send(one.url);
  const code = await one.stop('SIGTERM');
  if (!other.includes('is in use by another process') || still.status !== 200 || code !== 0)
    throw new Error(`${other}, then ${still.status}, stopped with ${code}`);
  return 'the second is refused, the first goes on';
}

/** @type {Fault} */
export async function stopUnderLoad(folder) {
  const writers = new Writers();
  const data = join(folder, 'stop');
  try {
    const genchi = await startOn(data, EAGER);
    const writing = writers.until(genchi.url);
    await Promise.race([writers.underWay.then(() => pause(500)), writing]);
    const code = await genchi.stop('SIGTERM');
    const { receipts } = await writing;
    const again = await startOn(data);
    const faults = faultsOf(await writers.look(again.url));
    await again.stop('SIGTERM');
    if (code !== 0 || faults.length > 0) throw new Error(`stopped with ${code}; ${faults.join('; ')}`);
    return `stopped with 0 under writers on every door, ${receipts} receipts acknowledged and found`;
  } finally {
    writers.close();
  }
}
