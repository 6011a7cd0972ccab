import type { Config } from '../config/index.js';

/** A server that was started inside this process. */
export interface RunningApp {
  /** Where it listens, without a slash at the end: `http://127.0.0.1:4600`. */
  readonly url: string;
  /** Resolves when the store and the knowledge graph are loaded; rejects when they cannot be. */
  readonly ready: Promise<void>;
  /** Reads again what may change while it runs: the certificate. What cannot be used is logged and changes nothing. */
  reload(): Promise<void>;
  /** Rejects when the server can record nothing any more: it has to be started again, by whoever watches over it. */
  readonly broken: Promise<never>;
  /** Not ready, stop accepting, drain, commit, close; may be called more than once. */
  close(): Promise<void>;
}

/** Starts a server; what is not given has its default. Resolves once it listens. */
export type StartApp = (settings: Partial<Config>) => Promise<RunningApp>;
