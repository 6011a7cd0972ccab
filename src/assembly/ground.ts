/** What every room of a server is opened with. */
import type { FastifyBaseLogger } from 'fastify';
import { type Config, withDefaults } from '../config/index.js';
import { type Clock, instantOf } from '../model/index.js';
import { createLogger, type Gate, type HttpOptions, Metrics, Subscribers } from '../serve/index.js';
import { Shutdown } from '../shutdown.js';
import { VERSION } from '../version.js';
import { openGate } from './access.js';

/** What a test may replace. */
export interface AppParts {
  readonly clock?: Clock;
  readonly logger?: FastifyBaseLogger;
  /** What the headers of federation endpoints refer to; that of the process unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A clock that only goes forward, in milliseconds. */
export const stopwatch = (): number => performance.now();

/** What every room is opened with. */
export interface Ground {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Metrics;
  readonly http: HttpOptions;
  readonly env: NonNullable<AppParts['env']>;
  readonly shutdown: Shutdown;
  readonly subscribers: Subscribers;
  readonly gate: Gate;
  /** Told when the store can record nothing any more. */
  readonly onBroken: (failure: Error) => void;
  /** Told when the log is not what was signed. */
  readonly onLogFault: (why: string) => void;
  /** Told why nothing can be recorded, and undefined when it can be again. */
  readonly onDiskFault: (why: string | undefined) => void;
}

const nobodyHears = {
  onBroken: () => undefined,
  onLogFault: () => undefined,
  onDiskFault: () => undefined,
};

/** The ground of a server with these settings; what a test does not replace is that of the process. */
export async function groundOf(
  settings: Partial<Config>,
  parts: AppParts,
  told: Pick<Ground, 'onBroken' | 'onLogFault' | 'onDiskFault'> = nobodyHears,
): Promise<Ground> {
  const config = withDefaults(settings);
  const clock = parts.clock ?? (() => instantOf(Date.now()));
  const { logLevel, logFormat, bodyBytes } = config;
  const text = logFormat === 'text' || (logFormat === 'auto' && process.stderr.isTTY === true);
  const logger = parts.logger ?? createLogger(logLevel, text ? 'text' : 'json');
  const metrics = new Metrics({
    version: VERSION,
    services: config.metricsServices,
    onServicesFull: (service) =>
      logger.warn(
        { service, metricsServices: config.metricsServices },
        'not every service has series of its own at /metrics: raise metricsServices',
      ),
  });
  const shutdown = new Shutdown(logger);
  const gate = await openGate({ config, clock, logger, metrics, shutdown });
  return {
    config,
    clock,
    logger,
    metrics,
    env: parts.env ?? process.env,
    http: {
      logger,
      bodyBytes,
      access: gate,
      tls: config.tlsCert !== '',
      observeRequest: (figures) => metrics.requested(figures),
    },
    shutdown,
    gate,
    ...told,
    subscribers: new Subscribers(config.graphqlSubscribers),
  };
}
