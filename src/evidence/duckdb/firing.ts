import type { DuckDBConnection } from '@duckdb/node-api';
import type { EventReceipt } from '../../model/index.js';
import { EvidenceError } from '../errors.js';
import type { FiringQuery } from '../events.js';
import { LOOK_BACK_MS } from '../steps.js';
import { readingOf } from './event-rows.js';

const MOST_FIRING = 10_000;

/** The alerts whose latest receipt up to a time says that they fire, newest first; see `EvidenceStore.firing`. */
export async function readFiring(
  connection: DuckDBConnection,
  { at, services, severities }: FiringQuery,
): Promise<readonly EventReceipt<'alert_fired'>[]> {
  const { columns, receiptOf } = readingOf(['alert_fired']);
  const reader = await connection.runAndReadAll(
    `WITH latest AS (
       SELECT arg_max(rowid, {'at': "at", 'id': id}) AS latest_row
       FROM event
       WHERE kind IN ('alert_fired', 'alert_cleared') AND "at" > $since AND "at" <= $at
       GROUP BY CASE WHEN fingerprint IS NULL THEN to_json([service, name]) ELSE to_json([fingerprint]) END
     )
     SELECT ${columns} FROM event
     WHERE kind = 'alert_fired' AND "at" > $since AND "at" <= $at AND rowid IN (SELECT latest_row FROM latest)
       AND ($services IS NULL OR service IN (SELECT unnest(from_json($services, '["VARCHAR"]'))))
       AND ($severities IS NULL OR severity IN (SELECT unnest(from_json($severities, '["VARCHAR"]'))))
     ORDER BY "at" DESC, id DESC LIMIT ${MOST_FIRING + 1}`,
    {
      at: BigInt(at),
      since: BigInt(at - LOOK_BACK_MS),
      services: services === undefined ? null : JSON.stringify(services),
      severities: severities === undefined ? null : JSON.stringify(severities),
    },
  );
  const rows = reader.getRows();
  if (rows.length > MOST_FIRING) {
    throw new EvidenceError('store-failed', `More than ${MOST_FIRING} alerts fire at once: name services.`);
  }
  return rows.map(receiptOf).flatMap((event) => (event.kind === 'alert_fired' ? [event] : []));
}
