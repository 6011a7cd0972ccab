/** Bounds how often somebody may try to come in with wrong credentials. */
import { isIPv6 } from 'node:net';
import { type Clock, type Instant, MINUTE_MS } from '../../model/index.js';

/** So many failures within the window from one address; what comes beyond is told to wait. */
export const MOST_FAILURES = 10;
export const FAILURE_WINDOW_MS = MINUTE_MS;
/** So many addresses are remembered; who has more addresses than that has more than this can bound. */
const MOST_ADDRESSES = 10_000;

interface Failures {
  readonly since: Instant;
  count: number;
}

/** What counts as one address: of IPv6 the network of 64 bits, of which every customer has one or more. */
export function placeOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const zeros = tail === undefined ? [] : Array.from({ length: 4 }, () => '0');
  return [...groups, ...zeros].slice(0, 4).join(':');
}

/** The failures of the last minute by address. */
export class Attempts {
  readonly #clock: Clock;
  /** In the order of the beginning of their windows. */
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For how long an address has to wait, in seconds; 0 when it may try. */
  waitS(address: string): number {
    const known = this.#failures.get(placeOf(address));
    if (known === undefined || known.count < MOST_FAILURES) return 0;
    const leftMs = known.since + FAILURE_WINDOW_MS - this.#clock();
    return Math.max(0, Math.ceil(leftMs / 1_000));
  }

  /** Notes a failure; answers whether it is the one that makes the address wait. */
  failed(address: string): boolean {
    const place = placeOf(address);
    const now = this.#clock();
    let known = this.#failures.get(place);
    if (known === undefined || now - known.since >= FAILURE_WINDOW_MS) {
      this.#failures.delete(place);
      known = { since: now, count: 0 };
      this.#failures.set(place, known);
      const [oldest] = this.#failures.keys();
      if (this.#failures.size > MOST_ADDRESSES && oldest !== undefined) this.#failures.delete(oldest);
    }
    known.count += 1;
    return known.count === MOST_FAILURES;
  }
}
