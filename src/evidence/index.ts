export * from './buckets.js';
export { Compactor, type CompactorOptions } from './compactor.js';
export { type DuckDbOptions, type OpenedStore, openDuckDbStore } from './duckdb/open.js';
export { baseOfParquet } from './duckdb/parquet.js';
export { type EvidenceCode, EvidenceError } from './errors.js';
export * from './recorder.js';
export * from './rows.js';
export * from './store.js';
export * from './transfer.js';
