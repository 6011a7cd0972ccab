/** Opens what says who may ask. */
import type { FastifyBaseLogger } from 'fastify';
import { Issuers, Passwords, TokenBook } from '../access/index.js';
import { type Config, isLoopback } from '../config/index.js';
import type { Clock } from '../model/index.js';
import { fetchTrusting } from '../outgoing/index.js';
import { type AuditBook, Gate, type Metrics } from '../serve/index.js';
import type { Shutdown } from '../shutdown.js';
import type { Ground } from './ground.js';

/** What the gate is opened with. */
export interface GateGround {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Metrics;
  readonly shutdown: Shutdown;
}

/** What others can reach, and nobody asked to have open, is closed even where its file of tokens holds none. */
function modeOf({ auth, host, insecure }: Config): Config['auth'] {
  return auth === 'auto' && !insecure && !isLoopback(host) ? 'required' : auth;
}

/** Tells when the last way to come in goes while the gate stays closed; answers how to end that. */
function tellWhenKeyless(gate: Gate, logger: FastifyBaseLogger): () => Promise<void> {
  const forget = gate.tokens.onChange(() => {
    if (!gate.isAsked || gate.hasKeys) return;
    logger.warn(
      'there are no tokens any more, and this server stays closed to everybody until it is started again: ' +
        'genchi token create makes a new one, which holds at once',
    );
  });
  return async () => forget();
}

/**
 * Opens the gate over the tokens of the data folder, and the identity providers and users of the settings. Fails with
 * `bad-file` when the tokens cannot be read.
 */
export async function openGate({ config, clock, logger, metrics, shutdown }: GateGround): Promise<Gate> {
  const tokens = await TokenBook.open({
    ...{ folder: config.data, clock },
    onFailure: (err) =>
      logger.error(
        { err },
        'the tokens cannot be read, or their use not be written down; those known before still hold',
      ),
  });
  shutdown.add('tokens', () => tokens.close());
  const passwords = new Passwords(config.basicAuth, clock);
  shutdown.add('passwords', () => passwords.close());
  const gate = new Gate({
    ...{ mode: modeOf(config), clock, tokens, passwords },
    issuers: new Issuers(config.oidc, clock, fetchTrusting(config.caFile)),
    secure: config.tlsCert !== '' || config.publicUrl.startsWith('https:'),
  });
  gate.refusals.subscribe((refusal) => {
    metrics.access.refused(refusal);
    if (!refusal.isBulk) return;
    logger.warn({ address: refusal.address }, 'many wrong credentials from this address; it has to wait');
  });
  shutdown.add('watch over the gate', tellWhenKeyless(gate, logger));
  metrics.access.attach({ sessions: () => gate.sessions.size, tokens: () => tokens.all() });
  return gate;
}

/** Records what is done to tokens, and who tries in vain and in bulk, from now on. */
export function auditAccess({ gate, shutdown }: Pick<Ground, 'gate' | 'shutdown'>, book: AuditBook): void {
  const noteTokens = (): void => void book.noteTokens(gate.tokens.all());
  noteTokens();
  const forget = [
    gate.tokens.onChange(noteTokens),
    gate.refusals.subscribe(({ isBulk, method, why, address }) => {
      if (why === 'cross-site') {
        const action = 'request from a page of another site';
        void book.refuse({ actor: 'unknown', actorMethod: 'nobody', action, reason: 'forbidden', address });
      }
      if (!isBulk) return;
      const act = { actor: 'unknown', actorMethod: 'nobody', action: `login by ${method}` } as const;
      void book.note({ ...act, outcome: 'refused', reason: 'too-many-attempts', address });
    }),
  ];
  shutdown.add('audit of access', async () => {
    for (const end of forget) end();
    await book.close();
  });
}
