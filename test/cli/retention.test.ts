import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/model/index.js';
import { failure, type SampleRow } from '../evidence/fixture.js';
import { run } from './outside.js';
import { folderWith } from './transfer-folder.js';

/** So old that it is due whatever the clock of the machine says. */
const OLD = -5 * 365 * DAY_MS;
const samples: readonly SampleRow[] = [0, 1].flatMap((day) => [
  [{ __name__: 'up', service: 'shop' }, OLD + day * DAY_MS, 1] satisfies SampleRow,
  [{ __name__: 'up', service: 'db' }, OLD + day * DAY_MS, 0] satisfies SampleRow,
]);

let made: Awaited<ReturnType<typeof folderWith>>;
beforeEach(async () => {
  made = await folderWith([failure('shop', OLD), failure('db', 0)], samples);
});
afterEach(() => made.remove());

const genchi = (...args: string[]) => run(['retention', ...args, '--data', made.data]);
const forGood = ['--retention-minute-days', '0', '--retention-hour-days', '0'];

describe('genchi retention', () => {
  it('plans what is due, does it and says so, and has nothing to do then', async () => {
    const planned = await genchi('plan', ...forGood, '--retention-event-days', '1825');
    expect(planned.code).toBe(0);
    expect(planned.out).toMatch(
      /^sample +archive +4 +about .* until 2021-01-08 \(2\) +samples are kept for 30 days$/m,
    );
    expect(planned.out).toMatch(/^failure +archive +1 /m);
    expect(planned.out).toContain('The archive is empty.');
    const done = await genchi('run', ...forGood, '--retention-event-days', '1825');
    expect(done.out.split('\n').map((line) => line.replace(/ \(.*/, ''))).toEqual([
      'archived 2 of sample, 2021-01-06T00:00:00.000Z until 2021-01-07T00:00:00.000Z into archive/sample/2021-01-06.parquet',
      'archived 2 of sample, 2021-01-07T00:00:00.000Z until 2021-01-08T00:00:00.000Z into archive/sample/2021-01-07.parquet',
      'archived 1 of failure, 2021-01-06T00:00:00.000Z until 2021-01-07T00:00:00.000Z into archive/failure/2021-01-06.parquet',
      '',
    ]);
    expect((await genchi('run', ...forGood)).out).toBe('Nothing was due.\n');
    const after = JSON.parse((await genchi('plan', ...forGood, '--json')).out);
    expect(after).toMatchObject({ due: [], cited: {}, archive: { files: 3, missing: 0, rows: 5 } });
  });

  it('compares the archive with its hashes, and fails where a file is damaged', async () => {
    await genchi('run', '--json', ...forGood);
    expect((await genchi('verify')).out).toBe('3 of 3 files of the archive are as they were written.\n');
    const path = join(made.data, 'archive/sample/2021-01-06.parquet');
    const bytes = await readFile(path);
    bytes[9] = (bytes[9] ?? 0) ^ 1;
    await writeFile(path, bytes);
    await rm(join(made.data, 'archive/sample/2021-01-07.parquet'));
    const { code, out, err } = await genchi('verify');
    expect(code).toBe(1);
    expect(out).toMatch(/^archive\/sample\/2021-01-06\.parquet: damaged, SHA-256 is \w{64}, was \w{64}$/m);
    expect(out).toContain('archive/sample/2021-01-07.parquet: deleted\n1 of 3 files');
    expect(err).toContain('1 files of the archive are not what was written');
  });

  it('refuses rules by which something would be gone before what is coarser', async () => {
    const { code, err } = await genchi('plan', '--retention-sample-days', '100');
    expect([code, err]).toEqual([
      2,
      expect.stringContaining('retentionMinuteDays from default: expected at least'),
    ]);
  });
});
