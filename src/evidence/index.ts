export { type DuckDbOptions, type OpenedStore, openDuckDbStore } from './duckdb/open.js';
export { type EvidenceCode, EvidenceError } from './errors.js';
export * from './recorder.js';
export * from './rows.js';
export * from './store.js';
