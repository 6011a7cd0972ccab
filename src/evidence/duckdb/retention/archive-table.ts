import type { DuckDBConnection } from '@duckdb/node-api';
import type { ArchivedKind } from '../../retention.js';

/**
 * The files of the archive, a row each. A file counts from the transaction on that takes its rows out of the store;
 * one that lies in the folder and has no row here is what a crash left, and is written again.
 */
export const archiveTable = `
  CREATE TABLE archive (
    file VARCHAR, kind VARCHAR, "from" BIGINT, until BIGINT, "firstAt" BIGINT, "lastAt" BIGINT, receipts UBIGINT,
    bytes UBIGINT, sha256 VARCHAR, rule VARCHAR, "archivedAt" BIGINT
  );
`;

/** A span of time, `from <= at < until`, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** A file of the archive. Its span is all that the store gave up for it; no receipt of another file lies in it twice. */
export interface ArchiveFile extends Span {
  /** Below the data folder, with slashes: `archive/sample/2026-01-02.parquet`. */
  readonly file: string;
  readonly kind: ArchivedKind;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly receipts: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly rule: string;
  readonly archivedAt: number;
}

/** Every file of the archive, in the order in which they were written. */
export async function readArchive(connection: DuckDBConnection): Promise<readonly ArchiveFile[]> {
  const reader = await connection.runAndReadAll(
    `SELECT file, kind, "from", until, "firstAt", "lastAt", receipts, bytes, sha256, rule, "archivedAt"
     FROM archive ORDER BY rowid`,
  );
  return reader.getRows().map(([file, kind, ...rest]) => {
    const [from, until, firstAt, lastAt, receipts, bytes, sha256, rule, archivedAt] = rest;
    return {
      file: String(file),
      // Written by noteArchive from one of these.
      kind: String(kind) as ArchivedKind,
      from: Number(from),
      until: Number(until),
      firstAt: Number(firstAt),
      lastAt: Number(lastAt),
      receipts: Number(receipts),
      bytes: Number(bytes),
      sha256: String(sha256),
      rule: String(rule),
      archivedAt: Number(archivedAt),
    };
  });
}

/** Notes a file, inside the transaction that deletes its rows from the store. */
export async function noteArchive(connection: DuckDBConnection, file: ArchiveFile): Promise<void> {
  await connection.run(
    `INSERT INTO archive VALUES ($file, $kind, $from::BIGINT, $until::BIGINT, $firstAt::BIGINT, $lastAt::BIGINT,
       $receipts::UBIGINT, $bytes::UBIGINT, $sha256, $rule, $archivedAt::BIGINT)`,
    { ...file },
  );
}
