import { type Clock, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../../model/index.js';
import type { Schedule } from '../../rca/index.js';
import { type Sent, send, type WebhookTarget } from './send.js';

/** A change that a webhook is to be told of. */
export interface Notification {
  /** The id of the change, by which receivers know what they were told before. */
  readonly id: string;
  readonly event: string;
  readonly incident: string;
  /** The time of the change. */
  readonly at: Instant;
}

/** What a courier has done so far. */
export interface CourierFigures {
  readonly name: string;
  readonly pending: number;
  readonly sent: number;
  /** Given up: refused, or not taken within a day. */
  readonly failed: number;
  /** Thrown away since too many were waiting. */
  readonly dropped: number;
}

/** What couriers work with. */
export interface CourierParts {
  readonly clock: Clock;
  readonly schedule: Schedule;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  /** Makes the body; undefined when there is nothing to tell any more. */
  readonly write: (notification: Notification) => Promise<string | undefined>;
  /** Hears when what is pending is not what it was. */
  readonly changed: () => void;
  readonly warn: (fields: object, message: string) => void;
  /** How receivers are asked; as Node does unless given. */
  readonly ask?: typeof fetch | undefined;
}

const MOST_PENDING = 1_000;
const GIVE_UP_MS = 24 * HOUR_MS;
const LONGEST_PAUSE_MS = 5 * MINUTE_MS;

interface Waiting {
  readonly notification: Notification;
  readonly since: Instant;
  readonly tries: number;
  readonly dueAt: number;
  readonly body: string | undefined;
}

/** How long to wait after so many tries: doubled from a second up to five minutes, between half and all of it. */
export function pauseMs(tries: number, random: number): number {
  const whole = Math.min(LONGEST_PAUSE_MS, SECOND_MS * 2 ** Math.min(20, tries - 1));
  return whole / 2 + (whole / 2) * random;
}

/** Brings notifications to one webhook, one at a time; those of one incident in their order. */
export class Courier {
  readonly #target: WebhookTarget;
  readonly #parts: CourierParts;
  #waiting: readonly Waiting[] = [];
  #busy: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  readonly #stop = new AbortController();
  readonly #counts = { sent: 0, failed: 0, dropped: 0 };

  constructor(target: WebhookTarget, parts: CourierParts) {
    this.#target = target;
    this.#parts = parts;
  }

  push(notification: Notification): void {
    if (this.#waiting.length >= MOST_PENDING) {
      // The one at the front may be under way.
      this.#waiting = this.#waiting.filter((_, place) => place !== 1);
      this.#counts.dropped += 1;
      this.#parts.warn(
        { webhook: this.#target.name },
        'too many notifications wait for a webhook: one is dropped',
      );
    }
    const since = this.#parts.clock();
    this.#waiting = [...this.#waiting, { notification, since, tries: 0, dueAt: since, body: undefined }];
    this.#parts.changed();
    this.#go();
  }

  figures(): CourierFigures {
    return { name: this.#target.name, pending: this.#waiting.length, ...this.#counts };
  }

  pending(): readonly Notification[] {
    return this.#waiting.map(({ notification }) => notification);
  }

  /** Resolves when nothing is under way; what waits for its time goes on waiting. */
  async idle(): Promise<void> {
    while (this.#busy !== undefined) await this.#busy;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    await this.idle();
  }

  /** The first that is due and not behind another one of its incident. */
  #next(): Waiting | undefined {
    const seen = new Set<string>();
    const first = this.#waiting.filter(({ notification: { incident } }) => {
      const isFirst = !seen.has(incident);
      seen.add(incident);
      return isFirst;
    });
    return first.toSorted((a, b) => a.dueAt - b.dueAt)[0];
  }

  #go(): void {
    if (this.#busy !== undefined || this.#stop.signal.aborted) return;
    this.#wake?.();
    this.#wake = undefined;
    const next = this.#next();
    if (next === undefined) return;
    const afterMs = next.dueAt - this.#parts.clock();
    if (afterMs > 0) {
      this.#wake = this.#parts.schedule(afterMs, () => this.#go());
      return;
    }
    this.#busy = this.#deliver(next).finally(() => {
      this.#busy = undefined;
      this.#go();
    });
  }

  async #deliver(one: Waiting): Promise<void> {
    const { notification } = one;
    const sent = await this.#try(one);
    if (this.#stop.signal.aborted && sent.result.outcome === 'again') return;
    if (sent.result.outcome === 'again' && this.#parts.clock() - one.since < GIVE_UP_MS) {
      this.#postpone(one, sent.body, sent.result.afterMs);
      return;
    }
    this.#waiting = this.#waiting.filter((other) => other.notification !== notification);
    if (sent.result.outcome === 'delivered') this.#counts.sent += 1;
    else {
      this.#counts.failed += 1;
      const fields = { webhook: this.#target.name, ...notification, why: sent.result.why };
      this.#parts.warn(fields, 'a webhook was not told of an incident');
    }
    this.#parts.changed();
  }

  async #try(one: Waiting): Promise<{ readonly result: Sent; readonly body: string | undefined }> {
    const { id, event } = one.notification;
    try {
      const body = one.body ?? (await this.#parts.write(one.notification));
      if (body === undefined) return { result: { outcome: 'refused', why: 'the incident is gone' }, body };
      const result = await send(this.#target, { id, event, body }, this.#stop.signal, this.#parts.ask);
      return { result, body };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { result: { outcome: 'again', why, afterMs: undefined }, body: undefined };
    }
  }

  #postpone(one: Waiting, body: string | undefined, asked: number | undefined): void {
    const { clock, random } = this.#parts;
    const tries = one.tries + 1;
    const wait = Math.max(pauseMs(tries, random()), Math.min(asked ?? 0, HOUR_MS));
    const later = { ...one, tries, body, dueAt: clock() + wait };
    this.#waiting = this.#waiting.map((other) => (other.notification === one.notification ? later : other));
  }
}
