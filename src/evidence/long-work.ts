/** Long work on the event loop, done in short pieces, so that whoever waits meanwhile does not notice it. */
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';

/** How long a piece may take, in milliseconds: each step of a request that is answered meanwhile waits for one at most. */
const PIECE_MS = 4;
/** When all others took longer than this for their turn, the event loop is busy, in milliseconds. */
const BUSY_MS = 1;
/** How long long work rests on a busy event loop, in pieces. */
const RESTS = 2;

/** All long work of the process takes turns. */
let last: Promise<void> = Promise.resolve();

async function giveWay(workedMs: number): Promise<void> {
  const from = performance.now();
  await turn();
  if (performance.now() - from > BUSY_MS) await pause(Math.ceil(workedMs * RESTS));
}

/**
 * One long piece of work. However many there are, the event loop serves all others between two pieces of any of them, and
 * where it is busy it has twice as much time for others as for these.
 */
export class LongWork {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  /** `signal` ends it between two pieces. */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether the piece under way has lasted long enough. */
  get isPieceOver(): boolean {
    return performance.now() - this.#since >= PIECE_MS;
  }

  /** Lets others have their turn, and begins the next piece; fails with the reason of the signal when that stopped it. */
  async rest(): Promise<void> {
    const workedMs = performance.now() - this.#since;
    last = last.then(() => giveWay(workedMs));
    await last;
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
  }
}
