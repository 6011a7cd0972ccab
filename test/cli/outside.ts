import { Readable } from 'node:stream';
import { type Outside, runCli, type StopSignal } from '../../src/cli/index.js';

/** What a run of the command line did to the outside. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** An outside that keeps what is written to it. */
export function watchedOutside(parts: Partial<Outside> = {}): Outside & {
  readonly written: { out: string; err: string };
  readonly signal: (signal: StopSignal) => void;
} {
  const written = { out: '', err: '' };
  const listeners = new Set<(signal: StopSignal) => void>();
  return {
    version: '1.2.3',
    start: () => Promise.reject(new TypeError('no server was to be started')),
    schema: async () => 'type Query\n',
    env: {},
    input: Readable.from([]),
    out: {
      write: (text: string) => {
        written.out += text;
      },
    },
    err: {
      write: (text: string) => {
        written.err += text;
      },
    },
    fetch,
    onSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exitNow: () => undefined,
    ...parts,
    written,
    signal: (signal) => {
      for (const listener of listeners) listener(signal);
    },
  };
}

/** Runs a command line inside this process. */
export async function run(argv: readonly string[], parts: Partial<Outside> = {}): Promise<Ran> {
  const outside = watchedOutside(parts);
  const code = await runCli(argv, outside);
  return { code, ...outside.written };
}
