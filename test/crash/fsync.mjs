/**
 * `npm run crash:fsync`: holds by `strace` that an answer goes out only after the write-ahead log is on disk. Fails where
 * strace is not there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, isInstalled, startGenchi } from '../integration/programs.mjs';
import { doors } from './batches.mjs';

const BATCHES = 20;

/**
 * Counts the answers, and those before which the log was not flushed since the answer before. A call that ends on another
 * line than it begins counts when it has ended.
 * @param {string} text
 */
function judge(text) {
  let [answers, unflushed, flushed] = [0, 0, false];
  const flushing = new Set();
  for (const line of text.split('\n')) {
    const pid = /^(\d+)/.exec(line)?.[1] ?? '';
    if (/(?:fsync|fdatasync)\(\d+<[^>]*evidence\.duckdb\.wal>/.test(line)) {
      if (line.includes('<unfinished')) flushing.add(pid);
      else if (/\)\s+= 0/.test(line)) flushed = true;
    } else if (/<\.\.\. (?:fsync|fdatasync) resumed>.*= 0/.test(line) && flushing.delete(pid)) {
      flushed = true;
    } else if (/(?:write|writev|sendto|sendmsg)\(\d+<[^>]*(?:socket|TCP)[^>]*>.*HTTP\/1\.1 200/.test(line)) {
      answers += 1;
      if (!flushed) unflushed += 1;
      flushed = false;
    }
  }
  return { answers, unflushed };
}

if (!isInstalled('strace')) throw new Error('strace is not installed: apt-get install strace');
const folder = await mkdtemp(join(tmpdir(), 'genchi-fsync-'));
const trace = join(folder, 'trace');
const genchi = await startGenchi({ data: join(folder, 'data'), port: await freePort(), timeoutMs: 60_000 });
try {
  const strace = spawn(
    'strace',
    [
      '-f',
      '-yy',
      '-ttt',
      '-s',
      '64',
      '-e',
      'trace=fsync,fdatasync,write,writev,sendto,sendmsg',
      '-o',
      trace,
      '-p',
      String(genchi.pid),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await once(strace.stderr, 'data');
  for (let number = 0; number < BATCHES; number++) {
    const { path, headers, body } = await doors.events(`fsync-${number}`, Date.now());
    const response = await fetch(genchi.url + path, { method: 'POST', headers, body });
    await response.text();
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
  }
  strace.kill('SIGINT');
  await once(strace, 'exit');
  const found = judge(await readFile(trace, 'utf8'));
  console.log(
    `${found.answers} answers, ${found.answers - found.unflushed} of them after the log was flushed to the disk`,
  );
  if (found.answers < BATCHES || found.unflushed > 0) {
    console.log('NOT GOOD: an answer went out before what it acknowledges was on disk, or was not seen.');
    process.exitCode = 1;
  }
} finally {
  await genchi.stop('SIGKILL');
  await rm(folder, { recursive: true, force: true });
}
