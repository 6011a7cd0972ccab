/** A server from its start to its end. */
import {
  type AppParts,
  certificateOf,
  type Ground,
  groundOf,
  keepCertificate,
  openRooms,
} from './assembly/index.js';
import type { RunningApp } from './cli/index.js';
import { Condition } from './condition.js';
import { type Config, isLoopback } from './config/index.js';
import { createLobby, Listener } from './serve/index.js';
import { within } from './shutdown.js';
import { VERSION } from './version.js';

/** How long answers that are under way may take once the server stops, before their connections are cut. */
const DRAIN_MS = 7_000;

/** Not ready, stop accepting, let answers go out, then close every room: what was taken is committed by then. */
async function stop(
  { logger, shutdown, subscribers }: Ground,
  listener: Listener,
  loading: Promise<void>,
): Promise<void> {
  logger.info('stopping');
  const drained = listener.drain();
  // Those who listen would stay for ever; they are told that it is over.
  subscribers.close();
  // Rooms that are half open cannot be closed; what they fail with was told to whoever waits for `ready`.
  await loading.catch(() => undefined);
  if (!(await within(DRAIN_MS, drained))) {
    logger.warn({ afterMs: DRAIN_MS }, 'cutting connections that are still busy');
    listener.cut();
  }
  await shutdown.run();
  logger.info('stopped');
}

/** A promise that is only ever rejected, from elsewhere; nobody has to wait for it. */
function breakable() {
  let reject: (failure: Error) => void = () => undefined;
  const promise = new Promise<never>((_, no) => {
    reject = no;
  });
  promise.catch(() => undefined);
  return { promise, reject };
}

/**
 * Starts a server: it listens and is healthy at once, and becomes ready when its store and its knowledge are loaded.
 * Fails with `address-unusable` when it cannot listen.
 */
export async function startApp(settings: Partial<Config>, parts: AppParts = {}): Promise<RunningApp> {
  const { promise: broken, reject: breakDown } = breakable();
  const condition = new Condition();
  const ground = await groundOf(settings, parts, {
    onBroken: breakDown,
    onLogFault: (why) => {
      condition.logFault = why;
    },
    onDiskFault: (why) => {
      condition.diskFault = why;
    },
  });
  const { config, http, logger, shutdown } = ground;
  const lobby = await createLobby(http, () => condition.readiness);
  shutdown.add('lobby', () => lobby.close());
  const certificate = await certificateOf(config).catch(async (error: unknown) => {
    await shutdown.run();
    throw error;
  });
  const listener = new Listener(lobby, config, certificate?.options);
  const reload = keepCertificate(ground, listener, certificate);
  const url = await listener.listen(config.host, config.port).catch(async (error: unknown) => {
    await shutdown.run();
    throw error;
  });
  logger.info({ url, version: VERSION }, 'listening');
  if (!isLoopback(config.host) && !http.access.isAsked)
    logger.warn({ host: config.host }, 'open to everyone who reaches this address');
  if (!isLoopback(config.host) && http.access.isAsked && certificate === undefined)
    logger.warn(
      { host: config.host },
      'credentials come in the clear unless a proxy with TLS stands in front',
    );

  const load = async (): Promise<void> => {
    const house = await openRooms(ground, url, (waitingFor) => {
      if (condition.stage.state === 'starting') condition.stage = { state: 'starting', waitingFor };
    });
    if (condition.stage.state !== 'starting') return;
    listener.open(house);
    condition.stage = { state: 'ready' };
    logger.info('ready');
  };
  const ready = load().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    if (condition.stage.state === 'starting') condition.stage = { state: 'failed', why };
    throw error;
  });
  // Whoever waits for it hears of a failure; nobody has to wait.
  ready.catch(() => undefined);

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    condition.stage = { state: 'stopping' };
    closing ??= stop(ground, listener, ready);
    return closing;
  };
  return { url, ready, broken, reload, close };
}

/** The GraphQL schema as text. */
export { schemaSdl as printGraphqlSchema } from './serve/index.js';
