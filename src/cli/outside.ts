import type { StartApp } from './start.js';

/** A stream of text that may be a terminal. */
export interface TextOut {
  readonly isTTY?: boolean;
  /** Whether its reader has gone away. */
  readonly destroyed?: boolean;
  /** Writes; false says to wait for `drain` before more. */
  write(text: string): unknown;
  once?(event: 'drain' | 'close', listener: () => void): unknown;
}

/** A signal that asks the process to end. */
export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Everything outside the process that verbs touch; `main.ts` gives the real ones. */
export interface Outside {
  readonly version: string;
  readonly start: StartApp;
  /** The GraphQL schema as text. */
  readonly schema: () => Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: NodeJS.ReadableStream;
  readonly out: TextOut;
  readonly err: TextOut;
  readonly fetch: typeof fetch;
  /** Calls back on every signal that asks to stop; answers the function that ends it. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
  /** Calls back on every signal that asks to read settings again; answers the function that ends it. */
  onReload?(listener: () => void): () => void;
  /** Ends the process at once, whatever is still open. */
  exitNow(code: number): void;
}
