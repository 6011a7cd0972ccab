import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { planFolder, writeFolder } from '../../src/dashboards/index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genchi-dashboards-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const files = (...texts: readonly (readonly [string, string])[]) =>
  texts.map(([path, text]) => ({ path, text }));
const one = files(['dashboards/a.json', '1'], ['b.yaml', '2']);

async function states(wanted: typeof one): Promise<Record<string, string>> {
  const planned = await planFolder(folder, wanted);
  return Object.fromEntries(planned.map(({ path, state }) => [path, state]));
}

async function write(wanted: typeof one, overwrite = false): Promise<void> {
  await writeFolder(folder, await planFolder(folder, wanted), overwrite);
}

it('writes what is not there, and finds nothing to do the second time', async () => {
  expect(await states(one)).toEqual({ 'dashboards/a.json': 'new', 'b.yaml': 'new' });
  await write(one);
  expect(await readFile(join(folder, 'dashboards/a.json'), 'utf8')).toBe('1');
  expect(await states(one)).toEqual({ 'dashboards/a.json': 'same', 'b.yaml': 'same' });
});

it('writes its own files anew, and removes those that are not wanted any more', async () => {
  await write(one);
  const next = files(['dashboards/a.json', '3']);
  expect(await states(next)).toEqual({ 'dashboards/a.json': 'changed', 'b.yaml': 'obsolete' });
  await write(next);
  expect(await readFile(join(folder, 'dashboards/a.json'), 'utf8')).toBe('3');
  await expect(readFile(join(folder, 'b.yaml'))).rejects.toThrow('ENOENT');
});

it('leaves what others wrote or changed, and then writes nothing at all, unless it is told to', async () => {
  await write(one);
  await writeFile(join(folder, 'b.yaml'), 'by hand');
  const next = files(['dashboards/a.json', '3'], ['b.yaml', '4']);
  expect(await states(next)).toEqual({ 'dashboards/a.json': 'changed', 'b.yaml': 'foreign' });
  await expect(write(next)).rejects.toThrow(/^b\.yaml in .+: not written by genchi dashboards/);
  expect(await readFile(join(folder, 'dashboards/a.json'), 'utf8')).toBe('1');
  await write(next, true);
  expect(await readFile(join(folder, 'b.yaml'), 'utf8')).toBe('4');
});

it('never removes a file that was changed, wanted or not', async () => {
  await write(one);
  await writeFile(join(folder, 'b.yaml'), 'by hand');
  await write(files(['dashboards/a.json', '1']), true);
  expect(await readFile(join(folder, 'b.yaml'), 'utf8')).toBe('by hand');
});
