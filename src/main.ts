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
  exitNow: (code) => process.exit(code),
};

// A reader that closes early, such as `head`, is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const code = await runCli(process.argv.slice(2), outside);
// A verb may have set a code of its own without an error.
if (code !== 0) process.exitCode = code;
// All is done by now: what could not be closed must not keep the process.
setTimeout(() => process.exit(), LINGER_MS).unref();
