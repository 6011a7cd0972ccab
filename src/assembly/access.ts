/** Opens what says who may ask. */
import type { FastifyBaseLogger } from 'fastify';
import { TokenBook } from '../access/index.js';
import type { Config } from '../config/index.js';
import type { Clock } from '../model/index.js';
import { Gate } from '../serve/index.js';
import type { Shutdown } from '../shutdown.js';

/** What the gate is opened with. */
export interface GateGround {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
  readonly shutdown: Shutdown;
}

/** Opens the gate over the tokens of the data folder. Fails with `bad-file` when those cannot be read. */
export async function openGate({ config, clock, logger, shutdown }: GateGround): Promise<Gate> {
  const tokens = await TokenBook.open({
    ...{ folder: config.data, clock },
    onFailure: (err) => logger.error({ err }, 'the tokens cannot be read; those known before still hold'),
  });
  shutdown.add('tokens', () => tokens.close());
  return new Gate({ mode: config.auth, tokens });
}
