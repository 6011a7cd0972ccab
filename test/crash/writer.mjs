/**
 * One writer of the crash test, a process of its own for one door. On `{ url }` it first sends again what it had
 * sent last, acknowledged or not, then new batches on two lanes until the server is gone; then it tells what was
 * acknowledged.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { doors } from './batches.mjs';

/** @typedef {import('./batches.mjs').Batch} Batch */

const LANES = 2;
const door = /** @type {keyof typeof doors} */ (process.argv[2]);
/** Alerts are analysed when they come; in life they come seldom. */
const PAUSE_MS = door === 'alertmanager' ? 25 : 0;
/** Samples carry times of three days ago, so that they are sorted into parts while others are written and killed. */
const AGE_MS = door === 'write' ? 3 * 86_400_000 : 0;

/** How many batches each lane has made, and the last time that one of them carries. */
const made = Array.from({ length: LANES }, () => 0);
const lastAt = Array.from({ length: LANES }, () => 0);
/** What each lane sends again after a restart: its last acknowledged batch and the one that was under way. */
/** @type {(Batch & { acknowledged: boolean })[][]} */
const again = Array.from({ length: LANES }, () => []);

/**
 * @param {string} url
 * @param {Batch} batch
 * @returns {Promise<'acknowledged' | 'refused' | 'gone'>}
 */
async function send(url, { path, headers, body }) {
  try {
    const response = await fetch(url + path, { method: 'POST', headers, body });
    const text = await response.text();
    // 207 would say that part of the batch was refused, which is a fault here.
    if (response.status >= 200 && response.status < 207) return 'acknowledged';
    if (response.status < 500)
      throw new TypeError(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return 'refused';
  } catch (error) {
    // A connection that breaks is what this test is about; an answer that nobody expected is a fault.
    if (error instanceof TypeError && error.cause === undefined) throw error;
    return 'gone';
  }
}

/**
 * @param {number} lane
 * @returns {Promise<Batch>}
 */
async function next(lane) {
  // Times of a lane only grow, and never meet those of a batch before.
  const at = Math.max(Date.now() - AGE_MS, (lastAt[lane] ?? 0) + 2);
  lastAt[lane] = at;
  const number = made[lane] ?? 0;
  made[lane] = number + 1;
  return doors[door](`${door}-${lane}-${number}`, at, number, lane);
}

/**
 * Writes on one lane until the server is gone.
 * @param {string} url
 * @param {number} lane
 */
async function run(url, lane) {
  const acknowledged = [];
  let resent = 0;
  const waiting = again[lane] ?? [];
  for (;;) {
    const old = waiting[0];
    const batch = old ?? { ...(await next(lane)), acknowledged: false };
    const outcome = await send(url, batch);
    if (outcome === 'gone') {
      if (old === undefined) waiting.push(batch);
      break;
    }
    if (outcome === 'acknowledged') {
      if (!batch.acknowledged) acknowledged.push({ at: batch.at, tokens: batch.tokens });
      if (old === undefined) latest[lane] = { ...batch, acknowledged: true };
      else {
        waiting.shift();
        resent += 1;
      }
    } else if (old === undefined) waiting.push(batch);
    if (PAUSE_MS > 0 || outcome === 'refused') await pause(Math.max(PAUSE_MS, 5));
  }
  const last = latest[lane];
  // What was acknowledged comes before what was under way, as it did the first time.
  if (last !== undefined && waiting.every((batch) => batch.at >= last.at)) waiting.unshift(last);
  again[lane] = waiting;
  latest[lane] = undefined;
  return { acknowledged, resent };
}

/** @type {((Batch & { acknowledged: boolean }) | undefined)[]} */
const latest = Array.from({ length: LANES }, () => undefined);

process.on('message', async (/** @type {{ url: string }} */ { url }) => {
  try {
    const lanes = await Promise.all(Array.from({ length: LANES }, (_, lane) => run(url, lane)));
    process.send?.({
      acknowledged: lanes.flatMap((lane) => lane.acknowledged),
      resent: lanes.reduce((sum, lane) => sum + lane.resent, 0),
    });
  } catch (error) {
    process.send?.({ failed: String(error) });
  }
});
