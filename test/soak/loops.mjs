/**
 * Loops that ask a server again and again: first each as fast as it goes, to learn what the server can bear, then at a
 * pace.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** Latencies that are kept of one loop, in a reservoir, so that long runs need no more memory than short ones. */
const KEPT_LATENCIES = 20_000;
/** Texts of errors that are kept of one loop. */
const KEPT_ERRORS = 5;

/**
 * What is asked again and again: `lanes` of them at once, each after its last answer. `ask` fails when the answer is not
 * what it should be, and says how many items it sent or got.
 * @typedef {{ name: string, lanes: number, ask: (lane: number) => Promise<number> }} Loop
 */

/** What one loop did over one phase. */
export class Tally {
  answers = 0;
  items = 0;
  errors = 0;
  /** @type {string[]} */
  texts = [];
  /** @type {number[]} */
  latenciesMs = [];
  slowestMs = 0;
  #random;

  /** @param {() => number} random uniform in 0 <= x < 1 */
  constructor(random) {
    this.#random = random;
  }

  /** @param {number} items @param {number} latencyMs */
  answered(items, latencyMs) {
    this.answers += 1;
    this.items += items;
    this.slowestMs = Math.max(this.slowestMs, latencyMs);
    const place =
      this.answers <= KEPT_LATENCIES ? this.answers - 1 : Math.floor(this.#random() * this.answers);
    if (place < KEPT_LATENCIES) this.latenciesMs[place] = latencyMs;
  }

  /** @param {unknown} error */
  failed(error) {
    this.errors += 1;
    const cause = error instanceof Error && error.cause !== undefined ? ` (${String(error.cause)})` : '';
    if (this.texts.length < KEPT_ERRORS) this.texts.push(`${String(error)}${cause}`.slice(0, 400));
  }

  /** @param {number} share */
  quantileMs(share) {
    const ascending = [...this.latenciesMs].sort((one, other) => one - other);
    return ascending[Math.floor((ascending.length - 1) * share)] ?? Number.NaN;
  }
}

/**
 * Runs one lane until the time is over. At a pace, an answer is waited for since it was due, so that a server that stalls
 * is not spared the requests which it kept from being sent; what is more than one interval late is not made up for.
 * @param {{ loop: Loop, lane: number, everyMs: number, untilMs: number, tally: Tally }} run
 */
async function runLane({ loop, lane, everyMs, untilMs, tally }) {
  let dueMs = performance.now() + (everyMs * lane) / loop.lanes;
  for (;;) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await pause(Math.min(waitMs, untilMs - performance.now()));
    if (performance.now() >= untilMs) return;
    try {
      tally.answered(await loop.ask(lane), performance.now() - dueMs);
    } catch (error) {
      tally.failed(error);
      // A server that has gone is not asked in a hot loop.
      await pause(100);
    }
    dueMs = Math.max(dueMs + everyMs, performance.now() - everyMs);
  }
}

/**
 * Runs all loops at once for some seconds; `perSecond` says how often each asks, as often as it can where it has none.
 * @param {{ loops: readonly Loop[], seconds: number, random: () => number, perSecond?: ReadonlyMap<string, number> }} phase
 * @returns {Promise<ReadonlyMap<string, Tally>>}
 */
export async function runLoops({ loops, seconds, random, perSecond }) {
  const untilMs = performance.now() + seconds * 1_000;
  const tallies = new Map(loops.map((loop) => [loop.name, new Tally(random)]));
  const lanes = loops.flatMap((loop) => {
    const rate = perSecond?.get(loop.name);
    const everyMs = rate === undefined ? 0 : (loop.lanes * 1_000) / rate;
    const tally = tallies.get(loop.name);
    if (tally === undefined) return [];
    return Array.from({ length: loop.lanes }, (_, lane) => runLane({ loop, lane, everyMs, untilMs, tally }));
  });
  await Promise.all(lanes);
  return tallies;
}
