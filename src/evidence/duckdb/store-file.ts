/** The file of the store, below the data folder; its write-ahead log stands beside it. */
export const STORE_FILE = 'evidence.duckdb';

/** The folder within a data folder that a restore fills; while it is there the restore has not come to its end. */
export const RESTORING = '.restoring';

/** The folder within a restored data folder with what was signed of the log by a key that was not in the backup. */
export const RESTORED_LOG = 'restored-log';
