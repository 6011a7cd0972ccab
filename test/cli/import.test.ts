import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blockOf, failure, openStore } from '../evidence/fixture.js';
import { run } from './outside.js';
import { folderWith, someEvents, someSamples } from './transfer-folder.js';

let made: Awaited<ReturnType<typeof folderWith>>;
let file: string;
beforeAll(async () => {
  made = await folderWith(someEvents, someSamples);
  file = made.path('evidence.nq');
  await run(['export', '--data', made.data, '--output', file]);
});
afterAll(() => made.remove());

describe('genchi import', () => {
  it('makes a folder with the URL of the receipts, and records them once', async () => {
    const data = made.path('fresh');
    expect(await run(['import', file, '--data', data])).toEqual({
      ...{ code: 0, err: '' },
      out: '2 events and 2 samples recorded, 0 recorded before, 0 refused\n',
    });
    expect((await run(['import', file, '--data', data])).out).toBe(
      '0 events and 0 samples recorded, 4 recorded before, 0 refused\n',
    );
    const again = made.path('again.nq');
    await run(['export', '--data', data, '--output', again]);
    // All but the receipts of the two imports themselves.
    const lines = async (path: string) =>
      (await readFile(path, 'utf8'))
        .split('\n')
        .filter((line) => !/^<[^>]*\/id\/audit\//.test(line))
        .sort();
    expect(await lines(again)).toEqual(await lines(file));
  });

  it('takes the lines in any order in which the triples of a receipt stand together', async () => {
    const sorted = made.path('sorted.nt');
    const lines = (await readFile(file, 'utf8')).split('\n').sort().reverse();
    await writeFile(sorted, `# sorted\n\n${lines.join('\r\n')}`);
    const { out } = await run(['import', sorted, '--data', made.path('sorted')]);
    expect(out).toBe('2 events and 2 samples recorded, 0 recorded before, 0 refused\n');
  });

  it('names every receipt that is wrong with its line and field, and records nothing of the file', async () => {
    const text = await readFile(file, 'utf8');
    const broken = text
      .replace('"timeout" .', '"timeout"@en .')
      .replace('tps/metricValue> "1.0"', 'tps/metricValue> "one"')
      .replace('tps/component> "db" .', 'tps/colour> "red" .');
    const path = made.path('broken.nq');
    await writeFile(path, broken);
    const data = made.path('untouched');
    const { code, out, err } = await run(['import', path, '--data', data]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const line = text.split('\n').findIndex((one) => one.includes('/id/failure/20260105T100000')) + 1;
    expect(err).toMatch(new RegExp(`broken.nq, line ${line}: \\S+/id/failure/\\S+: `));
    expect(err).toContain('metricValue: expected a number as xsd:double, got "one"');
    expect(err).toContain('so nothing was recorded.');
    const good = await run(['import', file, '--data', data]);
    expect(good.out).toBe('2 events and 2 samples recorded, 0 recorded before, 0 refused\n');
  });

  it.each([
    [
      'a line that is no quad',
      (text: string) => `${text}<a> <b> .\n`,
      /line \d+: expected a triple or a quad/,
    ],
    [
      'a receipt of elsewhere',
      (text: string) => `${text}<x:y> <a:b> "c" .\n`,
      /<?x:y>?: expected a receipt of/,
    ],
    [
      'labels that do not make the series',
      (text: string) => text.replace(/(tps\/metric> )"up"( \.\n<[^>]*series)/, '$1"down"$2'),
      /labels: expected those that the series is named by/,
    ],
    [
      'samples without their series',
      (text: string) =>
        text
          .split('\n')
          .filter((line) => !/^<[^>]*\/id\/series\//.test(line))
          .join('\n'),
      /series [0-9a-f]{32}: its samples are here, but its labels are in none of the files/,
    ],
    [
      'a receipt whose triples are torn apart',
      (text: string) => {
        const lines = text.split('\n');
        const first = lines.findIndex((line) => line.includes('"timeout"'));
        return [...lines.slice(0, first), ...lines.slice(first + 1), lines[first]].join('\n');
      },
      /reason: is missing; the triples of a receipt must stand together/,
    ],
  ])('refuses %s', async (name, change, expected) => {
    const path = made.path(`${name.replaceAll(' ', '-')}.nq`);
    const text = await readFile(file, 'utf8');
    const changed = change(text);
    expect(changed).not.toBe(text);
    await writeFile(path, changed);
    const { code, err } = await run(['import', '--check', path]);
    expect(code).toBe(1);
    expect(err).toMatch(expected);
  });

  it('refuses receipts that another URL names, unless it is told to rename them', async () => {
    const other = await folderWith([], [], 'https://genchi.example');
    try {
      const refused = await run(['import', file, '--data', other.data]);
      expect(refused.code).toBe(1);
      expect(refused.err).toContain('named below http://127.0.0.1:4600, those of');
      const taken = await run(['import', file, '--data', other.data, '--rebase']);
      expect(taken.out).toBe('2 events and 2 samples recorded, 0 recorded before, 0 refused\n');
      const { out } = await run(['export', '--data', other.data, '--no-knowledge']);
      expect(out).toContain('<https://genchi.example/id/failure/20260105T100000.000Z/');
      expect(out).not.toContain('127.0.0.1');
    } finally {
      await other.remove();
    }
  });

  it('tells of samples that the folder refuses, records the others and ends with 1', async () => {
    const data = made.path('newer');
    const store = await openStore(data);
    const up = { __name__: 'up', service: 'shop' };
    await store.append({
      events: [],
      samples: blockOf(store, [
        [up, 0, 5],
        [up, 4_000_000, 1],
      ]),
    });
    await store.close();
    const { code, out, err } = await run(['import', file, '--data', data]);
    expect(code).toBe(1);
    expect(out).toBe('2 events and 0 samples recorded, 0 recorded before, 2 refused\n');
    expect(err).toContain('"service":"shop"} at 2026-01-05T10:00:15.000Z: it is over an hour older than');
  });

  it('checks files without a data folder, and says what it cannot tell', async () => {
    expect((await run(['import', '--check', file])).out).toBe('2 events and 2 samples, all good\n');
    expect(await run(['import', '--check', made.path('gone.nq')])).toMatchObject({ code: 2 });
    await writeFile(made.path('some.data'), '');
    expect((await run(['import', made.path('some.data')])).err).toContain('say --format');
    await writeFile(made.path('empty.nq'), '');
    expect((await run(['import', made.path('empty.nq')])).err).toContain(
      'there are no receipts in what was given',
    );
  });

  it('redacts what labels and texts may not hold, says so, and leaves a receipt of the import', async () => {
    // Written in parts, so that no scanner of secrets takes this file for a leak.
    const leaked = ['ghp_', 'a'.repeat(36)].join('');
    const password = 'hunter-22';
    const from = await folderWith(
      [failure('checkout', 0, `push with ${leaked}`), { ...failure('shop', 1), labels: { api_key: leaked } }],
      [[{ __name__: 'up', service: 'shop', db_password: password }, 0, 1]],
    );
    const said =
      ', by the rules of the setting redaction: 1 in labels.api_key (credential-name), 1 in reason (github-token), ' +
      '1 in labels.db_password (credential-name)\n';
    const sorted = (text: string): string[] => text.split(/: |, /).sort();
    try {
      const exported = from.path('leaky.trig');
      await run(['export', '--data', from.data, '--output', exported]);
      expect(await readFile(exported, 'utf8')).toContain(leaked);
      const check = await run(['import', '--check', exported]);
      expect(sorted(check.out.split('\n')[1] ?? '')).toEqual(
        sorted(`3 values would be redacted${said}`.trim()),
      );
      const data = from.path('clean');
      const { code, out } = await run(['import', exported, '--data', data]);
      expect(code).toBe(0);
      expect(sorted(out.split('\n')[1] ?? '')).toEqual(sorted(`3 values redacted${said}`.trim()));
      const again = await run(['import', exported, '--data', data]);
      expect(again.out).toContain('0 events and 0 samples recorded, 3 recorded before');
      const all = (await run(['export', '--data', data])).out;
      for (const secret of [leaked, password]) expect(all).not.toContain(secret);
      expect(all).toContain('push with [redacted: github-token]');
      expect(all).toContain('(credential, not kept)');
      expect(all).toContain(
        '2 events and 1 samples recorded, 0 recorded before, 0 refused, 3 values redacted',
      );
      expect(all.match(/tps\/action> "import"/g)).toHaveLength(2);
    } finally {
      await from.remove();
    }
  });

  it('redacts by the rules of the settings too', async () => {
    const config = made.path('genchi.yaml');
    await writeFile(config, 'redaction: { rules: [{ name: reasons, pattern: "time.ut" }] }\n');
    const { out } = await run(['import', file, '--data', made.path('ruled'), '--config', config]);
    expect(out).toContain('1 value redacted, by the rules of the setting redaction: 1 in reason (reasons)');
  });
});
