/** Loaded into a server before anything else: on SIGUSR2 it ends the oldest of the server's threads, as from outside. */
/** @type {Set<import('node:worker_threads').Worker>} */
const workers = new Set();
process.on('worker', (worker) => {
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
});
process.on('SIGUSR2', () => {
  const [oldest] = workers;
  void oldest?.terminate();
});
