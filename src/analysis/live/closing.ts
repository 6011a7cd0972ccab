/**
 * Closes minutes: measures them once, a while after they ended, and records what was found as samples at their end,
 * together with the time up to which receipts counted. That time makes the same figures come out of the log again.
 */
import type { EvidenceStore, Recorder, SignalSeries } from '../../evidence/index.js';
import {
  DAY_MS,
  type Instant,
  instantOf,
  MINUTE_MS,
  SECOND_MS,
  shift,
  type Window,
} from '../../model/index.js';
import { countersAt, lastClosed } from './closed.js';
import { type Counters, minuteSamples, sentFiguresOf } from './minutes.js';
import { OwnSeries } from './own-series.js';

/**
 * How much younger than the moment of measuring a receipt may not be to count, in milliseconds: time enough for what a
 * door has stamped to be handed to the store.
 */
const SETTLING_MS = 2 * SECOND_MS;

/** How far back a start catches up on minutes that nobody closed: as long as raw samples are kept. */
export const CATCH_UP_MS = 30 * DAY_MS;

/** Rows of scopes and minutes that are measured at once, and minutes at most. */
const ROWS_AT_ONCE = 20_000;
const MINUTES_AT_ONCE = 360;

/** What minutes are closed with. */
export interface ClosingParts {
  readonly store: EvidenceStore;
  readonly recorder: Recorder;
  /** How long after its end a minute stays open for receipts that are on their way, in milliseconds. */
  readonly graceMs: number;
  /** The series that figures are read from beside events. */
  readonly signals: () => readonly SignalSeries[];
}

/** A stretch of minutes that was closed. */
export interface Closed {
  readonly window: Window;
  /** Minutes that are due still. */
  readonly minutesLeft: number;
  readonly samples: number;
}

const minuteOf = (at: number): Instant => instantOf(Math.floor(at / MINUTE_MS) * MINUTE_MS);

/** Closes minutes one after the other, each once, over restarts too. */
export class MinuteCloser {
  readonly #parts: ClosingParts;
  readonly #own: OwnSeries;
  /** Up to where minutes are closed, and the counters there; read from the store at first. */
  #until: Instant | undefined;
  #counters: Counters = new Map();
  #scopes = 1;

  constructor(parts: ClosingParts) {
    this.#parts = parts;
    this.#own = new OwnSeries(parts.store);
  }

  /** Up to where minutes are closed; undefined before the first look at the store. */
  get until(): Instant | undefined {
    return this.#until;
  }

  /** Where closing goes on: after the last closed minute, or at the first evidence, but not too far back. */
  async #begin(now: Instant): Promise<Instant | undefined> {
    if (this.#until !== undefined) return this.#until;
    const { store } = this.#parts;
    const closed = await lastClosed(store, this.#own, now);
    const first = closed ?? (await store.totals()).firstAt;
    if (first === undefined || first > now) return undefined;
    this.#counters = await countersAt(store, this.#own, closed);
    this.#until = instantOf(Math.max(minuteOf(first), minuteOf(now - CATCH_UP_MS)));
    return this.#until;
  }

  /**
   * Closes the next stretch of minutes that are due at `now`; undefined when none is. A stretch is recorded whole or not
   * at all, and a signal ends the measuring of it.
   */
  async closeNext(now: Instant, signal?: AbortSignal): Promise<Closed | undefined> {
    const { store, recorder, graceMs, signals } = this.#parts;
    const due = minuteOf(now - Math.max(graceMs, SETTLING_MS));
    const from = await this.#begin(now);
    if (from === undefined || from >= due) return undefined;
    const atOnce = Math.min(MINUTES_AT_ONCE, Math.max(1, Math.floor(ROWS_AT_ONCE / this.#scopes)));
    const to = instantOf(Math.min(due, from + atOnce * MINUTE_MS));
    const closesAt = shift(now, -SETTLING_MS);
    // What was handed over before this answers is committed when it does.
    await store.append({ events: [] });
    const query = { window: { from, to }, stepMs: MINUTE_MS, closings: this.#own.closings(), closesAt };
    const read = signals();
    const columns = await store.steps({ ...query, signals: read, limit: 1_000_000 }, signal);
    if (columns.length === 0 && this.#counters.size === 0) return await this.#skip(query.window, due);
    const counters: Counters = new Map(this.#counters);
    const samples = minuteSamples(columns, query.window, this.#own, counters, sentFiguresOf(read, store));
    for (let at = from + MINUTE_MS; at <= to; at += MINUTE_MS) {
      samples.add(query.closings, at, (closesAt - at) / SECOND_MS);
    }
    const block = samples.block();
    await recorder.record({ events: [], samples: block }, 'genchi');
    this.#until = to;
    this.#counters = counters;
    this.#scopes = Math.max(1, new Set(columns.service).size);
    return { window: query.window, minutesLeft: (due - to) / MINUTE_MS, samples: block.length };
  }

  /** Passes over minutes before there is anything to keep, up to the one with the next event. */
  async #skip({ from, to }: Window, due: Instant): Promise<Closed> {
    const window = { from: to, to: instantOf(Math.max(due, to)) };
    const [next] = await this.#parts.store.events({ window, order: 'oldest-first', limit: 1 });
    const isQuiet = this.#parts.signals().length === 0;
    this.#until = !isQuiet ? to : next === undefined ? window.to : minuteOf(next.at);
    return { window: { from, to: this.#until }, minutesLeft: (due - this.#until) / MINUTE_MS, samples: 0 };
  }
}
