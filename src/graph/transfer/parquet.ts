import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  baseOfParquet,
  type EvidenceTable,
  type EvidenceTransfer,
  evidenceTables,
  type ForeignRow,
  type TransferBounds,
} from '../../evidence/index.js';
import {
  type FieldType,
  type Instant,
  instantOf,
  isEventKind,
  isIdentity,
  type KindSpec,
  kinds,
  parsePath,
} from '../../model/index.js';
import { assembleEvent, Misfit } from './assemble.js';
import { checkSample, checkSeries, type Decoded } from './decode.js';
import { TransferError } from './errors.js';
import type { ExportRequest } from './export.js';
import { isJson } from './values.js';

/** The file of a table in a folder of Parquet files. */
export function parquetFile(folder: string, table: EvidenceTable): string {
  return join(folder, `${table}.parquet`);
}

/** How far an export to files of columns is. */
export interface ParquetProgress {
  readonly receipts: number;
  readonly total: number;
  readonly bytes: number;
}

async function countRows(
  { store }: ExportRequest,
  table: EvidenceTable,
  bounds: TransferBounds,
): Promise<number> {
  if (table === 'series') return 0;
  const spans = await store.transfer.spans(table, bounds, Number.POSITIVE_INFINITY);
  return spans.reduce((sum, { rows }) => sum + rows, 0);
}

/**
 * Writes the tables of an export as Parquet files into a folder; answers what was written. `onProgress` hears of it
 * before the first and after each table.
 */
