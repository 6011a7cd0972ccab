/** Registers and retires objectives: what changes something is a new revision, what does not records nothing. */
import type { Recorder } from '../../evidence/index.js';
import {
  type EventContent,
  type EventReceipt,
  type Instant,
  identityOf,
  identityOfContent,
  instantOf,
} from '../../model/index.js';
import { SLO_DOOR } from './alerts.js';
import type { SloHistory, SloRevision } from './status.js';

/** What the book works with. */
export interface SloBookParts {
  readonly recorder: Pick<Recorder, 'record'>;
  /** All revisions, those that were just recorded too. */
  readonly histories: () => readonly SloHistory[];
}

/** The revision in force after a registration, and whether it is a new one. */
export interface Registered {
  readonly revision: SloRevision;
  readonly isNew: boolean;
}

/** What a revision says, without when and how it came. */
function saidBy(revision: SloRevision | EventContent<'slo'>): string {
  const { at: _at, ...said } = revision;
  const ways = new Set(['id', 'receivedAt', 'door']);
  const entries = Object.entries(said).filter(([name, value]) => !ways.has(name) && value !== undefined);
  return JSON.stringify(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a revision says what this content says. */
export function saysTheSame(revision: SloRevision, content: EventContent<'slo'>): boolean {
  return saidBy(revision) === saidBy(content);
}

/** The way in for objectives that people and folders give. */
export class SloBook {
  readonly #parts: SloBookParts;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: SloBookParts) {
    this.#parts = parts;
  }

  /** All revisions of an objective; undefined when there was never one of that name. */
  historyOf(name: string): SloHistory | undefined {
    return this.#parts.histories().find((history) => history[0]?.slo === name);
  }

  /**
   * Registers an objective as it is from now on. Saying what is in force records nothing; `key`, an id of the client's
   * own, makes sending twice record once even where the objective was changed in between.
   */
  register(content: EventContent<'slo'>, now: Instant, key?: string): Promise<Registered> {
    return this.#inTurn(async () => {
      const known = this.historyOf(content.slo)?.at(-1);
      if (known !== undefined && saysTheSame(known, content)) return { revision: known, isNew: false };
      return await this.#record(content, known, now, key);
    });
  }

  /** Ends an objective; undefined when there was never one of that name, and nothing new when it has ended. */
  retire(name: string, now: Instant, reason?: string, key?: string): Promise<Registered | undefined> {
    return this.#inTurn(async () => {
      const known = this.historyOf(name)?.at(-1);
      if (known === undefined) return undefined;
      if (known.retired === true) return { revision: known, isNew: false };
      const content: EventContent<'slo'> = {
        kind: 'slo',
        at: now,
        slo: name,
        retired: true,
        ...(known.service === undefined ? {} : { service: known.service }),
        ...(reason === undefined ? {} : { reason }),
      };
      return await this.#record(content, known, now, key);
    });
  }

  async #record(
    content: EventContent<'slo'>,
    known: SloRevision | undefined,
    now: Instant,
    key: string | undefined,
  ): Promise<Registered> {
    // Revisions of one millisecond would have no order.
    const at = instantOf(Math.max(content.at, (known?.at ?? 0) + 1));
    const timed = { ...content, at };
    const id =
      key === undefined ? identityOfContent(timed) : identityOf('slo-registration', content.slo, key);
    const sent = this.historyOf(content.slo)?.find((revision) => revision.id === id);
    if (sent !== undefined) return { revision: sent, isNew: false };
    const revision: EventReceipt<'slo'> = { ...timed, id, receivedAt: now, door: SLO_DOOR };
    await this.#parts.recorder.record({ events: [revision] }, SLO_DOOR);
    return { revision, isNew: true };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
