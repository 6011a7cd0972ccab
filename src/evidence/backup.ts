/** Copies of a whole data folder that stand for themselves: what is asked of the store, and what it answers. */

/** The version of the shape of {@link BackupManifest}. */
export const BACKUP_FORMAT = 'genchi-backup/1';

/** The file of a backup that names all others. */
export const MANIFEST = 'manifest.json';

/** A file of a backup, as it was written. */
export interface BackupFile {
  /** Below the backup's folder, with slashes, as in a data folder: `archive/sample/2026-01-02.parquet`. */
  readonly path: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** What a backup holds. */
export interface BackupManifest {
  readonly format: typeof BACKUP_FORMAT;
  /** When its state of the store was read, RFC 3339. */
  readonly at: string;
  /** The version of the store's tables, and the base that its receipts are named by. */
  readonly schema: number;
  readonly base: string;
  /** What the copy of the store holds; the archive is beside that. */
  readonly commits: number;
  readonly events: number;
  readonly samples: number;
  /** Whether private keys and tokens are in it. */
  readonly withKeys: boolean;
  readonly files: readonly BackupFile[];
  /** Files of the archive that their owner had deleted. */
  readonly missing: readonly string[];
}

/** A backup that was made, read or restored. */
export interface Backup {
  readonly folder: string;
  readonly manifest: BackupManifest;
  /** Of all its files and the manifest. */
  readonly bytes: number;
  /** The SHA-256 of the manifest, and so of everything. */
  readonly sha256: string;
}

/** Where a backup goes. */
export interface BackupRequest {
  /** A folder that is not there yet, or empty; it has this name only once it is whole. */
  readonly into: string;
  /** An earlier backup: files of the archive that it has already are linked, not copied. */
  readonly previous?: string;
  /** Whether private keys and tokens go along; then the folder is as secret as they are. */
  readonly withKeys?: boolean;
}

/** How far a backup is. */
export interface BackupProgress {
  readonly phase: 'store' | 'files';
  /** Bytes written, of about so many. */
  readonly bytes: number;
  readonly total: number;
}

/** The part of the evidence port that copies it. */
export interface EvidenceBackup {
  /**
   * Copies the store as it is at one moment, while appends go on, with its archive and its log. Every block of the
   * store is read and its checksum compared on the way. Fails with `backup-failed`, and leaves nothing then; a signal
   * ends it so, too.
   */
  make(
    request: BackupRequest,
    signal: AbortSignal,
    onProgress?: (reached: BackupProgress) => void,
  ): Promise<Backup>;
}
