import type { Instant } from '../../model/index.js';
import { notifications } from './alerts.js';
import { nativeEvents, releaseEvents } from './events.js';
import type { Plan } from './plan.js';
import { encodeRemoteWrite } from './remote-write.js';
import { type Scrapes, scrape } from './scrape.js';
import { simulateShop } from './simulate.js';

/** One request of the play. */
export interface Delivery {
  /** When it would have been sent. */
  readonly at: Instant;
  readonly door: Door;
  /** How many samples or events it carries. */
  readonly items: number;
  /** Makes its body. */
  readonly body: () => Promise<string | Uint8Array<ArrayBuffer>>;
}

/** The doors that the play uses. */
export type Door = 'write' | 'events' | 'cloudevents' | 'alertmanager';

/** Steps that one request carries in quiet times, and from a little before the outage on; in the present it is one. */
const QUIET_STEPS = 20;
const CLOSE_STEPS = 4;

interface Span {
  readonly first: number;
  /** The step after the last. */
  readonly end: number;
}

/** Cuts the steps into requests: large ones first, small ones once the order of things matters. */
function spans(at: readonly Instant[], closeFrom: Instant, present: Instant): readonly Span[] {
  const cut: Span[] = [];
  const past = at.filter((time) => time <= present).length;
  let first = 0;
  while (first < at.length) {
    const quiet = (at[first + QUIET_STEPS] ?? closeFrom) < closeFrom;
    const end = first >= past ? first + 1 : Math.min(past, first + (quiet ? QUIET_STEPS : CLOSE_STEPS));
    cut.push({ first, end });
    first = end;
  }
  return cut;
}

function writes({ at, series }: Scrapes, cut: readonly Span[]): readonly Delivery[] {
  return cut.map(({ first, end }) => ({
    at: at[end - 1] ?? (0 as Instant),
    door: 'write',
    items: series.length * (end - first),
    body: async () =>
      new Uint8Array(
        await encodeRemoteWrite(
          series.map(({ labels, values }) => ({
            labels,
            at: at.slice(first, end),
            values: values.slice(first, end),
          })),
        ),
      ),
  }));
}

function json(door: Door, at: Instant, items: number, body: unknown): Delivery {
  return { at, door, items, body: async () => JSON.stringify(body) };
}

/** Native events between two requests of samples travel together, as lines of JSON. */
function eventBatches(plan: Plan, states: Parameters<typeof nativeEvents>[1], ends: readonly Instant[]) {
  const batches: Delivery[] = [];
  let waiting = nativeEvents(plan, states);
  for (const end of ends) {
    const ready = waiting.filter((event) => event.at <= end);
    waiting = waiting.slice(ready.length);
    if (ready.length === 0) continue;
    const lines = ready.map((event) => `${JSON.stringify(event.body)}\n`).join('');
    batches.push({ at: end, door: 'events', items: ready.length, body: async () => lines });
  }
  return batches;
}

/** Everything that the shop and its tools would have sent during a plan, in the order of time. */
export function timeline(seed: number, plan: Plan): readonly Delivery[] {
  const states = simulateShop(seed, plan);
  const scrapes = scrape(states);
  const closeFrom = plan.innocentFlag.at;
  const cut = spans(scrapes.at, closeFrom, plan.to);
  const ends = cut.map(({ end }) => scrapes.at[end - 1] ?? plan.until);
  return [
    ...writes(scrapes, cut),
    ...eventBatches(plan, states, ends),
    ...releaseEvents(plan).map(({ at, body }) => json('cloudevents', at, 1, body)),
    ...notifications(states).map(({ at, body }) => json('alertmanager', at, body.alerts.length, body)),
  ].sort((one, other) => one.at - other.at);
}
