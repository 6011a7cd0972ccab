import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { DAY_MS, type EventReceipt, type Labels, shift } from '../../src/model/index.js';
import { failure, freshFolder, type SampleRow, T0 } from './fixture.js';
import { appendSamples, everySample, MIDNIGHT, openAt, rules } from './retention-fixture.js';

const PROGRAM = fileURLToPath(new URL('../crash/retain.mjs', import.meta.url));
const DAYS = 2;
const NOW = shift(T0, (DAYS + 6) * DAY_MS);

/** Where in a step the kills fall, in milliseconds after the process is ready: a run takes some hundred. */
const KILLS_MS = [0, 30, 90, 15, 150, 60, 400];

/** Runs retention in a process that is killed after some time; answers whether it came to its end. */
async function runAndKill(folder: string, afterMs: number): Promise<boolean> {
  const child = fork(PROGRAM, [folder, String(NOW), JSON.stringify(rules)]);
  let isDone = false;
  child.on('message', (message) => {
    if (message === 'done') isDone = true;
  });
  await once(child, 'message');
  await Promise.race([pause(afterMs), once(child, 'exit')]);
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return isDone;
}

const labels = (n: number): Labels => ({
  __name__: n % 2 === 0 ? 'load' : 'requests_total',
  service: `s${n}`,
});

it('killed at any point, retention loses nothing and doubles nothing', { timeout: 120_000 }, async () => {
  const { folder, remove } = await freshFolder();
  const clock = { now: shift(T0, -2 * DAY_MS) };
  try {
    let store = await openAt(folder, clock);
    const rows = Array.from({ length: DAYS * 1440 * 4 }, (_, n): SampleRow => {
      const minute = Math.floor(n / 4);
      return [labels(n % 4), MIDNIGHT + minute * 60_000, (minute * 7919) % 1000];
    });
    await appendSamples(store, rows);
    const events = Array.from(
      { length: 60 },
      (_, n): EventReceipt => failure(`s${n % 3}`, MIDNIGHT + n * 2_400_000),
    );
    await store.append({ events });
    await store.compact();
    const before = await everySample(store);
    const hourly = {
      groups: [store.findSeries({}).map(({ ref }) => ref)],
      window: { from: shift(T0, MIDNIGHT), to: shift(T0, MIDNIGHT + DAYS * DAY_MS) },
      ...({ stepMs: 3_600_000, figure: 'value', limit: 1_000 } as const),
    };
    const sums = await store.buckets(hourly);
    await store.close();

    let kills = 0;
    for (let isDone = false; !isDone; ) {
      isDone = await runAndKill(folder, KILLS_MS[kills % KILLS_MS.length] ?? 0);
      if (!isDone) kills += 1;
      store = await openAt(folder, { now: NOW });
      expect(
        (await everySample(store)).join('\n') === before.join('\n'),
        `samples after ${kills} kills`,
      ).toBe(true);
      const found = await store.events({ kinds: ['failure'], order: 'oldest-first', limit: 1_000 });
      expect(found.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
      expect((await store.buckets(hourly)).sum).toEqual(sums.sum);
      await store.close();
    }
    expect(kills).toBeGreaterThan(3);

    store = await openAt(folder, { now: NOW });
    const receipts = await store.events({ kinds: ['archive'], order: 'oldest-first', limit: 100 });
    const told = receipts.flatMap((each) => (each.kind === 'archive' ? [`${each.file} ${each.sha256}`] : []));
    const checked = [];
    for await (const { file, sha256, state } of store.retention.verify()) {
      expect(state, file).toBe('sound');
      checked.push(`${file} ${sha256}`);
    }
    // A file whose step was undone after it was written has no receipt; each that counts has one.
    expect(told.sort()).toEqual(checked.sort());
    await store.close();
  } finally {
    await remove();
  }
});
