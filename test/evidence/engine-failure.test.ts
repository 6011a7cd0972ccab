import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../src/evidence/duckdb/engine-failure.js';
import { EvidenceError } from '../../src/evidence/errors.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genchi-failure-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What real statements fail with, in turn. */
async function failuresOf(file: string, ...statements: readonly string[]): Promise<readonly unknown[]> {
  const instance = await DuckDBInstance.create(join(folder, file));
  const connection = await instance.connect();
  const failures: unknown[] = [];
  for (const statement of statements) {
    await connection.run(statement).catch((error: unknown) => failures.push(error));
  }
  connection.closeSync();
  instance.closeSync();
  return failures;
}

describe('a failure of the engine', () => {
  it('is told as final when the engine refuses all that comes after it', async () => {
    const failures = await failuresOf(
      'broken',
      'CREATE TABLE one (number INTEGER)',
      "SET debug_checkpoint_abort = 'before_header'",
      'INSERT INTO one VALUES (1)',
      'CHECKPOINT',
      'INSERT INTO one VALUES (2)',
    );
    expect(failures).toHaveLength(2);
    for (const failure of failures) expect(failureOf(failure, 'commit').code).toBe('store-broken');
  });

  it('names the memory where there is not enough of it', async () => {
    const [failure] = await failuresOf(
      'memory',
      "SET memory_limit = '2MB'; SET threads = 1; SET temp_directory = ''; SET max_temp_directory_size = '0B'",
      'SELECT list(n) FROM range(5000000) t(n)',
    );
    expect(failureOf(failure, 'read')).toMatchObject({
      code: 'store-memory',
      status: 503,
      message: expect.stringContaining('memoryMib'),
    });
  });

  it('is told as any other where it is none of these, and as it was where it has a code', async () => {
    const [failure] = await failuresOf('other', 'SELECT * FROM nowhere');
    expect(failureOf(failure, 'read').code).toBe('store-failed');
    const known = new EvidenceError('store-closed', 'The store is closed.');
    expect(failureOf(known, 'read')).toBe(known);
  });
});
