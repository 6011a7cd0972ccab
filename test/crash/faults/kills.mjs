/**
 * Kills at the very writes of an import and of a migration: strace ends the process as it enters the first, second,
 * fourth … of them, so that every part of the work is met, however fast the machine is.
 */
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { schemaOf } from '../../evidence/old-schemas.mjs';
import { isInstalled } from '../../integration/programs.mjs';
import { openFolder } from '../folder.mjs';
import { expect, expectCleanStart, expectSound, MAIN, post, run, startOn } from './server.mjs';

/** @typedef {import('./server.mjs').Fault} Fault */

const WRITES = 'write,pwrite64,writev,pwritev,fsync,fdatasync,ftruncate,rename,renameat,unlink,unlinkat';
const EVENTS = 6_000;
const MOST_KILLS = 12;

/**
 * Runs a verb that is killed as a thread of it enters its nth write to the store or its write-ahead log; answers whether
 * it was.
 * @param {string} data
 * @param {number} nth
 * @param {readonly string[]} args
 */
async function killedAt(data, nth, args) {
  const files = ['evidence.duckdb', 'evidence.duckdb.wal'].flatMap((name) => ['-P', join(data, name)]);
  const inject = ['-e', `trace=${WRITES}`, '-e', `inject=${WRITES}:signal=SIGKILL:when=${nth}`];
  const verb = [process.execPath, MAIN, ...args, '--data', data];
  const ended = await run(['-f', '-o', '/dev/null', ...files, ...inject, ...verb], { command: 'strace' });
  expect(ended.code === 0 || ended.signal === 'SIGKILL', `${args[0]} ended with ${ended.code}: ${ended.err}`);
  return ended.signal === 'SIGKILL';
}

/**
 * Kills some work on copies of a folder, at its first write, its second, its fourth, until it comes to its end before that;
 * `again` finishes or redoes it on each. Answers how many kills there were, and the last of the folders.
 * @param {string} folder
 * @param {string | undefined} from
 * @param {readonly string[]} args
 * @param {(data: string) => Promise<void>} again
 */
async function killThrough(folder, from, args, again) {
  expect(isInstalled('strace'), 'strace is not installed: apt-get install strace');
  let [kills, last] = [0, ''];
  for (let nth = 1; kills < MOST_KILLS; nth = Math.ceil(nth * 1.6)) {
    const data = join(folder, `killed-${nth}`);
    if (from !== undefined) await cp(from, data, { recursive: true });
    const isKilled = await killedAt(data, nth, args);
    await again(data);
    last = data;
    if (!isKilled) break;
    kills += 1;
  }
  expect(kills >= 3, `only ${kills} kills met the work`);
  return { kills, last };
}

/**
 * How many failures a folder has; an import leaves receipts of its own beside them.
 * @param {string} data
 */
async function failuresIn(data) {
  const { store, close } = await openFolder(data);
  const { events } = await store.totals();
  await close();
  return events.failure;
}

/** @type {Fault} */
export async function killedImport(folder) {
  const data = join(folder, 'exported');
  const genchi = await startOn(data);
  const at = Date.now();
  const tokens = Array.from({ length: EVENTS }, (_, index) => `events-import-${index}`);
  const time = new Date(at).toISOString();
  const body = tokens
    .map((id) => JSON.stringify({ kind: 'failure', id, time, service: 'crash', component: 'db', reason: id }))
    .join('\n');
  const headers = { 'content-type': 'application/x-ndjson' };
  const sent = await post(genchi.url, { path: '/api/v1/events', headers, body });
  expect(sent.status === 200, `events were answered ${sent.status}: ${sent.text}`);
  await genchi.stop('SIGTERM');
  const file = join(folder, 'evidence.nq');
  const exported = await run(['export', '--data', data, '--output', file]);
  expect(exported.code === 0, `export: ${exported.err}`);
  const { kills, last } = await killThrough(folder, undefined, ['import', file], async (into) => {
    const again = await run(['import', file, '--data', into]);
    expect(again.code === 0, `import again: ${again.err}`);
    await expectSound(into);
    const failures = await failuresIn(into);
    expect(failures === EVENTS, `${failures} of ${EVENTS} receipts after an import that was killed`);
  });
  const found = await expectCleanStart(last, [{ at, tokens }]);
  return `${kills} kills, and each time the same import went on: all ${found} receipts there, once`;
}

/**
 * A folder as version 4 made it, with events and samples.
 * @param {string} folder
 */
async function oldFolder(folder) {
  const data = join(folder, 'version-4');
  const { store, close } = await openFolder(data);
  const labels = { __name__: 'cpu', service: 'checkout' };
  const { key, ref } = store.seriesOf(store.intern(labels));
  await close();
  const old = join(folder, 'old');
  await cp(data, old, {
    recursive: true,
    filter: (path) => !path.includes('evidence.duckdb') && !path.endsWith('log'),
  });
  const instance = await DuckDBInstance.create(join(old, 'evidence.duckdb'));
  const connection = await instance.connect();
  const at = Date.now() - EVENTS;
  await connection.run(schemaOf(4));
  await connection.run(`
    INSERT INTO meta VALUES ('schema', '4'), ('base', 'http://127.0.0.1:4600');
    INSERT INTO batch VALUES (1, ${at}, ${EVENTS}, ${EVENTS});
    INSERT INTO series VALUES (${ref}, '${key}', 'cpu', 'checkout', NULL, '${JSON.stringify(labels)}');
    INSERT INTO sample SELECT ${ref}, ${at} + n, n, 1 FROM range(${EVENTS}) t(n);
    INSERT INTO event (batch, kind, id, "at", "receivedAt", door, service, component, reason)
      SELECT 1, 'failure', md5(n::VARCHAR), ${at} + n, ${at}, 'events', 'checkout', 'db', 'events-old-' || n
      FROM range(${EVENTS}) t(n);`);
  connection.closeSync();
  instance.closeSync();
  const tokens = Array.from({ length: EVENTS }, (_, n) => `events-old-${n}`);
  // What is looked for lies between the first time and a millisecond after the last.
  return {
    old,
    batches: [
      { at, tokens: tokens.slice(0, 1) },
      { at: at + EVENTS, tokens: tokens.slice(1) },
    ],
  };
}

/** @type {Fault} */
export async function killedMigration(folder) {
  const { old, batches } = await oldFolder(folder);
  const { kills, last } = await killThrough(folder, old, ['verify'], async (data) => {
    const again = await run(['verify', '--data', data]);
    expect(again.code === 0, `verify after a kill: ${again.out}${again.err}`);
    const { rows } = await expectSound(data);
    expect(
      rows.events === EVENTS && rows.samples === EVENTS,
      `${rows.events} events, ${rows.samples} samples`,
    );
  });
  const found = await expectCleanStart(last, batches);
  return `${kills} kills as version 4 is brought forward, the next start did it: all ${found} receipts and as many samples there`;
}
