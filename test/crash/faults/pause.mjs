/** How much longer writers wait while a backup is made. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openFolder } from '../folder.mjs';
import { expect, expectAll, send, startOn } from './server.mjs';

/** @typedef {import('./server.mjs').Fault} Fault */

const SERIES = 1_000;
const STEPS = 1_500;
const WRITERS = 2;
const EVERY_MS = 10;
const QUIET_MS = 4_000;
/** A writer that waits for longer would be taken for one that is held up. */
const MOST_MS = 5_000;

/** @param {string} data */
async function fill(data) {
  const { store, close } = await openFolder(data);
  const refs = Array.from({ length: SERIES }, (_, n) =>
    store.intern({ __name__: 'pause_gauge', service: 'crash', series: String(n) }),
  );
  const from = Date.now() - STEPS * 10_000;
  const perBlock = 50;
  for (let step = 0; step < STEPS; step += perBlock) {
    const length = SERIES * perBlock;
    const at = Float64Array.from({ length }, (_, n) => from + (step + Math.floor(n / SERIES)) * 10_000);
    const series = Uint32Array.from({ length }, (_, n) => refs[n % SERIES] ?? 0);
    const value = Float64Array.from({ length }, (_, n) => Math.sin(n) * step);
    await store.append({ events: [], samples: { length, series, at, value, stale: [] } });
  }
  await close();
}

/** @param {readonly number[]} latencies in milliseconds */
function figuresOf(latencies) {
  const sorted = [...latencies].sort((one, other) => one - other);
  const of = (/** @type {number} */ share) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const [p50, p99, most] = [of(0.5), of(0.99), of(1)];
  return {
    p50,
    p99,
    most,
    text: `p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)}, most ${most.toFixed(0)} ms of ${sorted.length}`,
  };
}

/** @param {string} url */
async function backUp(url) {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/backups`, { method: 'POST', headers, body: '{}' });
  for (;;) {
    await pause(50);
    const job = JSON.parse(await (await fetch(`${url}/backups/last`)).text());
    if (job.state === 'failed') throw new Error(job.why);
    if (job.state === 'finished') return job.bytes;
  }
}

/** @type {Fault} */
export async function pauseInBackup(folder) {
  const data = join(folder, 'data');
  await fill(data);
  const genchi = await startOn(data, ['--backup-keep', '1']);
  const [batches, quiet, during] = [[], [], []];
  let latencies = quiet;
  let isOver = false;
  const write = async () => {
    while (!isOver) {
      const startedAt = performance.now();
      const into = latencies;
      const batch = await send(genchi.url);
      expect(batch.status === 200, `events were answered ${batch.status}: ${batch.text}`);
      into.push(performance.now() - startedAt);
      batches.push(batch);
      await pause(EVERY_MS);
    }
  };
  const writing = Promise.all(Array.from({ length: WRITERS }, write));
  await pause(QUIET_MS);
  latencies = during;
  const startedAt = performance.now();
  let [backups, bytes] = [0, 0];
  for (; performance.now() - startedAt < QUIET_MS; backups++) bytes = await backUp(genchi.url);
  const backupMs = (performance.now() - startedAt) / backups;
  isOver = true;
  await writing;
  const found = await expectAll(genchi.url, batches);
  const code = await genchi.stop('SIGTERM');
  const [before, beside] = [figuresOf(quiet), figuresOf(during)];
  const seen = `writes without a backup: ${before.text}; beside ${backups} backups of ${(bytes / 1e6).toFixed(1)} MB in ${backupMs.toFixed(0)} ms each: ${beside.text}`;
  expect(
    code === 0 && beside.most < MOST_MS && quiet.length > 0 && during.length > 0,
    `${seen}; stopped with ${code}`,
  );
  return `${seen}; all ${found} receipts found`;
}
