import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { FieldType } from '../../model/index.js';
import { EvidenceError } from '../errors.js';
import type { EvidenceTable, ForeignRow, ParquetFile, TransferBounds } from '../transfer.js';
import { rowsOf } from './row-spans.js';
import { fieldColumns, HEAD_COLUMNS, quoted } from './schema.js';

/** The name under which a file notes the base IRI of its receipts. */
const BASE_KEY = 'genchi_base';
const ROWS_PER_GROUP = 122_880;

function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const asTime = (column: string): string => `to_timestamp(${column} / 1000.0)`;
const asLabels = (column: string): string => `from_json(${column}, '"MAP(VARCHAR, VARCHAR)"')`;

function eventColumn([name, type]: readonly [string, FieldType]): string {
  const column = quoted(name);
  return type === 'instant' ? `${asTime(column)} AS ${column}` : column;
}

function eventColumns(): string {
  const heads = HEAD_COLUMNS.slice(1).map((name) => {
    if (name === 'at' || name === 'receivedAt') return `${asTime(quoted(name))} AS ${quoted(name)}`;
    return name === 'labels' ? `${asLabels('labels')} AS labels` : quoted(name);
  });
  return [...heads, ...fieldColumns.map(eventColumn)].join(', ');
}

/** The rows of a table as other tools read them: names instead of numbers, times with their zone. */
function selectionOf(table: EvidenceTable, bounds: TransferBounds): string {
  switch (table) {
    case 'series':
      return `SELECT key AS series, metric, service, component, ${asLabels('labels')} AS labels
              FROM series ORDER BY metric, service, key`;
    case 'event':
      return `SELECT ${eventColumns()} FROM ${rowsOf('event', bounds)} ORDER BY event."at", event.id`;
    case 'sample':
      return `SELECT s.key AS series, s.metric, s.service, ${asTime('r."at"')} AS "at",
                r.value, r.value IS NULL AS stale
              FROM (SELECT * FROM ${rowsOf('sample', bounds)}) AS r JOIN series AS s ON r.series = s.ref
              ORDER BY r.series, r."at"`;
  }
}

/** See `EvidenceTransfer.writeParquet`. */
export async function writeParquet(
  connection: DuckDBConnection,
  { table, path, bounds, baseIri }: ParquetFile,
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const interrupt = (): void => connection.interrupt();
  signal?.addEventListener('abort', interrupt);
  try {
    await connection.run(
      `COPY (${selectionOf(table, bounds)}) TO ${textLiteral(path)}
       (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROWS_PER_GROUP},
        KV_METADATA {${BASE_KEY}: ${textLiteral(baseIri)}})`,
    );
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

function unreadable(path: string, cause: unknown): EvidenceError {
  const [why] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return new EvidenceError('store-failed', `${path} cannot be read as Parquet: ${why}`, { cause });
}

/** How a column is read back: times as milliseconds, maps as JSON, whole numbers as doubles, which hold those of a receipt. */
function readingOf(name: string, type: string): string {
  const column = quoted(name);
  if (/^TIMESTAMP/.test(type)) return `epoch_ms(${column})::DOUBLE AS ${column}`;
  if (/^MAP/.test(type)) return `to_json(${column})::VARCHAR AS ${column}`;
  return /INT$/.test(type) ? `${column}::DOUBLE AS ${column}` : column;
}

function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items)
    ? [...value.items]
    : value;
}

/** Reads a Parquet file of evidence: see `EvidenceTransfer.readParquet`. */
export async function* readParquet(
  connection: DuckDBConnection,
  path: string,
  wanted?: readonly string[],
): AsyncGenerator<readonly ForeignRow[]> {
  try {
    const described = await connection.runAndReadAll(
      `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet(${textLiteral(path)}))`,
    );
    const all = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
    const columns = all.filter(({ name }) => wanted === undefined || wanted.includes(name));
    const reading = columns.map(({ name, type }) => readingOf(name, type)).join(', ');
    const result = await connection.stream(`SELECT ${reading} FROM read_parquet(${textLiteral(path)})`);
    for await (const rows of result.yieldRows()) {
      yield rows.map((row) =>
        Object.fromEntries(columns.map(({ name }, index) => [name, plain(row[index])])),
      );
    }
  } catch (cause) {
    if (cause instanceof EvidenceError) throw cause;
    throw unreadable(path, cause);
  }
}

/** The base IRI that a Parquet file of evidence notes; undefined when it notes none. */
export async function baseOfParquet(path: string): Promise<string | undefined> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `SELECT decode(value) FROM parquet_kv_metadata(${textLiteral(path)}) WHERE decode(key) = '${BASE_KEY}'`,
    );
    const value = reader.getRows()[0]?.[0];
    return typeof value === 'string' ? value : undefined;
  } catch (cause) {
    throw unreadable(path, cause);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
