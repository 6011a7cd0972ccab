import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvent, readSamples } from '../../src/evidence/duckdb/reads.js';
import { type Identity, SECOND_MS, type SeriesRef, shift } from '../../src/model/index.js';
import { freshFolder, openStore, T0 } from './fixture.js';

/** How many rows DuckDB keeps together; it passes over whole groups by their least and greatest times. */
const ROW_GROUP = 122_880;
const ROWS = 4 * ROW_GROUP;

let folder: string;
let remove: () => Promise<void>;
let instance: DuckDBInstance;
let connection: DuckDBConnection;

beforeAll(async () => {
  ({ folder, remove } = await freshFolder());
  await (await openStore(folder)).close();
  instance = await DuckDBInstance.create(join(folder, 'evidence.duckdb'));
  connection = await instance.connect();
  // As they arrive: in the order of time, a second apart.
  await connection.run(
    `INSERT INTO event (batch, kind, id, "at", "receivedAt", door, service)
     SELECT 1, 'failure', md5(i::VARCHAR), ${T0} + i * 1000, ${T0}, 'events', 's' FROM range(${ROWS}) AS t(i)`,
  );
  await connection.run(
    `INSERT INTO sample (series, "at", value, batch) SELECT i % 10, ${T0} + i * 1000, i, 1 FROM range(${ROWS}) AS t(i)`,
  );
  await connection.run('CHECKPOINT');
  await connection.run("PRAGMA enable_profiling = 'json'");
  await connection.run(`PRAGMA profiling_output = '${join(folder, 'profile.json')}'`);
  await connection.run(`PRAGMA custom_profiling_settings = '{"OPERATOR_ROWS_SCANNED": "true"}'`);
});
afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await remove();
});

/** How many rows the last statement looked at. */
function rowsScanned(): number {
  const profile = readFileSync(join(folder, 'profile.json'), 'utf8');
  return [...profile.matchAll(/"operator_rows_scanned": (\d+)/g)].reduce(
    (sum, [, rows]) => sum + Number(rows),
    0,
  );
}

describe('looking up what an IRI names', () => {
  const row = 2 * ROW_GROUP + 77;
  const at = shift(T0, row * SECOND_MS);

  it('touches the one part of the events in which its time lies', async () => {
    const [id = ''] =
      (await connection.runAndReadAll(`SELECT md5('${row}')`)).getRows()[0]?.map(String) ?? [];
    expect((await readEvent(connection, 'failure', at, id as Identity))?.at).toBe(at);
    expect(rowsScanned()).toBeLessThanOrEqual(ROW_GROUP);
    // Without the time it would have been all of them.
    await connection.runAndReadAll(`SELECT * FROM event WHERE id = '${id}'`);
    expect(rowsScanned()).toBe(ROWS);
  });

  it('touches the one part of the samples in which its time lies', async () => {
    const window = { from: at, to: shift(at, 1) };
    const found = await readSamples(connection, [(row % 10) as SeriesRef], window, 1);
    expect(found.value).toEqual([row]);
    // The list of series is a row of its own.
    expect(rowsScanned()).toBeLessThanOrEqual(ROW_GROUP + 1);
    await connection.runAndReadAll(`SELECT max(value) FROM sample WHERE series = ${row % 10}`);
    expect(rowsScanned()).toBe(ROWS);
  });
});
