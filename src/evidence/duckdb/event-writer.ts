import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { EventReceipt, Identity, Instant } from '../../model/index.js';
import type { RepeatedEvent } from '../batch.js';
import type { EventIdentities } from './event-identities.js';
import { appendEvent } from './event-rows.js';
import type { Archive } from './retention/archive.js';
import { recordedInArchive } from './retention/archive-reads.js';

/** Appending a row of some fifty columns takes tens of microseconds: others get their turn after so many. */
const ROWS_BEFORE_A_TURN = 250;

/** What a group of batches brought: the events that are new, and for each batch those that are not. */
export interface EventOutcome {
  readonly fresh: readonly EventReceipt[];
  readonly repeated: readonly (readonly RepeatedEvent[])[];
}

/** Appends the events of a group of batches inside the open transaction of `connection`, each identity once. */
export async function writeEvents(
  connection: DuckDBConnection,
  { identities, archive }: { readonly identities: EventIdentities; readonly archive: Archive },
  batches: readonly (readonly EventReceipt[])[],
  batch: number,
): Promise<EventOutcome> {
  if (batches.every((events) => events.length === 0)) return { fresh: [], repeated: batches.map(() => []) };
  const all = batches.flat();
  const ids = all.map((event) => event.id);
  const known = new Map<Identity, Instant>([
    ...(await identities.recorded(connection, ids)),
    ...(await recordedInArchive(connection, archive, all)),
  ]);
  const fresh: EventReceipt[] = [];
  const repeated = batches.map((): RepeatedEvent[] => []);
  const appender = await connection.createAppender('event');
  for (const [index, events] of batches.entries()) {
    for (const [item, event] of events.entries()) {
      const at = known.get(event.id);
      if (at !== undefined) {
        repeated[index]?.push({ item, at });
        continue;
      }
      known.set(event.id, event.at);
      fresh.push(event);
      appendEvent(appender, batch, event);
      if (fresh.length % ROWS_BEFORE_A_TURN === 0) await turnOfTheEventLoop();
    }
  }
  appender.closeSync();
  return { fresh, repeated };
}
