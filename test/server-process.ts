import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The built command line. */
export const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A run of `genchi`: what it wrote, and how it ended. */
export interface Run {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly out: () => string;
  readonly err: () => string;
  readonly exited: Promise<number | null>;
  /** Resolves when standard error matches; fails when the process ends before that. */
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
}

/** The environment without any setting of Genchi. */
function plainEnv(): NodeJS.ProcessEnv {
  const names = Object.keys(process.env).filter((name) => !name.startsWith('GENCHI_'));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

/** Runs the built `genchi` as a process of its own. */
export function genchi(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string; cwd?: string } = {},
): Run {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...plainEnv(), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  child.stdin.end(options.input ?? '');
  const exited = once(child, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(err);
        if (match !== null) resolve(match);
      };
      child.stderr.on('data', look);
      exited.then((code) => {
        look();
        reject(new TypeError(`ended with ${code} before it said ${pattern}: ${err}`));
      });
      look();
    });
  return { child, out: () => out, err: () => err, exited, says };
}

/** A server in a process of its own. */
export interface ServerProcess extends Run {
  readonly url: string;
}

/** Starts `genchi serve` on a free port and waits until it is ready. */
export async function serveProcess(data: string, args: readonly string[] = []): Promise<ServerProcess> {
  const run = genchi(['serve', '--port', '0', '--data', data, '--log-format', 'json', ...args]);
  const [, url = ''] = await run.says(/"url":"([^"]+)"[^\n]*"msg":"listening"/);
  await run.says(/"msg":"ready"/);
  return { ...run, url };
}
