/**
 * The writers of one server in the crash test, a process of its own: one for each door. On `{ url }` each first sends
 * again what it had sent last, acknowledged or not, then new batches on its lanes until the server is gone; then it
 * tells what was acknowledged, by door.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { doors } from './batches.mjs';

/** @typedef {import('./batches.mjs').Batch} Batch */
/** @typedef {keyof typeof doors} Door */

/**
 * How doors are written to. Alerts are analysed when they come, and objectives change the knowledge: both come seldom
 * in life. An objective that is sent again after a newer one would be a third change, so that it has one lane and
 * nothing that was acknowledged is sent again.
 * @type {Record<Door, { lanes: number, pauseMs: number, again: boolean }>}
 */
const ways = {
  events: { lanes: 2, pauseMs: 2, again: true },
  cloudevents: { lanes: 2, pauseMs: 5, again: true },
  alertmanager: { lanes: 2, pauseMs: 40, again: true },
  write: { lanes: 2, pauseMs: 2, again: true },
  graphql: { lanes: 2, pauseMs: 5, again: true },
  slo: { lanes: 1, pauseMs: 60, again: false },
  due: { lanes: 1, pauseMs: 20, again: true },
  dueEvents: { lanes: 1, pauseMs: 20, again: true },
};

/** Writes to one door on some lanes. */
class DoorWriter {
  /** @type {Door} */
  #door;
  #way;
  /** How many batches each lane has made, the last time that one of them carries, and the day of what is due. */
  #lanes;

  /** @param {Door} door */
  constructor(door) {
    this.#door = door;
    this.#way = ways[door];
    this.#lanes = Array.from({ length: this.#way.lanes }, () => ({
      made: 0,
      lastAt: 0,
      day: 0,
      /** What is sent again after a restart: the last acknowledged batch and the one that was under way. */
      again: /** @type {(Batch & { acknowledged: boolean })[]} */ ([]),
    }));
  }

  /** @param {string} url */
  async until(url) {
    const lanes = await Promise.all(this.#lanes.map((_, lane) => this.#run(url, lane)));
    return {
      door: this.#door,
      acknowledged: lanes.flatMap((lane) => lane.acknowledged),
      resent: lanes.reduce((sum, lane) => sum + lane.resent, 0),
    };
  }

  /** @param {number} lane */
  #of(lane) {
    const state = this.#lanes[lane];
    if (state === undefined) throw new TypeError(`there is no lane ${lane}`);
    return state;
  }

  /** @param {number} lane */
  async #next(lane) {
    const state = this.#of(lane);
    // Times of a lane only grow, and never meet those of a batch before.
    const at = Math.max(Date.now(), state.lastAt + 2);
    state.lastAt = at;
    const number = state.made;
    state.made = number + 1;
    const batch = await doors[this.#door](`${this.#door}-${lane}-${number}`, at, number, lane, state.day);
    return { ...batch, acknowledged: false };
  }

  /**
   * Writes on one lane until the server is gone.
   * @param {string} url
   * @param {number} lane
   */
  async #run(url, lane) {
    const { pauseMs, again } = this.#way;
    const state = this.#of(lane);
    const acknowledged = [];
    /** @type {(Batch & { acknowledged: boolean }) | undefined} */
    let latest;
    let resent = 0;
    for (;;) {
      const old = state.again[0];
      const batch = old ?? (await this.#next(lane));
      const outcome = await send(url, batch);
      if (outcome === 'gone') {
        if (old === undefined) state.again.push(batch);
        break;
      }
      if (outcome === 'sealed') {
        // Its day has gone to the archive: what is not taken is not acknowledged, and the next comes on another day.
        state.again.shift();
        state.day += 1;
      } else if (outcome === 'acknowledged') {
        process.send?.({ acknowledged: this.#door });
        if (!batch.acknowledged) acknowledged.push({ at: batch.at, tokens: batch.tokens });
        if (old === undefined) latest = { ...batch, acknowledged: true };
        else {
          state.again.shift();
          resent += 1;
        }
      } else if (old === undefined) state.again.push(batch);
      await pause(outcome === 'refused' ? Math.max(pauseMs, 5) : pauseMs);
    }
    // What was acknowledged comes before what was under way, as it did the first time.
    if (again && latest !== undefined) {
      const { at } = latest;
      if (state.again.every((batch) => batch.at >= at)) state.again.unshift(latest);
    }
    return { acknowledged, resent };
  }
}

/**
 * @param {string} url
 * @param {Batch} batch
 * @returns {Promise<'acknowledged' | 'refused' | 'sealed' | 'gone'>}
 */
async function send(url, { path, headers, body }) {
  try {
    const response = await fetch(url + path, { method: 'POST', headers, body });
    const text = await response.text();
    // GraphQL tells of what was refused in the answer, and of a store that closes with a code.
    const isRefused = path === '/graphql' && JSON.parse(text).errors !== undefined;
    // 207 would say that part of the batch was refused, which is a fault here.
    if (response.status >= 200 && response.status < 207 && !isRefused) return 'acknowledged';
    if (response.status === 400 && /older than the newest sample/.test(text)) return 'sealed';
    if (response.status < 500)
      throw new TypeError(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
    return 'refused';
  } catch (error) {
    if (error instanceof SyntaxError) return 'gone';
    // A connection that breaks is what this test is about; an answer that nobody expected is a fault.
    if (
      error instanceof TypeError &&
      error.cause === undefined &&
      !/terminated|fetch failed/.test(error.message)
    )
      throw error;
    return 'gone';
  }
}

const names = /** @type {Door[]} */ (Object.keys(doors));
const writers = names.map((door) => new DoorWriter(door));

// Whoever started the writers has gone.
process.on('disconnect', () => process.exit());
process.on('message', async (/** @type {{ url: string }} */ { url }) => {
  try {
    process.send?.({ written: await Promise.all(writers.map((writer) => writer.until(url))) });
  } catch (error) {
    process.send?.({ failed: error instanceof Error ? error.message : String(error) });
  }
});
