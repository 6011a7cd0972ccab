/** What is said of backups. */
import type { BackupCheck } from '../evidence/index.js';
import { bytesText, countText } from './progress.js';
import { formatTable } from './table.js';

/** A backup, however it was made. */
export interface MadeBackup {
  readonly folder: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly events: number;
  readonly samples: number;
  readonly files: number;
  readonly missing: readonly string[];
}

/** A backup that was made, in a few lines. */
export function madeText(backup: MadeBackup, seconds: number): string {
  const { folder, bytes, sha256, events, samples, files, missing } = backup;
  const lost = missing.length === 0 ? '' : `Not there any more: ${missing.join(', ')}\n`;
  return (
    `${folder}: ${countText(events)} events and ${countText(samples)} samples in the store, ${files} files, ` +
    `${bytesText(bytes)}, ${seconds.toFixed(1)} s\nmanifest SHA-256 ${sha256}\n${lost}`
  );
}

/** The files of a backup as a table. */
export function checksText(checks: readonly BackupCheck[]): string {
  const rows = checks.map(({ path, bytes, state }) => [path, bytesText(bytes), state]);
  return formatTable({ columns: ['file', 'size', 'state'], rows });
}
