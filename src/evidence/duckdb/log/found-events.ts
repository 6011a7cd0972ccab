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
import { canonicalEvent, canonicalSeries } from '../../log/canonical.js';
import { leafHash } from '../../log/hash.js';
import { treeHead } from '../../log/tree.js';
import { readingOf } from '../event-rows.js';
import { SERIES_COLUMNS, seriesOf } from '../series-table.js';
import { type BatchPart, PartCheck, type Tally } from './part-check.js';

/** Receipts of one batch that come one after the other become a part. */
class FoundLeaves {
  readonly #kind: string;
  readonly #check: PartCheck;
  #batch = -1;
  #day: number | undefined;
  #hashes: Uint8Array[] = [];
  #bytes = 0;
  #first = '';
  #last = '';

  constructor(kind: string, check: PartCheck) {
    this.#kind = kind;
    this.#check = check;
  }

  /** Adds the receipt of this canonical form. */
  add(batch: number, day: number | undefined, canonical: string, path: string): boolean {
    if ((batch !== this.#batch || day !== this.#day) && !this.end()) return false;
    this.#batch = batch;
    this.#day = day;
    const bytes = Buffer.from(canonical);
    if (this.#hashes.length === 0) this.#first = path;
    this.#hashes.push(leafHash(bytes));
    this.#bytes += bytes.length;
    this.#last = path;
    return true;
  }

  end(): boolean {
    const hashes = this.#hashes;
    if (hashes.length === 0) return true;
    const [bytes, first, last] = [this.#bytes, this.#first, this.#last];
    this.#hashes = [];
    this.#bytes = 0;
    return this.#check.found({
      ...{ batch: this.#batch, kind: this.#kind, day: this.#day, count: hashes.length },
      ...{ hash: treeHead(hashes), bytes, ends: () => ({ first, last }) },
    });
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
      if (!found.add(Number(batch), day, canonicalEvent(event), pathOfEvent(event))) return false;
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
      if (isLogged && !found.add(Number(batch), undefined, canonicalSeries(series), receipt)) return false;
    }
  }
  return found.end() && check.end();
}
