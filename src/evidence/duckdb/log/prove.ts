/** Finds a receipt's place in the log, and what leads from it to the leaf of its batch. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS, METRIC_LABEL, type Named } from '../../../model/index.js';
import { canonicalEvent } from '../../log/canonical.js';
import {
  dayText,
  entryOf,
  isFolded,
  type LogBatch,
  type LogPart,
  lineHash,
  lineOf,
  linesOf,
} from '../../log/entry.js';
import { LogError } from '../../log/errors.js';
import { sameHash } from '../../log/hash.js';
import { PieceHasher } from '../../log/pieces.js';
import { type Proof, type ProofPlace, pathText } from '../../log/proof.js';
import { inclusionPath, treeHead } from '../../log/tree.js';
import { readingOf } from '../event-rows.js';
import type { Reach } from '../retention/archive.js';
import type { SeriesTable } from '../series-table.js';
import { vectorsOf } from './found-samples.js';
import { hashOfEvent } from './recorded-parts.js';
import { readBatches } from './tables.js';

/** What has a leaf of its own, or shares one with others. */
export type Provable = Extract<Named, { readonly type: 'event' | 'sample' }>;

type NamedAs<T extends Provable['type']> = Extract<Provable, { readonly type: T }>;

/** The part of a proof that leads from the receipt to the entry of its batch. */
export type ReceiptProof = Pick<Proof, 'receipt' | 'part' | 'line' | 'entry'>;

interface FoundReceipt {
  readonly receipt: Proof['receipt'];
  readonly kind: string;
  readonly count: number;
  readonly index: number;
  /** The leaves of its part. */
  readonly hashes: readonly Uint8Array[];
}

/** The day of a receipt as a reach: what may have to be read of store and archive. */
export function reachOf(named: Provable): Reach {
  const from = Math.floor(named.at / DAY_MS) * DAY_MS;
  const span = { from, until: from + DAY_MS };
  return named.type === 'event' ? { events: { ...span, kinds: [named.kind] } } : { samples: span };
}

const dayOf = ({ at }: Provable): number => Math.floor(at / DAY_MS);

function withinDay(named: Provable): string {
  const from = dayOf(named) * DAY_MS;
  return `"at" >= ${from} AND "at" < ${from + DAY_MS}`;
}

/** The batch that a receipt came with: undefined when there is no such receipt, 0 when it came before batches were kept. */
export async function batchOf(
  connection: DuckDBConnection,
  named: Provable,
  series: SeriesTable,
): Promise<number | undefined> {
  const [ref] = named.type === 'sample' ? series.find({ keys: [named.series] }) : [];
  if (named.type === 'sample' && ref === undefined) return undefined;
  const reader =
    named.type === 'event'
      ? await connection.runAndReadAll(
          `SELECT batch FROM event WHERE kind = $kind AND "at" = $at AND id = $id LIMIT 1`,
          { kind: named.kind, at: BigInt(named.at), id: named.id },
        )
      : await connection.runAndReadAll(
          `SELECT batch FROM samples WHERE series = ${ref?.ref ?? -1} AND "at" = ${named.at} LIMIT 1`,
        );
  const row = reader.getRows()[0];
  return row === undefined ? undefined : Number(row[0]);
}

async function findEvent(
  connection: DuckDBConnection,
  named: NamedAs<'event'>,
  batch: number,
): Promise<FoundReceipt | undefined> {
  const { columns, receiptOf } = readingOf([named.kind]);
  const reader = await connection.runAndReadAll(
    `SELECT ${columns} FROM event WHERE kind = $kind AND batch = ${batch} AND ${withinDay(named)} ORDER BY id`,
    { kind: named.kind },
  );
  const events = reader.getRows().map(receiptOf);
  const index = events.findIndex(({ id }) => id === named.id);
  const event = events[index];
  if (event === undefined) return undefined;
  return {
    ...{ kind: named.kind, count: events.length, index, hashes: events.map(hashOfEvent) },
    receipt: { type: 'event', canonical: canonicalEvent(event) },
  };
}

async function findSample(
  connection: DuckDBConnection,
  named: NamedAs<'sample'>,
  batch: number,
  table: SeriesTable,
): Promise<FoundReceipt | undefined> {
  const [series] = table.find({ keys: [named.series] });
  if (series === undefined) return undefined;
  const { slots, words } = table.keys;
  const kept: Uint8Array[] = [];
  let [isWanted, index, pieces] = [false, -1, 0];
  const hasher = new PieceHasher((piece) => {
    if (isWanted) {
      kept.push(piece);
      index = pieces;
    }
    isWanted = false;
    pieces += 1;
  });
  const result = await connection.stream(
    `SELECT batch, series, "at", value FROM samples WHERE batch = ${batch} AND ${withinDay(named)} ORDER BY series, "at"`,
  );
  for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
    if (chunk.rowCount === 0) break;
    const rows = vectorsOf(chunk);
    for (let row = 0; row < rows.rows; row++) {
      const { series: ref, at, value, isStale } = rows.row(row);
      if (ref === series.ref && at === named.at) isWanted = true;
      hasher.add(ref, slots[ref] ?? 0, words, at, value, isStale);
    }
  }
  const { count, pieces: hashes } = hasher.finish();
  const [piece] = kept;
  if (piece === undefined) return undefined;
  const labels = { [METRIC_LABEL]: series.metric, ...series.labels };
  return {
    ...{ kind: 'sample', count, index, hashes },
    receipt: { type: 'sample', labels, piece: Buffer.from(piece).toString('base64') },
  };
}

/** The part of a receipt as the log has it; fails where what is stored makes another one. */
function partOf(batch: LogBatch, found: FoundReceipt, day: number): LogPart {
  const { kind, count, hashes } = found;
  const part = batch.parts.find((one) => one.kind === kind && one.day === day);
  const where = `batch ${batch.number}, ${kind} of ${dayText(day)}`;
  if (part !== undefined && count < part.count) {
    throw new LogError(
      'log-differs',
      `This cannot be proven: of ${where} the log has ${part.count} receipts, and ${count} are left. \`genchi verify --data DIR\` tells whether they were removed from the archive.`,
    );
  }
  if (part !== undefined && part.count === count && sameHash(treeHead(hashes), part.hash)) return part;
  throw new LogError('log-differs', `This cannot be proven: ${where} is not what was recorded.`);
}

function placeOf(hashes: readonly Uint8Array[], index: number): ProofPlace {
  return { index, size: hashes.length, path: pathText(inclusionPath(hashes, index)) };
}

/** What leads from a receipt to the entry of its batch; undefined where it is not there any more. */
export async function proveReceipt(
  connection: DuckDBConnection,
  named: Provable,
  { number, before }: { readonly number: number; readonly before: number },
  series: SeriesTable,
): Promise<ReceiptProof | undefined> {
  const found =
    named.type === 'event'
      ? await findEvent(connection, named, number)
      : await findSample(connection, named, number, series);
  const [batch] = await readBatches(connection, { first: number, last: number }, before);
  if (found === undefined || batch === undefined) return undefined;
  const part = partOf(batch, found, dayOf(named));
  const lines = linesOf(batch.parts);
  const line = lines.indexOf(lineOf(part));
  return {
    receipt: found.receipt,
    part: {
      ...{ kind: found.kind, day: dayText(part.day), count: part.count },
      place: placeOf(found.hashes, found.index),
    },
    ...(isFolded(batch.parts) ? { line: placeOf(lines.map(lineHash), line) } : {}),
    entry: entryOf(batch),
  };
}
