export { Compactor, type CompactorOptions } from './compactor.js';
export { type DuckDbOptions, type OpenedStore, openDuckDbStore } from './duckdb/open.js';
export { type EvidenceCode, EvidenceError } from './errors.js';
export * from './recorder.js';
export * from './store.js';
