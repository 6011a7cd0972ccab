import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Measured, measureSteps } from '../../src/analysis/index.js';
import type { EvidenceStore } from '../../src/evidence/index.js';
import {
  DAY_MS,
  type EventContent,
  type EventReceipt,
  type Instant,
  instantOf,
  MINUTE_MS,
  SECOND_MS,
  shift,
} from '../../src/model/index.js';
import { freshFolder, openStore, receiptFor } from '../evidence/fixture.js';
import { measureReceipts } from './measure-receipts.js';

const MINUTES = 4;
const T = instantOf(Date.parse('2001-01-10T00:00:00Z'));

let remove: () => Promise<void>;
let store: EvidenceStore;

beforeAll(async () => {
  const fresh = await freshFolder();
  remove = fresh.remove;
  store = await openStore(fresh.folder, instantOf(Date.parse('2026-01-01T00:00:00Z')));
});

afterAll(async () => {
  await store.close();
  await remove();
});

// Times within the minutes, shortly before them, and at both sides of the end of the look-back.
const second = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: MINUTES * 60 }) },
  { weight: 2, arbitrary: fc.integer({ min: -600, max: 0 }) },
  { weight: 1, arbitrary: fc.integer({ min: -7 * 86_400 - 60, max: -7 * 86_400 + 240 }) },
);
const at = second.map((seconds) => shift(T, seconds * SECOND_MS));
const service = fc.constantFrom('cart', 'checkout');
const two = fc.constantFrom('one', 'two');
const size = fc.double({ min: 0, max: 1e4, noNaN: true });
const head = { at, service };

const incident = fc
  .record({ ...head, incident: two, onset: fc.option(fc.integer({ min: 0, max: 900 })) })
  .map(
    ({ onset, ...rest }): EventContent => ({
      ...{ kind: 'incident', state: 'open', title: 'slow', severity: 'critical', analysis: 1, cites: [] },
      ...rest,
      // The id names service and detection, as Genchi's do.
      incident: `${rest.incident}-${rest.service}`,
      startsAt: shift(T, rest.incident === 'one' ? 30 * SECOND_MS : 90 * SECOND_MS),
      ...(onset === null ? {} : { onsetAt: shift(T, -onset * SECOND_MS) }),
    }),
  );
const task = fc.record({ ...head, latencyMs: size, waitMs: fc.option(size, { nil: undefined }) }).map(
  ({ waitMs, ...rest }): EventContent => ({
    kind: 'task_completed',
    ...rest,
    ...(waitMs === undefined ? {} : { waitMs }),
  }),
);
const queue = fc
  .record({ ...head, queue: two, depth: fc.nat(90), capacity: fc.option(fc.nat(99), { nil: undefined }) })
  .map(
    ({ capacity, ...rest }): EventContent => ({
      kind: 'queue_depth',
      ...rest,
      ...(capacity === undefined ? {} : { capacity }),
    }),
  );
const alert = fc
  .record({
    ...{ ...head, name: two, severity: fc.constantFrom('critical', 'Critical', 'warning') },
    ...{ kind: fc.constantFrom('alert_fired' as const, 'alert_cleared' as const), told: fc.boolean() },
  })
  .map(
    ({ told, ...rest }): EventContent => ({
      ...rest,
      ...(told ? { fingerprint: `${rest.service}-${rest.name}` } : {}),
    }),
  );
const worker = fc
  .record({
    ...{ ...head, worker: fc.constantFrom('a', 'b', 'c'), load: fc.option(size, { nil: undefined }) },
    kind: fc.constantFrom('worker_activated' as const, 'worker_deactivated' as const),
  })
  .map(({ load, ...rest }): EventContent => ({ ...rest, ...(load === undefined ? {} : { load }) }));
const circuit = fc
  .record({
    ...head,
    component: two,
    kind: fc.constantFrom('circuit_opened' as const, 'circuit_closed' as const),
  })
  .map((content): EventContent => content);
