/** Cuts what the log has of a kind into stretches that are read with one statement each. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS } from '../../../model/index.js';
import { rowsOf } from '../rows.js';
import type { BatchPart } from './part-check.js';

/** The most that one statement sorts, unless one batch has more: some ten MiB of samples. */
const SAMPLES = 2_000_000;
const EVENTS = 100_000;
/** A part in memory takes about as much as so many rows in a sort. */
const ROWS_PER_PART = 20;

/** Days `fromDay <= day < untilDay`, and of these the batches `fromBatch <= batch < untilBatch`. */
export interface Stretch {
  readonly fromDay: number;
  readonly untilDay: number;
  readonly fromBatch: number;
  readonly untilBatch: number;
}

interface Weighed {
  readonly at: number;
  readonly weight: number;
}

/** Where to cut a list so that no piece weighs more than `most`, unless one entry does; the first cut is at the beginning. */
function cuts(entries: readonly Weighed[], most: number): readonly number[] {
  const starts: number[] = [];
  let weight = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    weight += entry.weight;
    if (weight > most) {
      starts.push(entry.at);
      weight = entry.weight;
    }
  }
  return starts;
}

const EVER = Number.MAX_SAFE_INTEGER;

/** Neighbours of a list of starts: from each to the next, from the very beginning to the very end. */
function spansOf(starts: readonly number[]): readonly (readonly [number, number])[] {
  const inner = starts.slice(1);
  return [0, ...inner].map((from, position) => [from, inner[position] ?? EVER] as const);
}

const weightOf = `greatest(sum(count), count(*) * ${ROWS_PER_PART})`;

async function weigh(connection: DuckDBConnection, by: string, where: string): Promise<readonly Weighed[]> {
  const rows = await rowsOf(
    connection,
    `SELECT ${by}, ${weightOf} FROM log_part WHERE ${where} GROUP BY ${by} ORDER BY ${by}`,
  );
  return rows.map(([at = 0, weight = 0]) => ({ at, weight }));
}

/** Stretches that together cover all days and batches of a kind, whatever the log has of it. */
export async function stretchesOf(connection: DuckDBConnection, kind: string): Promise<readonly Stretch[]> {
  const most = kind === 'sample' ? SAMPLES : EVENTS;
  const ofKind = `kind = '${kind}'`;
  const days = await weigh(connection, 'day', ofKind);
  const stretches: Stretch[] = [];
  for (const [fromDay, untilDay] of spansOf(cuts(days, most))) {
    const within = days.filter(({ at }) => fromDay <= at && at < untilDay);
    const weight = within.reduce((sum, day) => sum + day.weight, 0);
    const batches =
      weight > most
        ? cuts(
            await weigh(connection, 'batch', `${ofKind} AND day >= ${fromDay} AND day < ${untilDay}`),
            most,
          )
        : [];
    for (const [fromBatch, untilBatch] of spansOf(batches)) {
      stretches.push({ fromDay, untilDay, fromBatch, untilBatch });
    }
  }
  return stretches;
}

/** The rows of a stretch that came with a batch of the log, as SQL. */
export function rowsIn(stretch: Stretch, before: number): string {
  const { fromDay, untilDay, fromBatch, untilBatch } = stretch;
  return [
    `"at" >= ${fromDay * DAY_MS}`,
    ...(untilDay === EVER ? [] : [`"at" < ${untilDay * DAY_MS}`]),
    `batch > ${before} AND batch >= ${fromBatch}`,
    ...(untilBatch === EVER ? [] : [`batch < ${untilBatch}`]),
  ].join(' AND ');
}

/** What the log has of a kind within a stretch, by day and batch. */
export async function expectedIn(
  connection: DuckDBConnection,
  kind: string,
  { fromDay, untilDay, fromBatch, untilBatch }: Stretch,
): Promise<readonly BatchPart[]> {
  const reader = await connection.runAndReadAll(
    `SELECT batch, day, count, hex(hash) FROM log_part
     WHERE kind = $kind AND day >= ${fromDay} AND day < ${untilDay} AND batch >= ${fromBatch} AND batch < ${untilBatch}
     ORDER BY day, batch`,
    { kind },
  );
  return reader.getRows().map(([batch, day, count, hash]) => ({
    ...{ batch: Number(batch), kind, day: Number(day), count: Number(count) },
    hash: Buffer.from(String(hash), 'hex'),
  }));
}
