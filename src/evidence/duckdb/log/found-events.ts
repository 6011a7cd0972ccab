import type { DuckDBConnection } from '@duckdb/node-api';
import {
  canonicalLabels,
  DAY_MS,
  type EventKind,
  identityOf,
  METRIC_LABEL,
  pathOf,
  pathOfEvent,
} from '../../../model/index.js';
import { treeHead } from '../../log/tree.js';
import { readingOf } from '../event-rows.js';
import { SERIES_COLUMNS, seriesOf } from '../series-table.js';
import { type BatchPart, type FoundPart, PartCheck, type Tally } from './part-check.js';
import { hashOfEvent, hashOfSeries } from './recorded-parts.js';

/** Receipts of one batch that come one after the other become a part. */
class FoundLeaves {
  readonly #kind: string;
  readonly #check: PartCheck;
  #batch = -1;
  #day: number | undefined;
  #hashes: Uint8Array[] = [];
  #path = '';

  constructor(kind: string, check: PartCheck) {
    this.#kind = kind;
    this.#check = check;
  }

  add(batch: number, day: number | undefined, hash: Uint8Array, path: string): boolean {
    if ((batch !== this.#batch || day !== this.#day) && !this.end()) return false;
    this.#batch = batch;
    this.#day = day;
    this.#hashes.push(hash);
    this.#path = path;
    return true;
  }

  end(): boolean {
    const hashes = this.#hashes;
    if (hashes.length === 0) return true;
    this.#hashes = [];
    const part: FoundPart = {
      ...{ batch: this.#batch, kind: this.#kind, day: this.#day, count: hashes.length },
      hash: treeHead(hashes),
    };
    return this.#check.found(hashes.length === 1 ? { ...part, receipt: this.#path } : part);
  }
}

/** Reads the events of a kind and a condition by day, batch and identity, and checks their parts. */
export async function checkEvents(
  connection: DuckDBConnection,
  kind: EventKind,
  condition: string,
  check: PartCheck,
): Promise<boolean> {
  const { columns, receiptOf } = readingOf([kind]);
  const found = new FoundLeaves(kind, check);
  const result = await connection.stream(
    `SELECT batch, ${columns} FROM event WHERE kind = '${kind}' AND ${condition} ORDER BY "at" // ${DAY_MS}, batch, id`,
  );
  for await (const rows of result.yieldRows()) {
    for (const [batch, ...row] of rows) {
      const event = receiptOf(row);
      const day = Math.floor(event.at / DAY_MS);
      if (!found.add(Number(batch), day, hashOfEvent(event), pathOfEvent(event))) return false;
    }
  }
  return found.end();
}

/** Checks every series: that its key is the identity of its labels, and the parts that brought them. */
export async function checkSeries(
  connection: DuckDBConnection,
  expected: readonly BatchPart[],
  before: number,
  tally: Tally,
): Promise<boolean> {
  const check = new PartCheck(expected, [], tally);
  const found = new FoundLeaves('series', check);
  const result = await connection.stream(
    `SELECT batch, ${SERIES_COLUMNS} FROM series ORDER BY batch NULLS FIRST, key`,
  );
  for await (const rows of result.yieldRows()) {
    for (const [batch, ...row] of rows) {
      const series = seriesOf(row);
      const receipt = pathOf({ type: 'series', series: series.key });
      const labels = { [METRIC_LABEL]: series.metric, ...series.labels };
      if (identityOf('series', canonicalLabels(labels)) !== series.key) {
        const what = 'its labels are others than its key was made of';
        tally.difference = { kind: 'series', batch: Number(batch), receipt, what };
        return false;
      }
      const isLogged = before === 0 || Number(batch) > before;
      if (isLogged && !found.add(Number(batch), undefined, hashOfSeries(series), receipt)) return false;
    }
  }
  return found.end() && check.end();
}
