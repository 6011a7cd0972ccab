/** Loaded into a server before anything else: on SIGUSR2 it ends the busiest of the server's threads, as from outside. */
/** @type {Set<import('node:worker_threads').Worker>} */
const workers = new Set();
process.on('worker', (worker) => {
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
});
process.on('SIGUSR2', () => {
  const active = (/** @type {import('node:worker_threads').Worker} */ worker) =>
    worker.performance.eventLoopUtilization().active;
  const [busiest] = [...workers].sort((one, other) => active(other) - active(one));
  void busiest?.terminate();
});
