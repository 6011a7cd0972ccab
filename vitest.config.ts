import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vite would take the package's ESM build here, and Node its CommonJS one for the libraries above it: two
  // copies of GraphQL in one process, which it refuses. Node's own choice is the right one.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
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
