/** How many values are remembered as left out, to count them. */
const MOST_LEFT_OUT = 100_000;

/**
 * Which values of a label have series of their own, so that their number is bounded. A value keeps its place once it has
 * one, until the process ends: series that come and go say less than those that are not there.
 */
export class BoundedValues {
  readonly #most: number;
  readonly #placed = new Set<string>();
  readonly #leftOut = new Set<string>();
  readonly #onFull: ((leftOut: string) => void) | undefined;
  #told = false;

  /** At most so many values; `onFull` hears once of the first that has no place. */
  constructor(most: number, onFull?: (leftOut: string) => void) {
    this.#most = most;
    this.#onFull = onFull;
  }

  /** Whether a value has series of its own; takes a place for one that is new, while there are any. */
  has(value: string): boolean {
    if (this.#placed.has(value)) return true;
    if (this.#placed.size < this.#most) {
      this.#placed.add(value);
      this.#leftOut.delete(value);
      return true;
    }
    if (this.#leftOut.size < MOST_LEFT_OUT) this.#leftOut.add(value);
    if (!this.#told) this.#onFull?.(value);
    this.#told = true;
    return false;
  }

  /** How many values have no series of their own, as far as they are remembered: 100,000. */
  get leftOut(): number {
    return this.#leftOut.size;
  }
}
