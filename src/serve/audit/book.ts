import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { type Act, auditReceipt, type Principal, type TokenRecord } from '../../access/index.js';
import type { Recorder } from '../../evidence/index.js';
import type { Clock, EventReceipt } from '../../model/index.js';
import { RefusedActs } from './refused-acts.js';

/** What the book writes with. */
export interface AuditParts {
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly logger: FastifyBaseLogger;
}

/** Who acted, as an act tells it. */
export function actorOf({ name, method }: Principal): Pick<Act, 'actor' | 'actorMethod'> {
  return { actor: name, actorMethod: method };
}

/** What was done to Genchi, a receipt an act. */
export class AuditBook {
  readonly #parts: AuditParts;
  /** The keys of what was told of tokens. */
  readonly #told = new Set<string>();
  readonly #refused: RefusedActs;

  constructor(parts: AuditParts) {
    this.#parts = parts;
    this.#refused = new RefusedActs(parts.clock, (act) => this.note(act));
  }

  /** Records an act that somebody was kept from: the first of its kind in a minute, and how many followed. */
  async refuse(act: Omit<Act, 'outcome'>): Promise<void> {
    await this.#refused.refuse({ ...act, outcome: 'refused' });
  }

  /** Records what is folded still. */
  async close(): Promise<void> {
    await this.#refused.flush();
  }

  /** Records an act; resolves after its commit. What cannot be recorded is logged: the act was done. */
  async note(act: Act): Promise<void> {
    const now = this.#parts.clock();
    await this.#record([auditReceipt(act, { at: now, now, key: randomUUID() })]);
  }

  /** Records who made and who revoked each token, once, whenever the file of tokens was changed. */
  async noteTokens(tokens: readonly TokenRecord[]): Promise<void> {
    const now = this.#parts.clock();
    const acts = tokens.flatMap(({ id, name, createdAt, createdBy, revokedAt, revokedBy }) => [
      { key: `token.created ${id}`, at: createdAt, actor: createdBy, action: 'token.created', name },
      ...(revokedAt === undefined
        ? []
        : [
            {
              key: `token.revoked ${id}`,
              at: revokedAt,
              actor: revokedBy ?? '',
              action: 'token.revoked',
              name,
            },
          ]),
    ]);
    const fresh = acts.filter(({ key }) => !this.#told.has(key));
    for (const { key } of fresh) this.#told.add(key);
    // The same key is the same receipt: those recorded by an earlier process are not recorded again.
    await this.#record(
      fresh.map(({ key, at, actor, action, name }) =>
        auditReceipt(
          { actor, actorMethod: 'folder', action, actedOn: name, outcome: 'done' },
          { at, now, key },
        ),
      ),
    );
  }

  async #record(events: readonly EventReceipt<'audit'>[]): Promise<void> {
    if (events.length === 0) return;
    try {
      await this.#parts.recorder.record({ events }, 'genchi');
    } catch (err) {
      for (const { actor, action, actedOn } of events) {
        this.#parts.logger.error({ err, actor, action, actedOn }, 'an act could not be recorded');
      }
    }
  }
}
