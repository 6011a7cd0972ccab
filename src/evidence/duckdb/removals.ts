/**
 * What was removed from the store and why. Evidence that is gone leaves this behind, so that who follows a link to it
 * hears by which rule it went, and not that it never was.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { eventKinds, type Instant, instantOf, rollupSpans } from '../../model/index.js';
import type { RemovableKind, Removal } from '../retention.js';

const removableKinds: readonly RemovableKind[] = [
  'sample',
  ...rollupSpans.map((span) => `rollup-${span}` as const),
  ...eventKinds,
];

/** The table of removals, a row each; times are milliseconds since the epoch, `"from" <= t < until`. */
export const removalTable = `
  CREATE TABLE removal (kinds VARCHAR[], "from" BIGINT, until BIGINT, rule VARCHAR, "removedAt" BIGINT);
`;

/** Records a removal; call it in the transaction that deletes the rows, so that neither happens without the other. */
export async function recordRemoval(connection: DuckDBConnection, removal: Removal): Promise<void> {
  const { kinds, window, rule, removedAt } = removal;
  await connection.run(
    `INSERT INTO removal VALUES (from_json($kinds, '["VARCHAR"]'), $from, $until, $rule, $removedAt)`,
    {
      kinds: JSON.stringify(kinds),
      from: BigInt(window.from),
      until: BigInt(window.to),
      rule,
      removedAt: BigInt(removedAt),
    },
  );
}

/** The latest removal that took what is of this kind and time; undefined when none did. */
export async function readRemoval(
  connection: DuckDBConnection,
  kind: RemovableKind,
  at: Instant,
): Promise<Removal | undefined> {
  const reader = await connection.runAndReadAll(
    `SELECT to_json(kinds), "from", until, rule, "removedAt" FROM removal
     WHERE "from" <= $at AND $at < until AND list_contains(kinds, $kind)
     ORDER BY "removedAt" DESC LIMIT 1`,
    { at: BigInt(at), kind },
  );
  const row = reader.getRows()[0];
  if (row === undefined) return undefined;
  const [kinds, from, until, rule, removedAt] = row;
  const named: unknown[] = JSON.parse(String(kinds));
  return {
    kinds: removableKinds.filter((one) => named.includes(one)),
    window: { from: instantOf(Number(from)), to: instantOf(Number(until)) },
    rule: String(rule),
    removedAt: instantOf(Number(removedAt)),
  };
}
