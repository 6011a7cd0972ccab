/** Keeps the standing up to date: closes minutes that are due and evaluates again, every half minute. */
import { LATE_MS, type Recorded } from '../../evidence/index.js';
import { type Clock, type Instant, MINUTE_MS } from '../../model/index.js';
import type { StandingBoard } from '../standing.js';
import { type Closed, type ClosingParts, MinuteCloser } from './closing.js';
import { type EvaluationSources, Evaluator } from './evaluation.js';
import { LiveObjectives } from './objectives.js';

/** What one evaluation took and did, for whoever watches the loop; what moves slowly is looked at after it. */
export interface Evaluation {
  readonly at: Instant;
  readonly durationMs: number;
  readonly minutesClosed: number;
}

/** What the loop has seen of receipts that came after their minute was closed. */
export interface LateReceipts {
  /** Counted in the minute in which they came. */
  readonly counted: number;
  /** So late that no minute counts them. */
  readonly leftOut: number;
}

/** What the loop works with. */
export interface LiveOptions extends ClosingParts, Omit<EvaluationSources, 'judge'> {
  readonly board: StandingBoard;
  readonly clock: Clock;
  /** Reads a clock that only goes forward, in milliseconds. */
  readonly stopwatch: () => number;
  /** How long after the begin of one evaluation the next one begins, in milliseconds; never while one is under way. */
  readonly everyMs: number;
  /** Hears of each stretch of minutes that was closed. */
  readonly onClosed?: (closed: Closed) => void;
  readonly onEvaluated?: (evaluation: Evaluation) => void;
  /** Hears of an evaluation that failed; the next one tries again. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * The first evidence after a start is looked at so soon, in milliseconds, then what comes after twice as long, and so on
 * up to the usual pace: whoever connects the first sender waits for it.
 */
const SOON_MS = 1_000;

/** A loop that goes on closes a minute before it is this old, in milliseconds. */
const BEHIND_MS = 5 * MINUTE_MS;

/** Evaluates again and again until it is closed; one evaluation at a time. */
export class LiveLoop {
  readonly #options: LiveOptions;
  readonly #closer: MinuteCloser;
  readonly #evaluator: Evaluator;
  readonly #objectives: LiveObjectives;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #late: LateReceipts = { counted: 0, leftOut: 0 };
  #isResting = false;
  #hasNews = false;
  #soonMs = SOON_MS;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#closer = new MinuteCloser(options);
    const objectives = new LiveObjectives(options.store, options.recorder);
    this.#objectives = objectives;
    this.#evaluator = new Evaluator({ ...options, judge: (at) => objectives.judge(at) });
  }

  /** Begins with an evaluation at once. */
  start(): void {
    this.#after(0);
  }

  /** Receipts that came late since the process began. */
  get late(): LateReceipts {
    return this.#late;
  }

  /** Takes note of what was recorded, every commit of it; give it to the recorder as a listener. */
  readonly hear = (recorded: Recorded): void => {
    this.#objectives.hear(recorded);
    this.#countLate(recorded);
    this.#hasNews = true;
    this.#hurry();
  };

  /** Looks at news soon, a few times after the start. */
  #hurry(): void {
    const soonMs = this.#soonMs;
    if (!this.#isResting || !this.#hasNews || soonMs >= this.#options.everyMs) return;
    this.#hasNews = false;
    this.#soonMs *= 2;
    clearTimeout(this.#timer);
    this.#after(soonMs);
    // What comes until then does not put it off.
    this.#isResting = false;
  }

  #countLate({ events }: Recorded): void {
    const until = this.#closer.until;
    if (until === undefined) return;
    for (const { at, receivedAt } of events) {
      if (at >= until) continue;
      const { counted, leftOut } = this.#late;
      this.#late =
        receivedAt - at <= LATE_MS ? { counted: counted + 1, leftOut } : { counted, leftOut: leftOut + 1 };
    }
  }

  /** Closes what is due and evaluates, now and once; waits for an evaluation that is under way. */
  evaluate(): Promise<void> {
    this.#running = this.#running.then(() => this.#evaluate());
    return this.#running;
  }

  #after(waitMs: number): void {
    if (this.#stop.signal.aborted) return;
    this.#isResting = true;
    this.#timer = setTimeout(() => {
      this.#isResting = false;
      const { stopwatch, everyMs } = this.#options;
      const startedMs = stopwatch();
      void this.evaluate().then(() => this.#after(Math.max(0, everyMs - (stopwatch() - startedMs))));
    }, waitMs);
    this.#timer.unref();
    this.#hurry();
  }

  async #evaluate(): Promise<void> {
    const { board, clock, stopwatch, onEvaluated, onFailure } = this.#options;
    if (this.#stop.signal.aborted) return;
    const startedMs = stopwatch();
    try {
      const caughtUp = this.#isBehind ? await this.#closeDue() : 0;
      const at = clock();
      const closing = this.#closeDue();
      const standing = await this.#evaluator.evaluate(at, closing, this.#stop.signal);
      board.post(standing);
      onEvaluated?.({ at, durationMs: stopwatch() - startedMs, minutesClosed: caughtUp + (await closing) });
      const renewed = await this.#evaluator.renew(standing, this.#stop.signal);
      if (renewed !== undefined) board.post(renewed);
    } catch (error) {
      if (!this.#stop.signal.aborted) onFailure(error);
    }
  }

  /** Whether more minutes may be due than take a moment to close: health read meanwhile would be old when it is told. */
  get #isBehind(): boolean {
    const { until } = this.#closer;
    return until === undefined || this.#options.clock() - until > BEHIND_MS;
  }

  async #closeDue(): Promise<number> {
    const { clock, onClosed } = this.#options;
    let minutes = 0;
    for (;;) {
      const closed = await this.#closer.closeNext(clock(), this.#stop.signal);
      if (closed === undefined) return minutes;
      minutes += (closed.window.to - closed.window.from) / MINUTE_MS;
      onClosed?.(closed);
      this.#stop.signal.throwIfAborted();
    }
  }

  /** Ends the evaluation under way and begins no more. */
  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }
}
