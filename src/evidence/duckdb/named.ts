/** Many events or samples by their names at once, as pages of evidence cite them. */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { DAY_MS, type EventReceipt } from '../../model/index.js';
import { EvidenceError } from '../errors.js';
import type { EventName } from '../events.js';
import type { SampleColumns, SampleName } from '../samples.js';
import { readingOf } from './event-rows.js';
import { sampleColumnsOf } from './reads.js';

const MOST_NAMES = 10_000;

function checkCount(names: readonly unknown[]): void {
  if (names.length <= MOST_NAMES) return;
  throw new EvidenceError(
    'store-failed',
    `At most ${MOST_NAMES} receipts can be read by their names at once.`,
  );
}

/** The first and the last time of some names. */
function spanOf(names: readonly { readonly at: number }[]): { readonly from: bigint; readonly to: bigint } {
  const times = names.map(({ at }) => at);
  const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  return { from: BigInt(from), to: BigInt(to) };
}

/** Events of several kinds by their names; the times bound what is looked at. */
export async function readEventsNamed(
  connection: DuckDBConnection,
  names: readonly EventName[],
): Promise<readonly EventReceipt[]> {
  if (names.length === 0) return [];
  checkCount(names);
  const { columns, receiptOf } = readingOf([...new Set(names.map(({ kind }) => kind))]);
  const reader = await connection.runAndReadAll(
    `SELECT ${columns} FROM event
     WHERE "at" BETWEEN $from AND $to AND (kind, "at", id) IN (
       SELECT unnest(from_json($kinds, '["VARCHAR"]')), unnest(from_json($times, '["BIGINT"]')),
         unnest(from_json($ids, '["VARCHAR"]')))`,
    {
      ...spanOf(names),
      kinds: JSON.stringify(names.map(({ kind }) => kind)),
      times: JSON.stringify(names.map(({ at }) => at)),
      ids: JSON.stringify(names.map(({ id }) => id)),
    },
  );
  return reader.getRows().map(receiptOf);
}

/** Names by the day they lie in: samples stand in parts of a day. */
function byDay(names: readonly SampleName[]): readonly (readonly SampleName[])[] {
  const days = new Map<number, SampleName[]>();
  for (const name of names) {
    const day = Math.floor(name.at / DAY_MS);
    const ofIt = days.get(day);
    if (ofIt === undefined) days.set(day, [name]);
    else ofIt.push(name);
  }
  return [...days.values()];
}

/** Samples by their names, in the order of days, series and time. */
export async function readSamplesNamed(
  connection: DuckDBConnection,
  names: readonly SampleName[],
): Promise<SampleColumns> {
  checkCount(names);
  const columns: DuckDBValue[][] = [[], [], []];
  for (const day of byDay(names)) {
    const reader = await connection.runAndReadAll(
      `SELECT series, "at", value FROM samples
       WHERE "at" BETWEEN $from AND $to AND series BETWEEN CAST($lowest AS UINTEGER) AND CAST($highest AS UINTEGER) AND (series, "at") IN (
         SELECT unnest(from_json($series, '["UINTEGER"]')), unnest(from_json($times, '["BIGINT"]')))
       ORDER BY series, "at"`,
      {
        ...spanOf(day),
        lowest: day.reduce((least, { series }) => Math.min(least, series), Number.MAX_SAFE_INTEGER),
        highest: day.reduce((most, { series }) => Math.max(most, series), 0),
        series: JSON.stringify(day.map(({ series }) => series)),
        times: JSON.stringify(day.map(({ at }) => at)),
      },
    );
    reader.getColumns().forEach((part, place) => void columns[place]?.push(...part));
  }
  return sampleColumnsOf(columns);
}
