import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SloBook, type SloRevision } from '../../src/analysis/index.js';
import { type EvidenceStore, Recorder } from '../../src/evidence/index.js';
import { SloFolder } from '../../src/serve/index.js';
import { freshFolder, openStore, T0 } from '../evidence/fixture.js';

let folder: string;
let remove: () => Promise<void>;
let store: EvidenceStore;
let slos: string;
let open: SloFolder | undefined;
const revisions: SloRevision[] = [];
const said: string[] = [];
const failed: unknown[] = [];

beforeAll(async () => {
  ({ folder, remove } = await freshFolder());
  store = await openStore(folder);
});
afterEach(async () => {
  await open?.close();
  open = undefined;
  said.length = 0;
});
afterAll(async () => {
  await store.close();
  await remove();
});

/** Opens a fresh folder with these files. */
async function holding(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  slos = join(folder, name);
  await mkdir(slos);
  for (const [file, text] of Object.entries(files)) await writeFile(join(slos, file), text);
  const recorder = new Recorder(store);
  recorder.subscribe(({ events }) => {
    for (const event of events) if (event.kind === 'slo') revisions.push(event);
  });
  const histories = () =>
    [...new Set(revisions.map(({ slo }) => slo))].map((slo) => revisions.filter((one) => one.slo === slo));
  open = await SloFolder.open({
    folder: slos,
    book: new SloBook({ recorder, histories }),
    clock: () => T0,
    onRemark: (sentence) => said.push(sentence.replaceAll(`${slos}/`, '')),
    onFailure: (error) => failed.push(error),
  });
}

const good = (name: string, target = 200): string =>
  `slo: ${name}\nservice: web\nmetric: latency_ms\ndirection: at_most\ntarget: ${target}\nwindow: 1h\n`;

describe('a folder of objectives', () => {
  it('says of a wrong file which line and which field, and registers the others', async () => {
    await holding('wrong', {
      'good.yaml': good('folder-good'),
      'field.yaml': good('folder-field').replace('at_most', 'below'),
      'missing.yml': 'slo: folder-missing\nservice: web\nmetric: latency_ms\nwindow: 1h\n',
      'syntax.yaml': `${good('folder-syntax')}---\nslo: [\n`,
      'notes.txt': 'no YAML: is not read',
    });
    expect(said.sort()).toEqual([
      'field.yaml:4: direction: expected at_most or at_least',
      'missing.yml:1: direction: is required beside metric',
      'missing.yml:1: target: is required beside metric',
      expect.stringMatching(/^syntax\.yaml:9: /),
    ]);
    expect(revisions.map(({ slo }) => slo)).toEqual(expect.arrayContaining(['folder-good', 'folder-syntax']));
    expect(revisions.map(({ slo }) => slo)).not.toContain('folder-field');
  });

  it('says of an OpenSLO document what is left out of it', async () => {
    await holding('open', {
      'open.yaml': `apiVersion: openslo/v1
kind: Service
metadata: { name: web, displayName: The web }
`,
    });
    expect(said).toEqual(['open.yaml:3: Service web, metadata.displayName: left out']);
  });

  it('says a thing once while it stays so, and follows a file that is mended', async () => {
    await holding('mended', { 'a.yaml': good('folder-mended').replace('1h', 'soon') });
    expect(said).toEqual(['a.yaml:6: window: expected a duration such as 30d']);
    await writeFile(join(slos, 'b.yaml'), good('folder-second'));
    await vi.waitFor(() => expect(revisions.map(({ slo }) => slo)).toContain('folder-second'), 10_000);
    expect(said).toHaveLength(1);
    await writeFile(join(slos, 'a.yaml'), good('folder-mended', 150));
    await vi.waitFor(
      () => expect(revisions).toContainEqual(expect.objectContaining({ slo: 'folder-mended', target: 150 })),
      10_000,
    );
  });

  it('says what stays in force when its file is gone', async () => {
    await holding('gone', { 'a.yaml': good('folder-gone') });
    await rm(join(slos, 'a.yaml'));
    await vi.waitFor(
      () =>
        expect(said).toEqual([
          expect.stringMatching(/folder-gone is in no file any more and stays in force/),
        ]),
      10_000,
    );
    expect(failed).toEqual([]);
  });
});
