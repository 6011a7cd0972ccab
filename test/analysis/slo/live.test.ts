import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeSlos, type SloHistory, SloJudge } from '../../../src/analysis/index.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import { DAY_MS, MINUTE_MS, SECOND_MS, shift } from '../../../src/model/index.js';
import { blockOf, freshFolder, openStore, type SampleRow, T0 } from '../../evidence/fixture.js';
import { at, latency, success } from './fixture.js';

const p99 = { __name__: 'kanban_latency_p99_ms', service: 'checkout' };
const good = { __name__: 'requests_good_total', service: 'checkout' };
const all = { __name__: 'requests_total', service: 'checkout' };

/** Histories of every sort: short and long, of events, in long slices, changed and retired on the way. */
const histories: readonly SloHistory[] = [
  [latency(0, { slo: 'short', windowMinutes: 15 })],
  [
    latency(0, { slo: 'hour' }),
    latency(70, { slo: 'hour', target: 120 }),
    latency(130, { slo: 'hour', target: 180 }),
  ],
  [latency(0, { slo: 'slices', windowMinutes: 120, sliceMinutes: 5 })],
  [latency(0, { slo: 'month', windowMinutes: 43_200 })],
  [success(0, { slo: 'events', windowMinutes: 45 })],
  [success(0, { slo: 'sliced', sliceTargetPercent: 95 })],
  [latency(0, { slo: 'both' }), success(90, { slo: 'both' })],
  [latency(0, { slo: 'ended' }), latency(100, { slo: 'ended', retired: true })],
];

async function withStore(work: (store: EvidenceStore) => Promise<void>): Promise<void> {
  const { folder, remove } = await freshFolder();
  const store = await openStore(folder, shift(T0, DAY_MS));
  try {
    await work(store);
  } finally {
    await store.close();
    await remove();
  }
}

describe('a judge that goes on', () => {
  it('answers what judging from scratch does, whatever comes, late or never', async () => {
    /** What comes until the next judgement: minutes of samples, those that are held back, and when is asked. */
    const step = fc.record({
      minutes: fc.integer({ min: 0, max: 14 }),
      level: fc.integer({ min: 90, max: 260 }),
      bad: fc.integer({ min: 0, max: 20 }),
      sends: fc.constantFrom('all', 'all', 'all', 'levels', 'events', 'nothing'),
      late: fc.option(fc.integer({ min: 1, max: 50 })),
      seconds: fc.integer({ min: 0, max: 59 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 12 }), async (steps) => {
        await withStore(async (store) => {
          const judge = new SloJudge(store);
          const record = async (rows: readonly SampleRow[]): Promise<void> => {
            if (rows.length === 0) return;
            const samples = blockOf(store, rows);
            await store.append({ events: [], samples });
            judge.hear({ samples });
          };
          let [now, total, fine] = [0, 0, 0];
          for (const { minutes, level, bad, sends, late, seconds } of steps) {
            const rows: SampleRow[] = [];
            for (let minute = 1; minute <= minutes; minute++) {
              const offset = (now + minute) * MINUTE_MS;
              [total, fine] = [total + 100, fine + 100 - bad];
              if (sends !== 'events' && sends !== 'nothing') rows.push([p99, offset, level + minute * 5]);
              if (sends !== 'levels' && sends !== 'nothing')
                rows.push([all, offset, total], [good, offset, fine]);
            }
            await record(rows);
            now += minutes;
            // Between two minutes, so that no sample stands there yet.
            if (late !== null) await record([[p99, (now - late) * MINUTE_MS + 7 * SECOND_MS, 500]]);
            const moment = shift(at(now), seconds * SECOND_MS);
            expect(await judge.judge(histories, moment)).toEqual(await judgeSlos(store, histories, moment));
          }
        });
      }),
      { numRuns: 2, seed: 5 },
    );
  });

  it('reads what is new, and not the whole window again', async () => {
    await withStore(async (store) => {
      const rows = Array.from({ length: 1_000 }, (_, minute): SampleRow => [p99, minute * MINUTE_MS, 100]);
      await store.append({ events: [], samples: blockOf(store, rows) });
      const bands: number[] = [];
      const spied = new Proxy(store, {
        get: (target, name) => {
          if (name === 'tallyLevels') {
            return (query: Parameters<EvidenceStore['tallyLevels']>[0]) => {
              const windows = 'stepMs' in query.bands ? [query.bands.window] : query.bands;
              if (query.parts.length > 0) {
                bands.push(windows.reduce((sum, { from, to }) => sum + to - from, 0) / MINUTE_MS);
              }
              return store.tallyLevels(query);
            };
          }
          const value: unknown = Reflect.get(target, name, target);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      const judge = new SloJudge(spied);
      const month = [[latency(0, { windowMinutes: 43_200 })]];
      await judge.judge(month, at(998));
      const [first] = await judge.judge(month, at(999));
      expect(first).toMatchObject({ good: 999 + 1, state: 'unknown' });
      expect(bands[0]).toBe(43_200);
      // A minute that settles, ten that are young, and one that leaves each of the longer windows.
      expect(bands[1]).toBeLessThan(20);
    });
  });
});
