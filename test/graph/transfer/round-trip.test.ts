import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventKinds, type Instant, instantOf } from '../../../src/model/index.js';
import { anyEvent, eventOf, freshStore, START, samplesOf } from '../fixture.js';
import { anySamples, contentsOf, exportTo, formats, freshFiles, importFrom } from './fixture.js';

const text = fc.oneof(
  fc.constantFrom(
    '"',
    '\\',
    '\\"',
    'a\nb\r\tc',
    '\u0000',
    '\u007f\u0085\u2028',
    '" . <a:b> <a:c> <a:d> .',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);

let files: Awaited<ReturnType<typeof freshFiles>>;
beforeAll(async () => {
  files = await freshFiles();
});
afterAll(() => files.remove());

describe.each(formats)('an export as %s', (format) => {
  it('comes back as the same receipts of every kind, and a second time as nothing new', async () => {
    let run = 0;
    const kindsSeen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEvent(text), { minLength: 60, maxLength: 100 }),
        anySamples(text),
        async (events, rows) => {
          run += 1;
          for (const { kind } of events) kindsSeen.add(kind);
          const source = { path: join(files.folder, `${format}-${run}`), format };
          const [from, to] = await Promise.all([freshStore(), freshStore()]);
          try {
            const sorted = [...rows].sort((a, b) => a.at - b.at);
            await from.store.append({ events, samples: samplesOf(from.store, sorted) });
            await exportTo(from.store, source);
            const written = await contentsOf(from.store);
            const first = await importFrom(to.store, source);
            expect(first).toMatchObject({ recordedEvents: events.length, recordedSamples: rows.length });
            expect(await contentsOf(to.store)).toEqual(written);
            const again = await importFrom(to.store, source);
            expect(again).toMatchObject({
              recordedEvents: 0,
              recordedSamples: 0,
              repeatedEvents: events.length,
              repeatedSamples: rows.length,
              refusals: [],
            });
          } finally {
            await Promise.all([from.remove(), to.remove()]);
          }
        },
      ),
      { numRuns: 3, seed: 7, endOnFailure: true },
    );
    expect([...kindsSeen].sort()).toEqual([...eventKinds].sort());
  });

  it('holds what lies within the bounds, and nothing else', async () => {
    const source = { path: join(files.folder, `${format}-bounded`), format };
    const [from, to] = await Promise.all([freshStore(), freshStore()]);
    try {
      const events = [0, 1, 2, 3].flatMap((minute) => [
        eventOf('deployment', START + minute * 60_000, { service: 'shop', version: `v${minute}` }),
        eventOf('failure', START + minute * 60_000, { service: 'shop', component: 'db', reason: 'timeout' }),
      ]);
      const labels = { __name__: 'm', service: 'shop' };
      const rows = [0, 1, 2, 3].map((minute) => ({ labels, at: START + minute * 60_000, value: minute }));
      await from.store.append({ events, samples: samplesOf(from.store, rows) });
      const [second, third] = [START + 60_000, START + 120_000].map(instantOf) as [Instant, Instant];
      await exportTo(from.store, source, { kinds: ['deployment'], since: second, until: third });
      await importFrom(to.store, source);
      const { events: found, samples } = await contentsOf(to.store);
      expect(found.map((event) => [event.kind, event.at])).toEqual([
        ['deployment', second],
        ['deployment', third],
      ]);
      expect(samples.map(({ value }) => value)).toEqual([1, 2]);
    } finally {
      await Promise.all([from.remove(), to.remove()]);
    }
  });
});
