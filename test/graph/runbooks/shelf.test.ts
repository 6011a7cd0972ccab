import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Runbook } from '../../../src/graph/index.js';
import { readShippedRunbooks } from '../../../src/graph/runbooks/read.js';
import { RunbookShelf } from '../../../src/graph/runbooks/shelf.js';

const shippedCount = (await readShippedRunbooks()).length;
const example = await readFile(new URL('../../../runbooks/disk-full.md', import.meta.url), 'utf8');
const titled = (title: string) => example.replace(/^title: .*$/m, `title: ${title}`);

describe('RunbookShelf', () => {
  let folder: string;
  let shelf: RunbookShelf;
  let faults: string[];
  let seen: readonly Runbook[];
  let waiting: (() => void)[];
  const put = (name: string, text: string) => writeFile(join(folder, `${name}.md`), text);
  const titleOf = (name: string) => seen.find((one) => one.name === name)?.title;

  /** Resolves at the first change after which the condition holds. */
  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => waiting.push(resolve));
  }

  async function open(): Promise<void> {
    shelf = await RunbookShelf.open({
      folder,
      checks: { query: () => undefined, packs: [] },
      onFault: ({ message }) => faults.push(message),
      onChange: (runbooks) => {
        seen = runbooks;
        for (const resolve of waiting.splice(0)) resolve();
      },
    });
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'genchi-shelf-'));
    [faults, seen, waiting] = [[], [], []];
  });
  afterEach(async () => {
    await shelf?.close();
    await rm(folder, { recursive: true, force: true });
  });
  // Links of the example lead to packs, which this shelf has none of.
  const free = (text: string) => text.replaceAll(/\]\(\/queries[^)]*\)/g, '](/)');

  it('holds those that come with Genchi, and a file of its own in the place of one of the same name', async () => {
    await put('disk-full', free(titled('Our disks')));
    await put('ours', free(titled('Ours')));
    await open();
    expect(shelf.list()).toHaveLength(shippedCount + 1);
    expect([titleOf('disk-full'), titleOf('ours')]).toEqual(['Our disks', 'Ours']);
    expect(seen).toEqual(shelf.list());
  });

  it('reads again what is changed, added and taken away', async () => {
    await put('ours', free(titled('First')));
    await open();
    await put('ours', free(titled('Second')));
    await until(() => titleOf('ours') === 'Second');
    await put('more', free(titled('More')));
    await until(() => titleOf('more') === 'More');
    await rm(join(folder, 'ours.md'));
    await until(() => titleOf('ours') === undefined);
    expect(faults).toEqual([]);
  });

  it('keeps the last good version of a file that breaks, and says so once, until it is mended', async () => {
    await put('ours', free(titled('Good')));
    await put('never', 'no runbook');
    await open();
    expect(faults).toEqual([expect.stringContaining('never.md:1: ')]);
    await put('ours', '---\ntitle: [');
    await until(() => shelf.faults().length === 2);
    expect(titleOf('ours')).toBe('Good');
    await put('ours', free(titled('Better')));
    await until(() => titleOf('ours') === 'Better');
    expect(shelf.faults().map(({ message }) => message)).toEqual([expect.stringContaining('never.md:1: ')]);
    expect(faults).toHaveLength(2);
  });

  it('refuses a folder that is not there', async () => {
    folder = join(folder, 'none');
    await expect(open()).rejects.toThrow(/none cannot be read/);
  });
});
