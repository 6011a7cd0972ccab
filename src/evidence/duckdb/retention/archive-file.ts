/** Writes a file of the archive so that it is there whole, or not at all. */
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DAY_MS, type EventKind, formatInstant, instantOf, kinds } from '../../../model/index.js';
import type { ArchivedKind } from '../../retention.js';
import { HEAD_COLUMNS, quoted } from '../schema.js';
import { hashOfFile } from './archive.js';
import type { ArchiveFile, Span } from './archive-table.js';
import { rowsOfKind, within } from './due.js';

/** The folder of the archive, below that of the data. */
export const ARCHIVE_FOLDER = 'archive';
const UNFINISHED = '.part';
const ROWS_PER_GROUP = 122_880;

/** The name of the next file of a kind and a day, below the data folder; the second of a day has a number, and so on. */
export function nameOf(kind: ArchivedKind, { from }: Span, files: readonly ArchiveFile[]): string {
  const day = formatInstant(instantOf(Math.floor(from / DAY_MS) * DAY_MS)).slice(0, 10);
  const stem = `${ARCHIVE_FOLDER}/${kind}/${day}`;
  const before = files.filter(({ file }) => file === `${stem}.parquet` || file.startsWith(`${stem}.`)).length;
  return before === 0 ? `${stem}.parquet` : `${stem}.${before + 1}.parquet`;
}

/** What stands in a file: of samples the number, the identity and the metric of their series; of events their kind's fields. */
function selectionOf(kind: ArchivedKind, span: Span): string {
  const { table, condition } = rowsOfKind(kind);
  const rows = `${table} WHERE ${within(span)} AND ${condition}`;
  if (kind !== 'sample') {
    const columns = [...HEAD_COLUMNS, ...Object.keys(kinds[kind satisfies EventKind].fields)];
    return `SELECT ${columns.map(quoted).join(', ')} FROM ${rows} ORDER BY event."at", event.id`;
  }
  return `SELECT r.series, r."at", r.value, s.key, s.metric, s.service, r.batch
    FROM (SELECT series, "at", value, batch FROM ${rows}) AS r JOIN series AS s ON r.series = s.ref
    ORDER BY r.series, r."at"`;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes the rows of a kind and a span to a file below the data folder, within the open transaction of `run`: under a
 * name of its own first, then flushed, then renamed. Answers its size in bytes and its SHA-256.
 */
export async function writeArchiveFile(
  run: (statement: string) => Promise<number>,
  folder: string,
  { file, kind, span }: { readonly file: string; readonly kind: ArchivedKind; readonly span: Span },
  signal: AbortSignal,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const path = join(folder, file);
  const unfinished = `${path}${UNFINISHED}`;
  await mkdir(dirname(path), { recursive: true });
  await run(
    `COPY (${selectionOf(kind, span)}) TO '${unfinished.replaceAll("'", "''")}'
     (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROWS_PER_GROUP})`,
  );
  const sha256 = await hashOfFile(unfinished, signal);
  const { size: bytes } = await stat(unfinished);
  await sync(unfinished);
  await rename(unfinished, path);
  await sync(dirname(path));
  return { bytes, sha256 };
}

/** Removes what an end in the middle of writing has left. */
export async function removeUnfinished(folder: string): Promise<void> {
  const root = join(folder, ARCHIVE_FOLDER);
  const names = await readdir(root, { recursive: true }).catch((): string[] => []);
  await Promise.all(
    names.filter((name) => name.endsWith(UNFINISHED)).map((name) => rm(join(root, name), { force: true })),
  );
}
