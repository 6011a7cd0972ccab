import type { CountPoint, Exemplar, Family, HistogramPoint, SeriesLabels } from './exposition.js';

interface Count {
  readonly labels: SeriesLabels;
  value: number;
  exemplar: Exemplar | undefined;
}

const keyOf = (labels: SeriesLabels): string => JSON.stringify(Object.values(labels));

/** A counter whose series show the receipt of what they counted last; labels must come in one order. */
export class ReceiptCounter {
  readonly #name: string;
  readonly #help: string;
  readonly #counts = new Map<string, Count>();

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  add(labels: SeriesLabels, amount: number, exemplar?: Exemplar): void {
    const key = keyOf(labels);
    const count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, { labels, value: amount, exemplar });
    else {
      count.value += amount;
      count.exemplar = exemplar ?? count.exemplar;
    }
  }

  family(): Family {
    const points: readonly CountPoint[] = [...this.#counts.values()];
    return { type: 'counter', name: this.#name, help: this.#help, points };
  }
}

interface Spread {
  readonly labels: SeriesLabels;
  readonly counts: number[];
  readonly exemplars: (Exemplar | undefined)[];
  sum: number;
}

/** A histogram whose buckets show the receipt of what fell into them last; labels must come in one order. */
export class ReceiptHistogram {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #spreads = new Map<string, Spread>();

  /** Upper bounds ascending, without Infinity. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = [...bounds, Number.POSITIVE_INFINITY];
  }

  observe(labels: SeriesLabels, exemplar: Exemplar): void {
    const key = keyOf(labels);
    let spread = this.#spreads.get(key);
    if (spread === undefined) {
      const counts = this.#bounds.map(() => 0);
      spread = { labels, counts, exemplars: this.#bounds.map(() => undefined), sum: 0 };
      this.#spreads.set(key, spread);
    }
    const bucket = this.#bounds.findIndex((bound) => exemplar.value <= bound);
    spread.counts[bucket] = (spread.counts[bucket] ?? 0) + 1;
    spread.exemplars[bucket] = exemplar;
    spread.sum += exemplar.value;
  }

  family(): Family {
    const points = [...this.#spreads.values()].map((spread) => this.#point(spread));
    return { type: 'histogram', name: this.#name, help: this.#help, points };
  }

  #point({ labels, counts, exemplars, sum }: Spread): HistogramPoint {
    let count = 0;
    const buckets = this.#bounds.map((upTo, index) => {
      count += counts[index] ?? 0;
      return { upTo, count, exemplar: exemplars[index] };
    });
    return { labels, buckets, sum };
  }
}
