/** Opens what says who may ask. */
import type { FastifyBaseLogger } from 'fastify';
import { Issuers, Passwords, TokenBook } from '../access/index.js';
import type { Config } from '../config/index.js';
import type { Clock } from '../model/index.js';
import { Gate, type Metrics } from '../serve/index.js';
import type { Shutdown } from '../shutdown.js';

/** What the gate is opened with. */
export interface GateGround {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Metrics;
  readonly shutdown: Shutdown;
}

/**
 * Opens the gate over the tokens of the data folder, and the identity providers and users of the settings. Fails with
 * `bad-file` when the tokens cannot be read.
 */
export async function openGate({ config, clock, logger, metrics, shutdown }: GateGround): Promise<Gate> {
  const tokens = await TokenBook.open({
    ...{ folder: config.data, clock },
    onFailure: (err) => logger.error({ err }, 'the tokens cannot be read; those known before still hold'),
  });
  shutdown.add('tokens', () => tokens.close());
  const passwords = new Passwords(config.basicAuth, clock);
  shutdown.add('passwords', () => passwords.close());
  const gate = new Gate({
    ...{ mode: config.auth, clock, tokens, passwords },
    issuers: new Issuers(config.oidc, clock),
    secure: config.publicUrl.startsWith('https:'),
    onRefused: (refusal) => {
      metrics.access.refused(refusal);
      if (refusal.isBulk) {
        logger.warn({ address: refusal.address }, 'many wrong credentials from this address; it has to wait');
      }
    },
  });
  metrics.access.attach({ sessions: () => gate.sessions.size, tokens: () => tokens.all() });
  return gate;
}
