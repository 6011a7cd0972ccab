/** Looks into the store of a data folder without changing it, and without disturbing a server that has it open. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { type Instant, instantOf } from '../../model/index.js';
import { failureOf } from './engine-failure.js';
import { SCHEMA_VERSION } from './schema.js';
import { RESTORING, STORE_FILE } from './store-file.js';

/** What a look into a store found. */
export type StoreLook =
  | { readonly state: 'none' }
  /** Another process has it open; `by` is its process id where the engine tells it. */
  | { readonly state: 'in-use'; readonly by: number | undefined }
  | { readonly state: 'failed'; readonly why: string }
  | {
      readonly state: 'readable';
      readonly schema: number;
      /** The schema that this version of Genchi writes. */
      readonly known: number;
      readonly baseIri: string;
      readonly batches: number;
      /** When the last batch was committed; undefined where there is none. */
      readonly committedAt: Instant | undefined;
      readonly bytes: number;
    };

async function lookWithin(connection: DuckDBConnection, bytes: number): Promise<StoreLook> {
  const meta = await connection.runAndReadAll('SELECT key, value FROM meta');
  const values = new Map(meta.getRows().map(([key, value]) => [String(key), String(value)]));
  const last = await connection.runAndReadAll(
    'SELECT count(*)::DOUBLE, max("committedAt")::DOUBLE FROM batch',
  );
  const [batches, committedAt] = last.getRows()[0] ?? [];
  return {
    ...{ state: 'readable', known: SCHEMA_VERSION, bytes, batches: Number(batches) },
    schema: Number(values.get('schema')),
    baseIri: values.get('base') ?? '',
    committedAt: typeof committedAt === 'number' ? instantOf(committedAt) : undefined,
  };
}

/** Looks into the store of a folder, read-only. */
export async function lookIntoStore(folder: string): Promise<StoreLook> {
  const path = join(folder, STORE_FILE);
  const size = await stat(path).catch(() => undefined);
  if ((await stat(join(folder, RESTORING)).catch(() => undefined)) !== undefined) {
    return { state: 'failed', why: 'A backup was being restored into it and did not come to its end.' };
  }
  if (size === undefined) return { state: 'none' };
  try {
    const options = { access_mode: 'READ_ONLY', threads: '1', memory_limit: '256MiB' };
    const instance = await DuckDBInstance.create(path, options);
    try {
      const connection = await instance.connect();
      const look = await lookWithin(connection, size.size);
      connection.closeSync();
      return look;
    } finally {
      instance.closeSync();
    }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (!/Could not set lock/i.test(text)) return { state: 'failed', why: failureOf(error, 'read').message };
    const pid = /\(PID (\d+)\)/.exec(text)?.[1];
    return { state: 'in-use', by: pid === undefined ? undefined : Number(pid) };
  }
}
