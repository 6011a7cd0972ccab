import type { Clock } from '../../model/index.js';
import type { EvidenceStore } from '../store.js';

/** Settings of the embedded store. */
export interface DuckDbOptions {
  /** The folder of the store, made when it is missing. */
  readonly folder: string;
  readonly clock: Clock;
  /** Memory that DuckDB may use, in MiB. */
  readonly memoryMiB: number;
  /** Threads that DuckDB may use. */
  readonly threads: number;
}

/** An open embedded store with the base IRI that its folder was made for. */
export interface OpenedStore {
  readonly store: EvidenceStore;
  readonly baseIri: string;
}

/** Opens the store of a data folder; a fresh folder is made for `publicUrl`, an old one keeps the one it has. */
export declare function openDuckDbStore(
  options: DuckDbOptions & { readonly publicUrl: string },
): Promise<OpenedStore>;
