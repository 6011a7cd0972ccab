/** Tells webhooks of incidents: what happened, and what may have caused it. */
import { type Clock, type Iris, identityOf } from '../../model/index.js';
import type { Incident, IncidentChange, RunbookMatches, Schedule } from '../../rca/index.js';
import { ServeError } from '../errors.js';
import { Courier, type CourierFigures, type Notification } from './courier.js';
import { Outbox, type Undelivered } from './outbox.js';
import { PAYLOAD_SCHEMA, payloadOf } from './payload.js';
import { type Sent, send, type WebhookTarget } from './send.js';

export type { CourierFigures } from './courier.js';
export type { Sent } from './send.js';

/** A webhook, and which changes it is told of. */
export interface Webhook extends WebhookTarget {
  readonly events: readonly IncidentChange['type'][];
}

/** What webhooks are told with. */
export interface WebhookParts {
  readonly hooks: readonly Webhook[];
  /** The data folder, where what is to be sent is kept over a restart. */
  readonly folder: string;
  readonly iris: Iris;
  readonly clock: Clock;
  readonly schedule: Schedule;
  readonly random: () => number;
  /** How receivers are asked; as Node does unless given. */
  readonly ask?: typeof fetch;
  readonly incident: (id: string) => Promise<Incident | undefined>;
  readonly runbooks: (incident: Incident) => Promise<RunbookMatches>;
  readonly logger: { warn(fields: object, message: string): void };
}

const isType = (text: string, types: readonly IncidentChange['type'][]) =>
  types.find((type) => type === text);

/** All webhooks. Delivery is at least once: receivers know a change by its id, the header `idempotency-key`. */
export class Webhooks {
  readonly #parts: WebhookParts;
  readonly #outbox: Outbox;
  readonly #couriers: ReadonlyMap<string, Courier>;

  /** What an earlier process left, until it is taken up. */
  #left: Undelivered;

  private constructor(parts: WebhookParts, outbox: Outbox, left: Undelivered) {
    this.#parts = parts;
    this.#outbox = outbox;
    this.#left = left;
    const { hooks, clock, schedule, random, logger } = parts;
    const shared = {
      clock,
      schedule,
      random,
      ask: parts.ask,
      write: (notification: Notification) => this.#write(notification),
      changed: () => this.#outbox.save(() => this.#undelivered()),
      warn: (fields: object, message: string) => logger.warn(fields, message),
    };
    this.#couriers = new Map(hooks.map((hook) => [hook.name, new Courier(hook, shared)]));
  }

  /** Reads what an earlier process left undelivered; call `resume` once incidents can be asked for. */
  static async open(parts: WebhookParts): Promise<Webhooks> {
    const outbox = new Outbox(parts.folder, (err) =>
      parts.logger.warn({ err }, 'undelivered notifications of webhooks cannot be kept over a restart'),
    );
    return new Webhooks(parts, outbox, parts.hooks.length === 0 ? {} : await outbox.read());
  }

  /** Takes up what an earlier process left undelivered. */
  resume(): void {
    const left = Object.entries(this.#left);
    this.#left = {};
    for (const [name, notifications] of left) {
      for (const one of notifications) this.#couriers.get(name)?.push(one);
    }
  }

  /** Tells of a change those who want to hear of it; returns at once. */
  tell({ type, id, at, incident }: IncidentChange): void {
    for (const { name, events } of this.#parts.hooks) {
      if (!events.includes(type)) continue;
      this.#couriers.get(name)?.push({ id, event: type, incident: incident.id, at });
    }
  }

  /** Sends a notification of the event `test` now, once; fails with `not-found` where no webhook has the name. */
  async test(name: string): Promise<Sent> {
    const hook = this.#parts.hooks.find((one) => one.name === name);
    if (hook === undefined) throw new ServeError('not-found', `there is no webhook ${name}`);
    const at = new Date(this.#parts.clock()).toISOString();
    const id = identityOf('webhook-test', name, at);
    const body = JSON.stringify({ schema: PAYLOAD_SCHEMA, id, event: 'test', at });
    return await send(hook, { id, event: 'test', body }, new AbortController().signal, this.#parts.ask);
  }

  figures(): readonly CourierFigures[] {
    return [...this.#couriers.values()].map((courier) => courier.figures());
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.#couriers.values()].map((courier) => courier.idle()));
    await this.#outbox.idle();
  }

  /** Ends what is under way; it is sent again by the next process. */
  async close(): Promise<void> {
    await Promise.all([...this.#couriers.values()].map((courier) => courier.close()));
    await this.#outbox.idle();
  }

  /** The incident as it stands when it is told of, which may be later than the change. */
  async #write({ id, event, incident: name, at }: Notification): Promise<string | undefined> {
    const { incident: read, runbooks, iris, hooks } = this.#parts;
    const incident = await read(name);
    const type = isType(
      event,
      hooks.flatMap(({ events }) => events),
    );
    if (incident === undefined || type === undefined) return undefined;
    return payloadOf({ type, id, at, incident }, await runbooks(incident), iris);
  }

  #undelivered(): Undelivered {
    return Object.fromEntries(
      [...this.#couriers].map(([name, courier]) => [
        name,
        [...(this.#left[name] ?? []), ...courier.pending()],
      ]),
    );
  }
}
