/** Looks at a data folder: its permissions, the room on its disk, and the files of it that only its owner may read. */
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { holds, readTokens, tokenFileOf } from '../../access/index.js';
import { DAY_MS, type Instant } from '../../model/index.js';
import { bytesText } from '../progress.js';
import { type Finding, saysOf, whyOf } from './finding.js';

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
const MIB = 1_024 * 1_024;
/** With less a commit soon fails; with less than twice the store neither a compaction nor a backup is sure of its room. */
const LEAST_BYTES = 256 * MIB;
/** What is about to expire. */
const SOON_MS = 7 * DAY_MS;

const modeOf = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0');

async function isUsable(path: string): Promise<boolean> {
  return await access(path, constants.R_OK | constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Whether the folder is there and may be written to. */
export async function checkFolder(data: string): Promise<Finding> {
  const says = saysOf('data folder');
  const path = resolve(data);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    if (await isUsable(dirname(path))) return says.good(`${path} is not there yet; a start makes it`);
    return says.bad(
      `${path} is not there, and cannot be made below ${dirname(path)}`,
      'make it for the user that runs Genchi, or name another with --data',
    );
  }
  if (!found.isDirectory()) return says.bad(`${path} is no folder`, 'name another with --data');
  if (!(await isUsable(path))) {
    return says.bad(
      `${path} (mode ${modeOf(found.mode)}, uid ${found.uid}) cannot be read and written by this user`,
      `run this as the user that runs Genchi, or: chown -R USER ${path}`,
    );
  }
  if ((found.mode & OTHERS_WRITE) !== 0) {
    return says.warning(
      `${path} may be written to by others (mode ${modeOf(found.mode)})`,
      `chmod 750 ${path}`,
    );
  }
  return says.good(`${path}, mode ${modeOf(found.mode)}`);
}

/** Whether there is room on the disk, beside the store as it is. */
export async function checkSpace(data: string, storeBytes: number): Promise<Finding> {
  const says = saysOf('disk');
  try {
    const path = (await stat(data).catch(() => undefined)) === undefined ? dirname(resolve(data)) : data;
    const { bavail, bsize } = await statfs(path);
    const free = bavail * bsize;
    const found = `${bytesText(free)} free, the store has ${bytesText(storeBytes)}`;
    if (free < LEAST_BYTES) return says.bad(found, 'free space, or move the data folder to a larger disk');
    if (free >= storeBytes * 2) return says.good(found);
    return says.warning(found, 'compaction and backups need room beside the store: keep twice its size free');
  } catch (error) {
    return says.bad(`it cannot be told how much is free: ${whyOf(error)}`, 'see the data folder above');
  }
}

/** Whether the key of the log is its owner's alone. */
export async function checkKey(data: string): Promise<Finding> {
  const says = saysOf('key of the log');
  const path = join(data, 'log', 'key');
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return says.skipped('there is none yet; a first start makes it');
  if ((found.mode & OTHERS) === 0) return says.good(`mode ${modeOf(found.mode)}`);
  return says.bad(`others may read ${path} (mode ${modeOf(found.mode)})`, `chmod 600 ${path}`);
}

/** Whether tokens can be read, by their owner alone, and which end soon. */
export async function checkTokens(data: string, at: Instant): Promise<Finding> {
  const says = saysOf('tokens');
  const path = tokenFileOf(data);
  const file = await stat(path).catch(() => undefined);
  if (file === undefined) return says.skipped('there are none');
  try {
    const tokens = (await readTokens(data)).filter((token) => holds(token, at));
    if ((file.mode & OTHERS) !== 0) {
      return says.bad(`others may read ${path} (mode ${modeOf(file.mode)})`, `chmod 600 ${path}`);
    }
    const soon = tokens.filter(({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt - at < SOON_MS);
    const found = tokens.length === 1 ? '1 holds' : `${tokens.length} hold`;
    if (tokens.length === 0)
      return says.warning('none of them holds', 'genchi token create NAME --scope SCOPE');
    if (soon.length === 0) return says.good(found);
    const names = soon.map(({ name }) => name).join(', ');
    return says.warning(
      `${found}; within a week expire: ${names}`,
      'genchi token create, then revoke the old one',
    );
  } catch (error) {
    return says.bad(whyOf(error), `restore ${path} from a backup, or delete it and make new tokens`);
  }
}
