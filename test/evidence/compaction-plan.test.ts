import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CountedSpan,
  PART_SAMPLES,
  planCompaction,
  STRETCH_MS,
} from '../../src/evidence/duckdb/compaction-plan.js';
import { DAY_MS, HOUR_MS } from '../../src/model/index.js';

const DAY = 20_000 * DAY_MS;
const stretch = (afterMs: number, samples: number): CountedSpan => ({
  from: DAY + afterMs,
  until: DAY + afterMs + STRETCH_MS,
  samples,
});
const span = (fromMs: number, untilMs: number, samples: number): CountedSpan => ({
  from: DAY + fromMs,
  until: DAY + untilMs,
  samples,
});

describe('what is sorted next', () => {
  it('is a day that has ended, whole', () => {
    const some = [stretch(HOUR_MS, 10), stretch(5 * HOUR_MS, 20)];
    expect(planCompaction(some, [], DAY + DAY_MS)).toEqual(span(0, DAY_MS, 30));
  });

  it('is nothing of a day that has not, nor where there is nothing', () => {
    expect(planCompaction([stretch(HOUR_MS, 10)], [], DAY + DAY_MS - STRETCH_MS)).toBeUndefined();
    expect(planCompaction([], [], DAY)).toBeUndefined();
  });

  it('is a piece of a busy day as soon as that fills a part, and then the next piece', () => {
    const half = PART_SAMPLES / 2;
    const busy = [0, 1, 2, 3].map((n) => stretch(n * STRETCH_MS, half));
    const first = planCompaction(busy, [], DAY + 4 * STRETCH_MS);
    expect(first).toEqual(span(0, 2 * STRETCH_MS, PART_SAMPLES));
    const second = planCompaction(
      busy.slice(2),
      [span(0, 2 * STRETCH_MS, PART_SAMPLES)],
      DAY + 4 * STRETCH_MS,
    );
    expect(second).toEqual(span(2 * STRETCH_MS, 4 * STRETCH_MS, PART_SAMPLES));
  });

  it('is a part again when late samples are many for it, and not when they are few', () => {
    const part = span(0, DAY_MS, 1600);
    expect(planCompaction([stretch(HOUR_MS, 99)], [part], DAY + 2 * DAY_MS)).toBeUndefined();
    expect(planCompaction([stretch(HOUR_MS, 100)], [part], DAY + 2 * DAY_MS)).toEqual(span(0, DAY_MS, 1700));
  });

  it('is only the beginning of a part that late samples would make too large', () => {
    const part = span(0, DAY_MS, PART_SAMPLES);
    const late = [0, 1, 2].map((n) => stretch(n * HOUR_MS, PART_SAMPLES));
    expect(planCompaction(late, [part], DAY + 2 * DAY_MS)).toEqual(span(0, STRETCH_MS, PART_SAMPLES));
  });

  it('comes to an end with parts that do not overlap and hold all of closed days, whatever comes late', () => {
    const counts = fc.array(fc.tuple(fc.nat(3 * 144 - 1), fc.integer({ min: 1, max: PART_SAMPLES })), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(counts, { maxLength: 4 }), (rounds) => {
        const held = new Map<number, { loose: number; sorted: number }>();
        let parts: CountedSpan[] = [];
        for (const round of rounds) {
          for (const [at, more] of round) {
            const { loose, sorted } = held.get(at) ?? { loose: 0, sorted: 0 };
            held.set(at, { loose: loose + more, sorted });
          }
          for (let step = 0; ; step++) {
            const free = [...held].filter(([, { loose }]) => loose > 0).sort(([a], [b]) => a - b);
            const stretches = free.map(([at, { loose }]) => stretch(at * STRETCH_MS, loose));
            const next = planCompaction(stretches, parts, DAY + 3 * DAY_MS);
            if (next === undefined) break;
            expect(step).toBeLessThan(100);
            parts = carriedOut(next, parts, held);
          }
        }
        for (const [index, part] of parts.entries()) {
          expect(part.from).toBeLessThan(part.until);
          expect(part.until).toBeLessThanOrEqual(parts[index + 1]?.from ?? Number.POSITIVE_INFINITY);
        }
      }),
    );
  });
});

/** What the store does with a span: everything in it is sorted, parts in it are replaced, one that goes on is cut. */
function carriedOut(
  next: CountedSpan,
  parts: readonly CountedSpan[],
  held: Map<number, { loose: number; sorted: number }>,
): CountedSpan[] {
  for (const [at, { loose, sorted }] of held) {
    const from = DAY + at * STRETCH_MS;
    if (from >= next.from && from < next.until) held.set(at, { loose: 0, sorted: loose + sorted });
  }
  const sortedIn = (from: number, until: number): number =>
    [...held].reduce((sum, [at, { sorted }]) => {
      const start = DAY + at * STRETCH_MS;
      return start >= from && start < until ? sum + sorted : sum;
    }, 0);
  const kept = parts
    .filter((part) => !(part.from >= next.from && part.until <= next.until))
    .map((part) =>
      part.from < next.until && part.until > next.until ? { ...part, from: next.until } : part,
    );
  return [...kept, next]
    .map((part) => ({ ...part, samples: sortedIn(part.from, part.until) }))
    .sort((a, b) => a.from - b.from);
}
