import type { TextOut } from './outside.js';

/** A terminal line is written anew this often, another stream gets a line this often, in milliseconds. */
const REDRAW_MS = 200;
const LINE_MS = 5_000;

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A number of bytes for people, in powers of a thousand: `1.2 GB`. */
export function bytesText(bytes: number): string {
  const power = Math.min(Math.max(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), 0), units.length - 1);
  const scaled = bytes / 1_000 ** power;
  return `${power === 0 ? scaled : scaled.toFixed(scaled < 10 ? 1 : 0)} ${units[power]}`;
}

/** A count for people: `1,234,567`. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** How far something is. */
export interface Reached {
  readonly what: string;
  readonly receipts: number;
  /** What is counted, where that is not receipts. */
  readonly unit?: string;
  /** How many there are, when that is known. */
  readonly total?: number;
  readonly bytes?: number;
}

/** Tells progress on standard error: one line that changes on a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #err: TextOut;
  readonly #shown: boolean;
  readonly #clockMs: () => number;
  readonly #startedMs: number;
  #what = '';
  /** The rate is that of the present phase. */
  #phase = { startedMs: 0, receipts: 0 };
  #lastMs = Number.NEGATIVE_INFINITY;

  /** `wanted` undefined means: on a terminal. */
  constructor(err: TextOut, wanted: boolean | undefined, clockMs: () => number = () => performance.now()) {
    this.#err = err;
    this.#shown = wanted ?? err.isTTY === true;
    this.#clockMs = clockMs;
    this.#startedMs = clockMs();
  }

  /** Seconds since it began. */
  get seconds(): number {
    return (this.#clockMs() - this.#startedMs) / 1_000;
  }

  tell(reached: Reached): void {
    const nowMs = this.#clockMs();
    if (reached.what !== this.#what) {
      this.#what = reached.what;
      this.#phase = { startedMs: nowMs, receipts: reached.receipts };
    }
    if (this.#isTime(nowMs)) this.#write(this.#line(reached, nowMs));
  }

  #isTime(nowMs: number): boolean {
    const everyMs = this.#err.isTTY === true ? REDRAW_MS : LINE_MS;
    if (!this.#shown || nowMs - this.#lastMs < everyMs) return false;
    this.#lastMs = nowMs;
    return true;
  }

  #write(line: string): void {
    this.#err.write(this.#err.isTTY === true ? `\r\u001b[K${line}` : `${line}\n`);
  }

  /** Tells of work that is measured in bytes. */
  tellBytes({ phase, bytes, total }: { phase: string; bytes: number; total: number }): void {
    const nowMs = this.#clockMs();
    if (!this.#isTime(nowMs)) return;
    const percent = total === 0 ? '' : ` (${Math.floor((bytes / total) * 100)} %)`;
    this.#write(`${phase}: ${bytesText(bytes)} of about ${bytesText(total)}${percent}`);
  }

  #line({ what, receipts, unit = 'receipts', total, bytes }: Reached, nowMs: number): string {
    const seconds = (nowMs - this.#phase.startedMs) / 1_000;
    const rate = seconds > 0 ? (receipts - this.#phase.receipts) / seconds : 0;
    const percent = total === undefined || total === 0 ? '' : ` (${Math.floor((receipts / total) * 100)} %)`;
    return [
      `${what}: ${countText(receipts)}${total === undefined ? '' : ` of ${countText(total)}`} ${unit}${percent}`,
      `${countText(rate)}/s`,
      ...(bytes === undefined ? [] : [bytesText(bytes)]),
    ].join(', ');
  }

  /** Takes the changing line away. */
  end(): void {
    if (this.#shown && this.#err.isTTY === true) this.#err.write('\r\u001b[K');
  }
}
