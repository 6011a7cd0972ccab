/** Loaded into a server before anything else: on SIGUSR2 it ends the oldest of the threads that answer SPARQL, as from outside. */
/** @type {Set<import('node:worker_threads').Worker>} */
const workers = new Set();
process.on('worker', (worker) => {
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
});
process.on('SIGUSR2', () => {
  // These may hold so much; the thread that reads queries may not.
  const [oldest] = [...workers].filter(
    ({ resourceLimits }) => resourceLimits?.maxOldGenerationSizeMb === 1_024,
  );
  void oldest?.terminate();
});
