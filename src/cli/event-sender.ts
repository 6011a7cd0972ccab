import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Client, describeProblem, parseJson } from './client.js';
import { CliError } from './exit.js';

/** One event as a line of JSON, with its number in the file, from 1. */
export interface EventLine {
  readonly line: number;
  readonly text: string;
}

/** An event that the server did not take. */
export interface RefusedLine {
  readonly line: number;
  readonly why: string;
}

/** What became of some events. */
export interface Outcome {
  readonly recorded: number;
  readonly repeated: number;
  readonly refusedCount: number;
  /** Why, as far as the server told: it lists a bounded number of faults. */
  readonly refused: readonly RefusedLine[];
}

/** Adds up what became of two lots of events. */
export function addOutcomes(one: Outcome, other: Outcome): Outcome {
  return {
    recorded: one.recorded + other.recorded,
    repeated: one.repeated + other.repeated,
    refusedCount: one.refusedCount + other.refusedCount,
    refused: [...one.refused, ...other.refused],
  };
}

/** How often a request that the server was too busy for is sent again, and the first and longest wait. */
const RETRIES = 8;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;

/** How long to wait before another attempt: what the server asks for, else twice as long as before. */
export function waitMs(attempt: number, retryAfter: string | null): number {
  const asked = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : 0;
  return Math.min(Math.max(asked, FIRST_WAIT_MS * 2 ** attempt), LONGEST_WAIT_MS);
}

const fault = z.looseObject({
  item: z.number().optional(),
  field: z.string().optional(),
  message: z.string(),
});
type Fault = z.output<typeof fault>;

/** An answer that took something lists what it refused; one that took nothing is a problem with its faults. */
const answerShape = z.looseObject({
  recorded: z.number().default(0),
  repeated: z.number().default(0),
  refusedItems: z.number().default(0),
  refused: z.array(fault).default([]),
  faults: z.array(fault).default([]),
});

/** What was wrong with each refused line, in the order of the lines; an item may have several faults. */
function refusedLines(faults: readonly Fault[], lines: readonly EventLine[]): readonly RefusedLine[] {
  const byLine = new Map<number, string[]>();
  for (const { item, field, message } of faults) {
    const line = lines[item ?? 0]?.line ?? 0;
    const sentence = field === undefined ? message : `${field}: ${message}`;
    byLine.set(line, [...(byLine.get(line) ?? []), sentence]);
  }
  return [...byLine].map(([line, sentences]) => ({ line, why: sentences.join('; ') }));
}

/** Sends events to the events door, again when the server is too busy. */
export class EventSender {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async send(lines: readonly EventLine[]): Promise<Outcome> {
    const response = await this.#post(`${lines.map(({ text }) => text).join('\n')}\n`);
    const body = await response.text();
    const answer = answerShape.safeParse(parseJson(body));
    const faults = answer.success ? [...answer.data.refused, ...answer.data.faults] : [];
    // A batch of which nothing could be taken is an error answer that says the same of each item.
    const ofItems = faults.some(({ item }) => item !== undefined);
    if (!answer.success || (!response.ok && !ofItems)) {
      throw new CliError('server-refused', describeProblem(response.status, body));
    }
    const { recorded, repeated, refusedItems } = answer.data;
    return { recorded, repeated, refusedCount: refusedItems, refused: refusedLines(faults, lines) };
  }

  async #post(body: string): Promise<Response> {
    for (let attempt = 0; ; attempt++) {
      const response = await this.#client.send('/api/v1/events', {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', accept: 'application/json' },
        body,
      });
      const busy = response.status === 503 || response.status === 429;
      if (!busy || attempt === RETRIES) return response;
      await response.body?.cancel();
      await pause(waitMs(attempt, response.headers.get('retry-after')));
    }
  }
}