const failure = fc
  .record({ ...head, component: two, reason: two })
  .map((content): EventContent => ({ kind: 'failure', ...content }));
const evidence = fc.array(fc.oneof(failure, task, queue, alert, worker, circuit, circuit, incident), {
  maxLength: 60,
});

/** Everything that happened, as much later. */
function moved(content: EventContent, byMs: number): EventContent {
  if (content.kind !== 'incident') return { ...content, at: shift(content.at, byMs) };
  const { startsAt, onsetAt } = content;
  const onset = onsetAt === undefined ? {} : { onsetAt: shift(onsetAt, byMs) };
  return { ...content, at: shift(content.at, byMs), startsAt: shift(startsAt, byMs), ...onset };
}

const inOrder = (events: readonly EventReceipt[]): readonly EventReceipt[] =>
  [...new Map(events.map((event) => [event.id, event])).values()].sort(
    (a, b) => a.at - b.at || (a.id < b.id ? -1 : 1),
  );

/** The readings of a scope at the end of each minute, receipt by receipt. */
const expected = (events: readonly EventReceipt[], from: Instant, scope: string | undefined) =>
  Array.from({ length: MINUTES }, (_, index) => {
    const window = { from: shift(from, index * MINUTE_MS), to: shift(from, (index + 1) * MINUTE_MS) };
    const mine = events.filter((event) => scope === undefined || event.service === scope);
    return measureReceipts(mine, window);
  });

const found = (all: readonly Measured[], from: Instant, scope: string | undefined) =>
  Array.from({ length: MINUTES }, (_, index) => {
    const end = from + (index + 1) * MINUTE_MS;
    return all.find((each) => each.service === scope && each.at === end)?.readings ?? new Map();
  });

describe('measureSteps', () => {
  it('finds, for every minute, scope and metric, what the receipts say one by one', {
    timeout: 60_000,
  }, async () => {
    let run = 0;
    const law = fc.asyncProperty(evidence, async (contents) => {
      const byMs = 20 * DAY_MS * ++run;
      const from = shift(T, byMs);
      const receipts = contents.map((content) => receiptFor(moved(content, byMs)));
      const events = inOrder(receipts.map((receipt) => ({ ...receipt, receivedAt: receipt.at })));
      await store.append({ events });
      const all = await measureSteps(store, {
        window: { from, to: shift(from, MINUTES * MINUTE_MS) },
        stepMs: MINUTE_MS,
      });
      for (const scope of [undefined, 'cart', 'checkout']) {
        const wanted = expected(events, from, scope);
        found(all, from, scope).forEach((readings, minute) => {
          expect([...readings.keys()].sort()).toEqual([...(wanted[minute]?.keys() ?? [])].sort());
          for (const [metric, value] of readings) {
            expect(value, `${metric} of ${scope} in minute ${minute}`).toBeCloseTo(
              wanted[minute]?.get(metric) ?? 0,
              6,
            );
          }
        });
      }
    });
    await fc.assert(law, { numRuns: 40, seed: 20_260_101 });
  });

  it('gives a minute the same bits, alone or among others', { timeout: 60_000 }, async () => {
    const from = shift(T, -100 * DAY_MS);
    const contents = fc.sample(evidence, { numRuns: 12, seed: 7 }).flat();
    const receipts = contents.map((content) => receiptFor(moved(content, from - T)));
    await store.append({ events: receipts.map((receipt) => ({ ...receipt, receivedAt: receipt.at })) });
    const query = { window: { from, to: shift(from, MINUTES * MINUTE_MS) }, stepMs: MINUTE_MS };
    const together = await measureSteps(store, query);
    const alone: Measured[] = [];
    for (let index = 0; index < MINUTES; index++) {
      const window = { from: shift(from, index * MINUTE_MS), to: shift(from, (index + 1) * MINUTE_MS) };
      alone.push(...(await measureSteps(store, { window, stepMs: MINUTE_MS })));
    }
    expect(together.length).toBeGreaterThan(MINUTES);
    expect(alone).toEqual(together);
  });
});
