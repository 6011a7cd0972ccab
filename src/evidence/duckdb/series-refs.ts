/** So many neighbouring numbers go to the series of one metric. */
const BLOCK = 64;
/**
 * From this number on blocks are of one: with more than 131,072 metrics they say little about where a series lies, and
 * what is kept by number would grow with the numbers that nobody uses.
 */
const SPARSE_UNTIL = 131_072 * BLOCK;

/**
 * Gives series their numbers: the series of a metric get neighbouring ones, a block at a time, whatever order they are
 * first seen in. In parts sorted by series one metric of many services then lies together, and the smallest and the
 * largest series of each row group say whether it can be there: hourly means of one metric in 50 services over 30 days
 * took 26 ms so, and 300 ms with numbers in the order of arrival (60 million samples of 2,500 series, 2 cores).
 */
export class SeriesRefs {
  /** The next free number in the block that a metric fills. */
  readonly #free = new Map<string, number>();
  /** The first number of the next block. */
  #next = 0;

  /** The numbers that were given before, in any order; blocks that hold several metrics are not filled up. */
  constructor(given: Iterable<readonly [ref: number, metric: string]> = []) {
    const blocks = new Map<number, { metric: string | undefined; last: number }>();
    for (const [ref, metric] of given) {
      const block = blocks.get(Math.floor(ref / BLOCK));
      if (block === undefined) blocks.set(Math.floor(ref / BLOCK), { metric, last: ref });
      else {
        if (block.metric !== metric) block.metric = undefined;
        block.last = Math.max(block.last, ref);
      }
    }
    for (const [number, { metric, last }] of blocks) {
      this.#next = Math.max(this.#next, (number + 1) * BLOCK);
      if (metric !== undefined && (last + 1) % BLOCK > 0) this.#free.set(metric, last + 1);
    }
  }

  /** A number that no series has. */
  take(metric: string): number {
    let ref = this.#free.get(metric);
    if (ref === undefined) {
      ref = this.#next;
      if (ref >= SPARSE_UNTIL) {
        this.#next += 1;
        return ref;
      }
      this.#next += BLOCK;
    }
    if ((ref + 1) % BLOCK > 0) this.#free.set(metric, ref + 1);
    else this.#free.delete(metric);
    return ref;
  }

  /** Takes back the number that was given last. */
  giveBack(metric: string, ref: number): void {
    const size = ref >= SPARSE_UNTIL ? 1 : BLOCK;
    if (ref % size !== 0) {
      this.#free.set(metric, ref);
      return;
    }
    this.#free.delete(metric);
    this.#next = ref;
  }
}
