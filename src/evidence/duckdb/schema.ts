import type { DuckDBConnection } from '@duckdb/node-api';
import { allFields, type FieldType } from '../../model/index.js';
import { EvidenceError } from '../errors.js';
import { logMigration, logTable, samplesView } from './log/tables.js';
import { removalTable } from './removals.js';
import { archiveTable } from './retention/archive-table.js';
import { rollupTables } from './retention/rollups.js';

/** The version of the tables below; a folder with a higher one is refused. */
export const SCHEMA_VERSION = 5;

const columnTypes: Readonly<Record<FieldType, string>> = {
  text: 'VARCHAR',
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  instant: 'BIGINT',
  service: 'VARCHAR',
  receipt: 'VARCHAR',
  receipts: 'VARCHAR[]',
  json: 'VARCHAR',
};

/** The columns of `event` that every kind has; times are milliseconds since the epoch. */
export const HEAD_COLUMNS = ['batch', 'kind', 'id', 'at', 'receivedAt', 'door', 'service', 'labels'] as const;

/** The fields of all kinds in the order of their columns. */
export const fieldColumns: readonly (readonly [string, FieldType])[] = [...allFields()];

/** An identifier as SQL writes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * What version 2 added: samples of closed periods are moved from `sample`, where they stand in the order they came, to
 * `sorted_sample`, where they stand by series and time within parts. Readers ask the view `samples`, which is both;
 * `part` says which span each part covers, `from <= at < until`.
 */
const sortedParts = `
  CREATE TABLE sorted_sample (series UINTEGER, "at" BIGINT, value DOUBLE);
  CREATE TABLE part (number UINTEGER, "from" BIGINT, until BIGINT, samples UBIGINT, "committedAt" BIGINT);
  CREATE VIEW samples AS
    SELECT series, "at", value FROM sample UNION ALL SELECT series, "at", value FROM sorted_sample;
`;

// No keys and no indexes: they have left write-ahead logs that do not open, and would slow every append.
// Identity is held by `event-identities.ts` and `sample-horizons.ts`.
const tables = `
  CREATE TABLE meta (key VARCHAR, value VARCHAR);
  CREATE TABLE batch (number UINTEGER, committedAt BIGINT, events UINTEGER, samples UINTEGER);
  CREATE TABLE series (
    ref UINTEGER, key VARCHAR, metric VARCHAR, service VARCHAR, component VARCHAR, labels VARCHAR, batch UINTEGER
  );
  CREATE TABLE sample (series UINTEGER, "at" BIGINT, value DOUBLE, batch UINTEGER);
  CREATE TABLE event (
    batch UINTEGER, kind VARCHAR, id VARCHAR, "at" BIGINT, "receivedAt" BIGINT, door VARCHAR, service VARCHAR,
    labels VARCHAR
  );
  ${sortedParts}
  ALTER TABLE sorted_sample ADD COLUMN batch UINTEGER;
  ${samplesView}
  ${removalTable}
  ${archiveTable}
  ${rollupTables}
  ${logTable}
`;

/** What brings a folder from a version to the next one. */
const migrations: ReadonlyMap<number, string> = new Map([
  [1, sortedParts],
  [2, removalTable],
  [3, `${archiveTable} ${rollupTables}`],
  [4, logMigration],
]);

async function readMeta(connection: DuckDBConnection): Promise<Map<string, string>> {
  const reader = await connection.runAndReadAll('SELECT key, value FROM meta');
  return new Map(reader.getRows().map(([key, value]) => [String(key), String(value)]));
}

async function create(connection: DuckDBConnection, baseIri: string): Promise<void> {
  await connection.run(`BEGIN; ${tables}`);
  for (const [key, value] of [
    ['schema', String(SCHEMA_VERSION)],
    ['base', baseIri],
  ] as const) {
    await connection.run('INSERT INTO meta VALUES ($key, $value)', { key, value });
  }
  await connection.run('COMMIT');
}

/** Brings an old folder to the present version, all of it or nothing. */
async function migrate(connection: DuckDBConnection, from: number): Promise<void> {
  if (from === SCHEMA_VERSION) return;
  const steps = [...migrations].flatMap(([version, step]) => (version >= from ? [step] : []));
  await connection.run(
    `BEGIN; ${steps.join('')} UPDATE meta SET value = '${SCHEMA_VERSION}' WHERE key = 'schema'; COMMIT;`,
  );
}

/** Adds the columns of fields that came with a newer version of Genchi; old receipts simply lack them. */
async function addFields(connection: DuckDBConnection): Promise<void> {
  const reader = await connection.runAndReadAll(
    "SELECT column_name FROM information_schema.columns WHERE table_name = 'event'",
  );
  const present = new Set(reader.getRows().map(([name]) => String(name)));
  const added = fieldColumns.filter(([name]) => !present.has(name));
  if (added.length === 0) return;
  const statements = added.map(
    ([name, type]) => `ALTER TABLE event ADD COLUMN ${quoted(name)} ${columnTypes[type]};`,
  );
  await connection.run(`BEGIN; ${statements.join(' ')} COMMIT;`);
}

/** What a folder was found to be. */
export interface PreparedSchema {
  /** The base IRI that it was made for. */
  readonly baseIri: string;
  /** Which version it was brought from; undefined where it had the present one. */
  readonly migratedFrom: number | undefined;
}

/**
 * Makes the tables of a fresh folder, or checks those of an old one and brings them to the present version. Fails with
 * `data-folder-foreign` on a newer schema.
 */
export async function prepareSchema(
  connection: DuckDBConnection,
  publicUrl: string,
): Promise<PreparedSchema> {
  const reader = await connection.runAndReadAll(
    "SELECT count(*) FROM information_schema.tables WHERE table_name = 'meta'",
  );
  if (Number(reader.getRows()[0]?.[0]) === 0) await create(connection, publicUrl);
  const meta = await readMeta(connection);
  const version = Number(meta.get('schema'));
  if (!(version >= 1 && version <= SCHEMA_VERSION)) {
    throw new EvidenceError(
      'data-folder-foreign',
      `The data folder has schema ${meta.get('schema')}, this version of Genchi knows up to ${SCHEMA_VERSION}: use a newer Genchi, ` +
        'or a backup from before the upgrade; nothing was changed.',
    );
  }
  await migrate(connection, version);
  await addFields(connection);
  const migratedFrom = version === SCHEMA_VERSION ? undefined : version;
  return { baseIri: meta.get('base') ?? publicUrl, migratedFrom };
}
