import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { measuredKinds, readLost } from '../../src/analysis/index.js';
import type { EvidenceStore } from '../../src/evidence/index.js';
import { DAY_MS, shift } from '../../src/model/index.js';
import { failure, freshFolder, T0 } from '../evidence/fixture.js';
import { appendSamples, gauge, MIDNIGHT, openAt, retainAll } from '../evidence/retention-fixture.js';

let folder: string;
let remove: () => Promise<void>;
let store: EvidenceStore;
const clock = { now: T0 };
const day = (number: number) => shift(T0, MIDNIGHT + number * DAY_MS);

beforeEach(async () => {
  ({ folder, remove } = await freshFolder());
  clock.now = T0;
  store = await openAt(folder, clock);
  for (const at of [0, DAY_MS]) {
    await appendSamples(store, [[gauge('a'), at, 1]]);
    await store.append({ events: [failure('a', at)] });
  }
  clock.now = shift(T0, 9 * DAY_MS);
  await retainAll(store);
});
afterEach(async () => {
  await store.close();
  await remove();
});

describe('what was deleted with the archive', () => {
  it('is told in one sentence where it is of the same days, as far as it lies in the window', async () => {
    const window = { from: day(0), to: day(3) };
    expect(await readLost(store, window, measuredKinds)).toEqual([]);
    await rm(join(folder, 'archive'), { recursive: true });
    expect(await readLost(store, window, measuredKinds)).toEqual([
      {
        window: { from: day(0), to: day(2) },
        kinds: ['failure', 'sample'],
        sentence:
          'The archive of failure receipts, samples from 2026-01-05T00:00:00.000Z to 2026-01-07T00:00:00.000Z was deleted: what they said is not counted.',
      },
    ]);
    const [samples, ...others] = await readLost(store, { from: day(1), to: day(2) }, ['sample']);
    expect(samples).toMatchObject({ kinds: ['sample'], window: { from: day(1), to: day(2) } });
    expect(others).toEqual([]);
    expect(await readLost(store, { from: day(2), to: day(3) }, measuredKinds)).toEqual([]);
  });
});
