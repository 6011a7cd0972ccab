import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { startApp } from '../../src/app.js';
import { formatInstant, instantOf } from '../../src/model/index.js';
import { type Ran, run } from './outside.js';

/** A sample for the events door. */
export interface MetricLine {
  readonly service: string;
  readonly metric: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A real server with a folder of its own, asked by the command line. */
export interface KaizenServer {
  readonly url: string;
  readonly ask: (...argv: readonly string[]) => Promise<Ran>;
  readonly record: (lines: readonly MetricLine[]) => Promise<Ran>;
  readonly close: () => Promise<void>;
}

/** Starts a server at a port of its own. */
export async function kaizenServer(): Promise<KaizenServer> {
  const folder = mkdtempSync(join(tmpdir(), 'genchi-kaizen-'));
  const app = await startApp({ port: 0, data: join(folder, 'data') }, { logger: pino({ level: 'silent' }) });
  await app.ready;
  return {
    url: app.url,
    ask: (...argv) => run([...argv, '--url', app.url]),
    record: (lines) => {
      const text = lines.map(({ at, ...rest }) => {
        const time = formatInstant(instantOf(at));
        return `${JSON.stringify({ kind: 'metric', time, ...rest })}\n`;
      });
      return run(['record', '-', '--url', app.url], { input: Readable.from(text) });
    },
    close: async () => {
      await app.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