export async function exportParquet(
  request: ExportRequest,
  folder: string,
  onProgress: (progress: ParquetProgress) => void,
  signal?: AbortSignal,
): Promise<ParquetProgress> {
  const { store, iris, samples, kinds: ofKinds, since, until } = request;
  const bounds: TransferBounds = {
    ...(ofKinds === undefined ? {} : { kinds: ofKinds }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
  const tables = samples ? evidenceTables : (['event'] as const);
  const rows = new Map<EvidenceTable, number>();
  for (const table of tables) rows.set(table, await countRows(request, table, bounds));
  const total = [...rows.values()].reduce((sum, count) => sum + count, 0);
  let reached: ParquetProgress = { receipts: 0, total, bytes: 0 };
  onProgress(reached);
  for (const table of tables) {
    const path = parquetFile(folder, table);
    await store.transfer.writeParquet({ table, path, bounds, baseIri: iris.base }, signal);
    const { size } = await stat(path);
    reached = { receipts: reached.receipts + (rows.get(table) ?? 0), total, bytes: reached.bytes + size };
    onProgress(reached);
  }
  return reached;
}

/** The tables that a folder has files of. */
export async function parquetTables(folder: string): Promise<readonly EvidenceTable[]> {
  const found = await Promise.all(
    evidenceTables.map((table) =>
      access(parquetFile(folder, table)).then(
        () => [table],
        () => [],
      ),
    ),
  );
  return found.flat();
}

/** The base IRI that the files of a folder were written for; fails with `bad-file` when there are none, or several. */
export async function baseOfFolder(folder: string): Promise<string | undefined> {
  const tables = await parquetTables(folder);
  if (tables.length === 0) {
    throw new TransferError(
      `${folder}: expected ${evidenceTables.map((table) => `${table}.parquet`).join(', ')}`,
    );
  }
  const bases = new Set<string | undefined>();
  for (const table of tables) bases.add(await baseOfParquet(parquetFile(folder, table)));
  if (bases.size > 1) throw new TransferError(`${folder}: its files are of several exports`);
  return [...bases][0];
}

/** Whether a value that stands in a column is one of this type, as a sentence when it is not. */
function faultOfValue(type: FieldType, value: unknown): string | undefined {
  switch (type) {
    case 'text':
    case 'service':
      return typeof value === 'string' ? undefined : 'expected a text';
    case 'json':
      return typeof value === 'string' && isJson(value) ? undefined : 'expected JSON as a text';
    case 'number':
      return typeof value === 'number' ? undefined : 'expected a number';
    case 'integer':
    case 'instant':
      return Number.isSafeInteger(value)
        ? undefined
        : `expected ${type === 'integer' ? 'a whole number' : 'a time'}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'expected true or false';
    case 'receipt':
      return typeof value === 'string' && parsePath(value) !== undefined
        ? undefined
        : 'expected the path of a receipt';
    case 'receipts':
      return Array.isArray(value) && value.every((one) => faultOfValue('receipt', one) === undefined)
        ? undefined
        : 'expected paths of receipts';
  }
}

function labelsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === null || value === undefined) return undefined;
  const labels: unknown = typeof value === 'string' && isJson(value) ? JSON.parse(value) : undefined;
  if (typeof labels !== 'object' || labels === null) throw new Misfit('labels', 'expected a map of texts');
  const entries = Object.entries(labels).map(([name, text]: readonly [string, unknown]) => {
    if (typeof text !== 'string') throw new Misfit(`label ${name}`, 'expected a text');
    return [name, text] as const;
  });
  return Object.fromEntries(entries);
}

const heads: Readonly<Record<string, FieldType>> = {
  receivedAt: 'instant',
  door: 'text',
  service: 'service',
};
const names = new Set(['kind', 'id', 'at', 'labels']);

function timeOf(value: unknown): Instant {
  if (typeof value !== 'number') throw new Misfit('at', 'expected a time');
  return instantOf(value);
}

function eventOf(row: ForeignRow, now: Instant): Decoded {
  const { kind, id } = row;
  if (typeof kind !== 'string' || !isEventKind(kind)) throw new Misfit('kind', 'expected a kind of event');
  if (typeof id !== 'string' || !isIdentity(id)) throw new Misfit('id', 'expected 32 hexadecimal digits');
  const spec: KindSpec = kinds[kind];
  const values = new Map<string, unknown>();
  for (const [name, value] of Object.entries(row)) {
    if (value === null || names.has(name)) continue;
    const type = heads[name] ?? spec.fields[name]?.type;
    if (type === undefined) throw new Misfit(name, `a ${kind} has no such field`);
    const fault = faultOfValue(type, value);
    if (fault !== undefined) throw new Misfit(name, fault);
    values.set(name, value);
  }
  const labels = labelsOf(row.labels);
  if (labels !== undefined) values.set('labels', labels);
  return { type: 'event', event: assembleEvent({ kind, id, at: timeOf(row.at) }, values, now) };
}

function keyOf({ series }: ForeignRow) {
  if (typeof series === 'string' && isIdentity(series)) return series;
  throw new Misfit('series', 'expected 32 hexadecimal digits');
}

/** Reads a row of a table as what it was written from; fails with a {@link Misfit}. */
export function decodeRow(table: EvidenceTable, row: ForeignRow, now: Instant): Decoded {
  switch (table) {
    case 'event':
      return eventOf(row, now);
    case 'series': {
      const key = keyOf(row);
      return { type: 'series', key, labels: checkSeries(key, row.metric, labelsOf(row.labels)) };
    }
    case 'sample': {
      const at = timeOf(row.at);
      const value = checkSample(at, row.value ?? undefined, row.stale, now);
      return { type: 'sample', series: keyOf(row), at, value };
    }
  }
}

const columnsOf: Readonly<Partial<Record<EvidenceTable, readonly string[]>>> = {
  series: ['series', 'metric', 'labels'],
  sample: ['series', 'at', 'value', 'stale'],
};

/** The rows of a table's file in a folder, with only the columns that are read back. */
export function rowsOfTable(
  transfer: EvidenceTransfer,
  folder: string,
  table: EvidenceTable,
): AsyncIterable<readonly ForeignRow[]> {
  return transfer.readParquet(parquetFile(folder, table), columnsOf[table]);
}
