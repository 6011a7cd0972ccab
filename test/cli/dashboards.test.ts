import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './outside.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genchi-cli-dashboards-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('genchi dashboards', () => {
  it('writes dashboards and what Grafana and Prometheus are set up by, and tells of each file', async () => {
    const { code, out, err } = await run(['dashboards', join(folder, 'one')]);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')).toEqual([
      'dashboards/genchi-kaizen.json: written',
      'dashboards/genchi-slos.json: written',
      'dashboards/genchi-incidents.json: written',
      'dashboards/genchi-service.json: written',
      'provisioning/datasources/genchi.yaml: written',
      'provisioning/dashboards/genchi.yaml: written',
      'prometheus/genchi.yaml: written',
      '',
    ]);
    expect((await readdir(join(folder, 'one', 'dashboards'))).sort()).toHaveLength(4);
  });

  it('checks without writing: 0 where all is as it should be, 1 and the files where not', async () => {
    const dir = join(folder, 'checked');
    const before = await run(['dashboards', dir, '--check']);
    expect(before.code).toBe(1);
    expect(before.out).toContain('dashboards/genchi-kaizen.json: is not there\n');
    expect(before.err).toBe('genchi: 7 of 7 files are not as they should be\n');
    await expect(readdir(dir)).rejects.toThrow('ENOENT');
    await run(['dashboards', dir]);
    expect((await run(['dashboards', dir, '--check'])).code).toBe(0);
    const moved = await run([
      'dashboards',
      dir,
      '--check',
      '--genchi-url',
      'https://genchi.example.com',
      '--json',
    ]);
    expect(moved.code).toBe(1);
    expect(JSON.parse(moved.out).files).toContainEqual({
      ...{ path: 'dashboards/genchi-kaizen.json', state: 'changed' },
    });
  });

  it('does not write over what somebody changed, unless it is told to', async () => {
    const dir = join(folder, 'changed');
    await run(['dashboards', dir]);
    await writeFile(join(dir, 'dashboards/genchi-slos.json'), '{}');
    const { code, err } = await run(['dashboards', dir]);
    expect(code).toBe(1);
    expect(err).toMatch(/^genchi: dashboards\/genchi-slos\.json in .+ say --force\n$/);
    const forced = await run(['dashboards', dir, '--force']);
    expect([forced.code, forced.out]).toEqual([
      0,
      expect.stringContaining('dashboards/genchi-slos.json: written over what was there\n'),
    ]);
  });

  it('takes dashboards of one’s own, and tells what is wrong with one by file and line', async () => {
    const dir = join(folder, 'custom');
    const good = join(folder, 'good.yaml');
    const bad = join(folder, 'bad.yaml');
    await writeFile(good, 'title: Mine\npanels:\n  - title: Depth\n    query: kanban_queue_depth\n');
    await writeFile(bad, 'title: Mine\npanels:\n  - title: Depth\n    qeury: kanban_queue_depth\n');
    const written = await run(['dashboards', dir, '--custom', good]);
    expect(written.out).toMatch(/^dashboards\/genchi-mine-[0-9a-f]{8}\.json: written$/m);
    const refused = await run(['dashboards', dir, '--custom', good, '--custom', bad]);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/bad\.yaml:[34]: panels\.0/);
    expect((await run(['dashboards', dir, '--custom', join(folder, 'none.yaml')])).err).toMatch(
      /^genchi: .+none\.yaml cannot be read\n$/,
    );
  });

  it.each([
    ['a URL with a query', ['--genchi-url', 'http://a.example/?b']],
    ['a uid that is none', ['--prometheus-datasource', 'a b']],
  ])('ends with 2 at %s', async (_, wrong) => {
    expect((await run(['dashboards', folder, ...wrong])).code).toBe(2);
  });
});

const missing = spawnSync('promtool', ['--version']).error !== undefined;
const required = process.env.GENCHI_REQUIRE_PROMETHEUS === '1';

it.skipIf(missing && !required)('writes what Prometheus takes as its configuration', async () => {
  const dir = join(folder, 'prometheus');
  await run(['dashboards', dir, '--genchi-url', 'https://genchi.example.com/base']);
  const checked = spawnSync('promtool', ['check', 'config', join(dir, 'prometheus/genchi.yaml')], {
    encoding: 'utf8',
  });
  expect([checked.status, checked.stderr]).toEqual([0, '']);
});
