import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunningApp, runCli } from '../../src/cli/index.js';
import type { Config } from '../../src/config/index.js';
import { watchedOutside } from './outside.js';

/** A promise that the test settles. */
function held() {
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, resolve: () => settle?.resolve(), reject: (error: Error) => settle?.reject(error) };
}

/** A server of which the test decides when it is ready and when it is closed. */
function heldApp() {
  const ready = held();
  const closed = held();
  const breaking = held();
  const close = vi.fn(() => closed.promise);
  const reload = vi.fn(async () => undefined);
  const broken = breaking.promise.then(() => new Promise<never>(() => undefined));
  const app: RunningApp = { url: 'http://127.0.0.1:1', ready: ready.promise, broken, reload, close };
  return { app, ready, closed, close, breaking };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function serve(app: RunningApp, argv: readonly string[] = []) {
  const started: Partial<Config>[] = [];
  const exits: number[] = [];
  const outside = watchedOutside({
    start: async (settings) => {
      started.push(settings);
      return app;
    },
    exitNow: (code) => void exits.push(code),
  });
  return { outside, started, exits, ended: runCli(['serve', ...argv], outside) };
}

// The verb is loaded when it is asked for; the tests' clock stands still meanwhile.
beforeAll(() => import('../../src/cli/serve.js'));

describe('genchi serve', () => {
  it('starts a server with the settings of the command line', async () => {
    const { app, closed } = heldApp();
    closed.resolve();
    const { outside, started, ended } = serve(app, [
      '--port',
      '0',
      '--sparql-workers',
      '3',
      '--graphiql',
      'false',
    ]);
    await vi.waitFor(() => expect(started).toHaveLength(1), { timeout: 20_000 });
    expect(started[0]).toMatchObject({ port: 0, sparqlWorkers: 3, graphiql: false, host: '127.0.0.1' });
    outside.signal('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('runs until a signal, then closes and ends with 0', async () => {
    const { app, ready, closed, close } = heldApp();
    const { outside, exits, ended } = serve(app);
    ready.resolve();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(close).not.toHaveBeenCalled();
    outside.signal('SIGINT');
    await vi.waitFor(() => expect(close).toHaveBeenCalledOnce(), { timeout: 20_000 });
    closed.resolve();
    expect(await ended).toBe(0);
    expect(exits).toEqual([]);
  });

  it('may be stopped before it is ready', async () => {
    const { app, closed } = heldApp();
    closed.resolve();
    const { outside, started, ended } = serve(app);
    await vi.waitFor(() => expect(started).toHaveLength(1), { timeout: 20_000 });
    outside.signal('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('closes and ends with 1 when it cannot become ready', async () => {
    const { app, ready, closed, close } = heldApp();
    closed.resolve();
    const { outside, ended } = serve(app);
    ready.reject(new TypeError('no memory'));
    expect(await ended).toBe(1);
    expect(close).toHaveBeenCalledOnce();
    expect(outside.written.err).toMatch(/^genchi: TypeError: no memory\n/);
  });

  it('closes and ends with 1 when it can record nothing any more', async () => {
    const { app, ready, closed, close, breaking } = heldApp();
    closed.resolve();
    const { outside, ended } = serve(app);
    ready.resolve();
    breaking.reject(new TypeError('the engine gave up'));
    expect(await ended).toBe(1);
    expect(close).toHaveBeenCalledOnce();
    expect(outside.written.err).toMatch(/^genchi: TypeError: the engine gave up\n/);
  });

  it('ends at once with 1 on a second signal', async () => {
    const { app, close } = heldApp();
    const { outside, exits } = serve(app);
    await vi.advanceTimersByTimeAsync(0);
    outside.signal('SIGTERM');
    await vi.waitFor(() => expect(close).toHaveBeenCalledOnce(), { timeout: 20_000 });
    expect(exits).toEqual([]);
    outside.signal('SIGTERM');
    expect(exits).toEqual([1]);
  });

  it('ends with 1 when closing takes longer than 10 s', async () => {
    const { app, close } = heldApp();
    const { outside, exits } = serve(app);
    await vi.advanceTimersByTimeAsync(0);
    outside.signal('SIGTERM');
    await vi.advanceTimersByTimeAsync(0);
    expect(close).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(exits).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(exits).toEqual([1]);
    expect(outside.written.err).toBe('genchi: still busy 10 s after the signal; ending anyway\n');
  });
});
