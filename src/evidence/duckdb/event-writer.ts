import type { DuckDBConnection } from '@duckdb/node-api';
import type { EventReceipt, Identity, Instant } from '../../model/index.js';
import type { RepeatedEvent } from '../store.js';
import type { EventIdentities } from './event-identities.js';
import { appendEvent } from './event-rows.js';

/** What a group of batches brought: the events that are new, and for each batch those that are not. */
export interface EventOutcome {
  readonly fresh: readonly Identity[];
  readonly repeated: readonly (readonly RepeatedEvent[])[];
}

/** Appends the events of a group of batches inside the open transaction of `connection`, each identity once. */
export async function writeEvents(
  connection: DuckDBConnection,
  identities: EventIdentities,
  batches: readonly (readonly EventReceipt[])[],
  batch: number,
): Promise<EventOutcome> {
  if (batches.every((events) => events.length === 0)) return { fresh: [], repeated: batches.map(() => []) };
  const known = new Map<Identity, Instant>(
    await identities.recorded(
      connection,
      batches.flatMap((events) => events.map((event) => event.id)),
    ),
  );
  const fresh: Identity[] = [];
  const repeated = batches.map((): RepeatedEvent[] => []);
  const appender = await connection.createAppender('event');
  batches.forEach((events, index) => {
    events.forEach((event, item) => {
      const at = known.get(event.id);
      if (at !== undefined) {
        repeated[index]?.push({ item, at });
        return;
      }
      known.set(event.id, event.at);
      fresh.push(event.id);
      appendEvent(appender, batch, event);
    });
  });
  appender.closeSync();
  return { fresh, repeated };
}
