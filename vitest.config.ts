import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, the longest first: begun last, one of them alone would be what a run waits for. */
const LONGEST = [
  'test/web/pages.test.ts',
  'test/integration/prometheus.test.ts',
  'test/graph/compile.test.ts',
  'test/graph/federation.test.ts',
  'test/evidence/store.test.ts',
  'test/app.test.ts',
  'test/rca/scenarios.test.ts',
  'test/graph/slice.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = LONGEST.findIndex((file) => moduleId.endsWith(file));
      return place < 0 ? LONGEST.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  // Vite would take the package's ESM build here, and Node its CommonJS one for the libraries above it: two
  // copies of GraphQL in one process, which it refuses. Node's own choice is the right one.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    sequence: { sequencer: LongestFirst },
    // SPARQL workers and the command line run from dist/, so a run starts with a build.
    globalSetup: ['test/build.ts'],
    pool: 'forks',
    // One more than the cores that CI has: files that wait for a browser or a Prometheus leave theirs to others.
    maxWorkers: 3,
    // Files share a process and its modules: importing all of them anew for each file took half of a run's time.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
