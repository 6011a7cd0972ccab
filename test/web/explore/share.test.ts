import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedParameters, sharedQuery } from '../../../src/web/explore/share.js';

const back = async (query: string) => sharedQuery(new URLSearchParams(await sharedParameters(query)));

describe('a shared query', () => {
  it('stands in the address as it is while it is short', async () => {
    expect(await sharedParameters('ASK { }')).toEqual({ query: 'ASK { }' });
  });

  it('comes back as it was, whatever it holds and however long it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        async (text, times) => {
          const query = text.repeat(times);
          expect(await back(query)).toBe(query);
        },
      ),
      { seed: 7, numRuns: 60 },
    );
  });

  it('is much shorter than the query where that is long', async () => {
    const { packed = '' } = await sharedParameters(
      '?change a tps:Deployment ; tps:timestamp ?time .\n'.repeat(100),
    );
    expect(packed.length).toBeGreaterThan(0);
    expect(packed.length).toBeLessThan(300);
  });

  it('that was cut off on its way is none', async () => {
    const { packed = '' } = await sharedParameters('SELECT * { ?s ?p ?o } # x'.repeat(200));
    expect(await sharedQuery(new URLSearchParams({ packed: packed.slice(0, -9) }))).toBeUndefined();
    expect(await sharedQuery(new URLSearchParams({ packed: '%%%' }))).toBeUndefined();
    expect(await sharedQuery(new URLSearchParams())).toBeUndefined();
  });
});
