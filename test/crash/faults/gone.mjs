/** A data folder that is renamed, replaced or removed under a running server, and a disk that takes no writes any more. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isInstalled, until } from '../../integration/programs.mjs';
import { expect, expectAll, expectCleanStart, post, run, send, sendAll, startOn } from './server.mjs';

/** @typedef {import('./server.mjs').Fault} Fault */
/** @typedef {Awaited<ReturnType<typeof startOn>>} Server */

/** @param {string} url */
async function probe(url) {
  const response = await fetch(`${url}/-/ready`);
  return { status: response.status, text: await response.text() };
}

/**
 * Waits until a server says that it is, or is not, ready.
 * @param {string} url
 * @param {number} status
 */
async function untilReady(url, status) {
  return await until(`/-/ready to answer ${status}`, 10_000, async () => {
    const { status: now, text } = await probe(url);
    return now === status ? text : undefined;
  });
}

/** @param {string} url */
async function canBeRead(url) {
  return (await fetch(`${url}/sparql?query=${encodeURIComponent('ASK { ?s ?p ?o }')}`)).status === 200;
}

/** @type {Fault} */
export async function folderGone(folder) {
  const data = join(folder, 'data');
  const genchi = await startOn(data, ['--retention-every-ms', '50', '--compaction-every-ms', '50']);
  const before = await sendAll(genchi.url, 3);
  await rename(data, `${data}-away`);
  const refused = await send(genchi.url);
  const why = await untilReady(genchi.url, 503);
  expect(
    refused.status === 503 && /data-folder-gone/.test(refused.text) && /not there any more/.test(why),
    `${refused.status} ${refused.text}, /-/ready: ${why}`,
  );
  // Another folder in its place is not the one that was opened.
  await mkdir(data);
  await writeFile(join(data, 'evidence.duckdb'), 'another');
  const replaced = await send(genchi.url);
  const backup = await run(['backup', '--url', genchi.url]);
  expect(
    replaced.status === 503 && /not the one that was opened/.test(replaced.text) && backup.code === 1,
    `replaced: ${replaced.status} ${replaced.text}, backup ${backup.code}`,
  );
  expect((await readdir(data)).length === 1, 'something was written into the folder that stood in its place');
  await rm(data, { recursive: true });
  await rename(`${data}-away`, data);
  await untilReady(genchi.url, 200);
  const after = [await post(genchi.url, refused), await post(genchi.url, replaced)];
  expect(
    after.every(({ status }) => status === 200),
    'what was refused was not taken from the returned folder',
  );
  const all = [...before, refused, replaced];
  await expectAll(genchi.url, all);
  await rename(data, `${data}-away`);
  const code = await genchi.stop('SIGTERM');
  expect(code === 0, `stopped without the folder with ${code}: ${genchi.output}`);
  await rename(`${data}-away`, data);
  const found = await expectCleanStart(data, all);
  await removed(join(folder, 'removed'));
  return `renamed and replaced: 503 and not ready; back: goes on; stopped without it: 0; next start has all ${found}; removed: nothing acknowledged`;
}

/**
 * A folder that is gone for good takes nothing with it that is acknowledged afterwards.
 * @param {string} data
 */
async function removed(data) {
  const genchi = await startOn(data);
  await sendAll(genchi.url, 1);
  await rm(data, { recursive: true });
  const { status, text } = await send(genchi.url);
  const code = await genchi.stop('SIGTERM');
  expect(status === 503 && code === 0, `removed: ${status} ${text}, stopped with ${code}: ${genchi.output}`);
}

/**
 * A disk on which the kernel meets an error and makes it read-only, as it does with a broken one; undefined where no such
 * disk can be made.
 * @param {string} folder
 */
async function ext4Disk(folder) {
  const [image, disk] = [join(folder, 'image'), join(folder, 'disk')];
  await mkdir(disk);
  try {
    execFileSync('truncate', ['-s', '300M', image]);
    execFileSync('mkfs.ext4', ['-q', image]);
    execFileSync('mount', ['-o', 'loop,errors=remount-ro', image, disk]);
  } catch {
    return undefined;
  }
  const device = execFileSync('findmnt', ['-n', '-o', 'SOURCE', disk], { encoding: 'utf8' }).trim();
  return {
    how: 'ext4 on a loop device, made read-only by an error of the file system',
    refusesStarts: true,
    data: join(disk, 'data'),
    fail: () => writeFile(`/sys/fs/ext4/${device.split('/').at(-1)}/trigger_fs_error`, 'error'),
    mend: async () => {
      execFileSync('umount', [disk]);
      execFileSync('mount', ['-o', 'loop', image, disk]);
    },
    end: () => execFileSync('umount', ['-l', disk]),
  };
}

/**
 * The kernel's answers to writes of the store, changed by strace: what a server sees is the same.
 * @param {string} folder
 */
function tracedDisk(folder) {
  const data = join(folder, 'data');
  /** @type {import('node:child_process').ChildProcess | undefined} */
  let strace;
  return {
    how: 'strace, which answers EROFS to writes of the store (no loop device could be mounted here)',
    refusesStarts: false,
    data,
    fail: async (/** @type {Server} */ { pid }) => {
      const files = ['evidence.duckdb', 'evidence.duckdb.wal'].flatMap((name) => ['-P', join(data, name)]);
      const calls = 'write,pwrite64,writev,pwritev,fsync,fdatasync,ftruncate';
      const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=EROFS`];
      strace = spawn('strace', ['-f', '-o', '/dev/null', ...files, ...inject, '-p', String(pid)], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      if (strace.stderr !== null) await once(strace.stderr, 'data');
    },
    mend: async () => undefined,
    end: () => strace?.kill('SIGINT'),
  };
}

/** @type {Fault} */
export async function readOnlyDisk(folder) {
  const disk = (await ext4Disk(folder)) ?? (isInstalled('strace') ? tracedDisk(folder) : undefined);
  if (disk === undefined)
    throw new Error('neither a loop device nor strace is there to make a disk read-only');
  try {
    const genchi = await startOn(disk.data, ['--checkpoint-mib', '1']);
    const before = await sendAll(genchi.url, 3);
    await disk.fail(genchi);
    const refused = await send(genchi.url);
    const why = await untilReady(genchi.url, 503);
    const isRead = await canBeRead(genchi.url);
    expect(
      refused.status === 503 && /store-read-only/.test(refused.text) && /read-only/.test(why) && isRead,
      `${refused.status} ${refused.text}, read ${isRead}, /-/ready: ${why}`,
    );
    const code = await genchi.stop('SIGTERM');
    expect(code === 0, `stopped with ${code}: ${genchi.output}`);
    if (disk.refusesStarts) {
      const start = await run(['serve', '--data', disk.data, '--port', '0', '--log-level', 'error']);
      expect(
        start.code === 1 && /read-only/.test(start.err),
        `a start ended with ${start.code}: ${start.err}`,
      );
    }
    await disk.mend();
    const found = await expectCleanStart(disk.data, before);
    return `503 and not ready, reads go on, stopped with 0${disk.refusesStarts ? ', a start says why' : ''}, mended: all ${found} there (by ${disk.how})`;
  } finally {
    disk.end();
  }
}
