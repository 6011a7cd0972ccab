/** Tells webhooks of incidents: what happened, and what may have caused it. */
import { type Clock, type Instant, type Iris, identityOf, MINUTE_MS, shift } from '../../model/index.js';
import type { Incident, IncidentChange, RecordedChange, RunbookMatches, Schedule } from '../../rca/index.js';
import { ServeError } from '../errors.js';
import { Courier, type CourierFigures, type Notification } from './courier.js';
import { Outbox, type OutboxState } from './outbox.js';
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
  /** What became of incidents since a time, by their receipts. */
  readonly recorded: (since: Instant) => Promise<readonly RecordedChange[]>;
  readonly runbooks: (incident: Incident) => Promise<RunbookMatches>;
  readonly logger: { warn(fields: object, message: string): void };
}

/** So many changes are remembered by their ids; receipts are read again for as long before the last one. */
const MOST_TOLD = 500;
const OVERLAP_MS = 5 * MINUTE_MS;

const isType = (text: string, types: readonly IncidentChange['type'][]) =>
  types.find((type) => type === text);

/** All webhooks. Delivery is at least once: receivers know a change by its id, the header `idempotency-key`. */
export class Webhooks {
  readonly #parts: WebhookParts;
  readonly #outbox: Outbox;
  readonly #couriers: ReadonlyMap<string, Courier>;

  /** What an earlier process left, until it is taken up. */
  #left: OutboxState['pending'];
  /** The ids of the latest changes that couriers got, and up to when they got all. */
  readonly #told: Set<string>;
  #toldUntil: Instant | undefined;
  /** Up to when an earlier process told. */
  readonly #before: Instant | undefined;

  private constructor(parts: WebhookParts, outbox: Outbox, { pending, told, toldUntil }: OutboxState) {
    this.#parts = parts;
    this.#outbox = outbox;
    this.#left = pending;
    this.#told = new Set(told);
    this.#toldUntil = toldUntil;
    this.#before = toldUntil;
    const { hooks, clock, schedule, random, logger } = parts;
    const shared = {
      clock,
      schedule,
      random,
      ask: parts.ask,
      write: (notification: Notification) => this.#write(notification),
      changed: () => this.#keep(),
      warn: (fields: object, message: string) => logger.warn(fields, message),
    };
    this.#couriers = new Map(hooks.map((hook) => [hook.name, new Courier(hook, shared)]));
  }

  /** Reads what an earlier process left undelivered; call `resume` once incidents can be asked for. */
  static async open(parts: WebhookParts): Promise<Webhooks> {
    const outbox = new Outbox(parts.folder, (err) =>
      parts.logger.warn({ err }, 'undelivered notifications of webhooks cannot be kept over a restart'),
    );
    const nothing = { toldUntil: undefined, told: [], pending: {} };
    return new Webhooks(parts, outbox, parts.hooks.length === 0 ? nothing : await outbox.read());
  }

  /**
   * Takes up what an earlier process left undelivered, and what became of incidents that it did not come to note: a
   * change is recorded before anybody is told of it, so that its receipts are there.
   */
  async resume(): Promise<void> {
    if (this.#parts.hooks.length === 0) return;
    const left = Object.entries(this.#left);
    this.#left = {};
    for (const [name, notifications] of left) {
      for (const one of notifications) this.#couriers.get(name)?.push(one);
    }
    const since = shift(this.#before ?? this.#parts.clock(), -OVERLAP_MS);
    for (const { ids, ...change } of await this.#parts.recorded(since)) {
      // Who is told for the first time hears of nothing from before.
      if (this.#before === undefined) this.#told.add(change.id);
      else if (!ids.some((id) => this.#told.has(id))) this.#push(change);
    }
    this.#toldUntil = this.#parts.clock();
    this.#keep();
  }

  /** Tells of a change those who want to hear of it; returns at once. */
  tell({ incident, ...change }: IncidentChange): void {
    this.#toldUntil = this.#parts.clock();
    this.#push({ ...change, incident: incident.id });
  }

  #push({
    type,
    id,
    at,
    incident,
  }: Pick<RecordedChange, 'type' | 'at' | 'incident'> & { readonly id: string }): void {
    this.#told.add(id);
    for (const oldest of this.#told) {
      if (this.#told.size <= MOST_TOLD) break;
      this.#told.delete(oldest);
    }
    for (const { name, events } of this.#parts.hooks) {
      if (events.includes(type)) this.#couriers.get(name)?.push({ id, event: type, incident, at });
    }
  }

  #keep(): void {
    this.#outbox.save(() => ({
      toldUntil: this.#toldUntil,
      told: [...this.#told],
      pending: this.#undelivered(),
    }));
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

  #undelivered(): OutboxState['pending'] {
    return Object.fromEntries(
      [...this.#couriers].map(([name, courier]) => [
        name,
        [...(this.#left[name] ?? []), ...courier.pending()],
      ]),
    );
  }
}
