#!/usr/bin/env node
import { type Outside, runCli, type StopSignal } from './cli/index.js';
import { VERSION } from './version.js';

/** How long the process may live on after its verb has ended, in milliseconds. */
const LINGER_MS = 1_000;

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM'];

const outside: Outside = {
  version: VERSION,
  // Loaded when they are wanted: verbs that only ask a server need no engine.
  start: async (settings) => (await import('./app.js')).startApp(settings),
  schema: async () => (await import('./app.js')).printGraphqlSchema(),
  env: process.env,
  input: process.stdin,
  out: process.stdout,
  err: process.stderr,
  fetch,
  onSignal: (listener) => {
    for (const signal of stopSignals) process.on(signal, listener);
    return () => {
      for (const signal of stopSignals) process.off(signal, listener);
    };
  },
  onReload: (listener) => {
    process.on('SIGHUP', listener);
    return () => process.off('SIGHUP', listener);
  },
  exitNow: (code) => process.exit(code),
};

/** What cannot be told any more, since the reader of a pipe has gone (`head`), changes nothing of what is done. */
function outlive(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (stream !== process.stderr) process.stderr.write(`genchi: cannot write: ${error.message}\n`);
    process.exit(1);
  });
}
outlive(process.stdout);
outlive(process.stderr);

const code = await runCli(process.argv.slice(2), outside);
// A verb may have set a code of its own without an error.
if (code !== 0) process.exitCode = code;
// All is done by now: what could not be closed must not keep the process.
setTimeout(() => process.exit(), LINGER_MS).unref();
