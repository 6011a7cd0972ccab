/** Files that only their owner may read. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

async function synced(path: string, work: (handle: FileHandle) => Promise<unknown>, flags: string) {
  const handle = await open(path, flags, 0o600);
  try {
    await work(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file so that whoever reads it sees the old or the new one, for nobody's eyes but the owner's. */
export async function writePrivately(file: string, text: string): Promise<void> {
  const fresh = `${file}.${process.pid}.new`;
  await rm(fresh, { force: true });
  await synced(fresh, (handle) => handle.writeFile(text), 'wx');
  await rename(fresh, file);
  await synced(dirname(file), async () => undefined, 'r');
}
