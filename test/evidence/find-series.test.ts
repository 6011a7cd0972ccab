import fc from 'fast-check';
import { expect, it } from 'vitest';
import { freshFolder, openStore } from './fixture.js';

const services = ['a', 'b', 'c', undefined];
const metrics = ['x_total', 'y', 'z'];

it('series are found by service and metric in their order, as by looking at each', async () => {
  const { folder, remove } = await freshFolder();
  const store = await openStore(folder);
  for (let run = 0; run < 60; run++) {
    const service = services[(run * 7) % 4];
    const labels = { __name__: metrics[(run * 5) % 3] ?? '', run: String(run) };
    store.intern(service === undefined ? labels : { ...labels, service });
  }
  const all = store.findSeries({});
  expect(all.map(({ labels }) => labels.run)).toEqual(Array.from({ length: 60 }, (_, run) => String(run)));
  const some = (names: readonly string[]) =>
    fc.option(fc.subarray([...names, 'unknown']), { nil: undefined });
  fc.assert(
    fc.property(some(['a', 'b', 'c']), some(metrics), (ofServices, ofMetrics) => {
      const query = {
        ...(ofServices === undefined ? {} : { services: ofServices }),
        ...(ofMetrics === undefined ? {} : { metrics: ofMetrics }),
      };
      expect(store.findSeries(query)).toEqual(
        all.filter(
          ({ service, metric }) =>
            (ofServices === undefined || ofServices.some((name) => name === service)) &&
            (ofMetrics === undefined || ofMetrics.includes(metric)),
        ),
      );
    }),
    { seed: 3 },
  );
  await store.close();
  await remove();
});
