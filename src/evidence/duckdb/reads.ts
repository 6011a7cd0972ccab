import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import {
  type EventKind,
  type EventReceipt,
  type Identity,
  type Instant,
  instantOf,
  isEventKind,
  type SeriesRef,
  type Window,
} from '../../model/index.js';
import { EvidenceError } from '../errors.js';
import type { EventQuery, LatestEvent } from '../events.js';
import type { SampleColumns } from '../samples.js';
import type { Totals } from '../store.js';
import { readingOf } from './event-rows.js';
import { fieldColumns, quoted } from './schema.js';

const MAX_EVENTS = 10_000;

/** A condition with the values bound to it. */
interface Condition {
  readonly sql: string;
  readonly values: Readonly<Record<string, DuckDBValue>>;
}

/** Binds a list of texts as one parameter. */
function within(
  column: string,
  name: string,
  texts: readonly string[],
  type: 'VARCHAR' | 'BIGINT' = 'VARCHAR',
): Condition {
  return {
    sql: `${quoted(column)} IN (SELECT unnest(from_json($${name}, '["VARCHAR"]'))::${type})`,
    values: { [name]: JSON.stringify(texts) },
  };
}

/** A list column that holds one of the texts, bound as one parameter. */
function holding(column: string, name: string, texts: readonly string[]): Condition {
  return {
    sql: `list_has_any(${quoted(column)}, from_json($${name}, '["VARCHAR"]'))`,
    values: { [name]: JSON.stringify(texts) },
  };
}

function conditionsOf(query: EventQuery): readonly Condition[] {
  const conditions: Condition[] = [];
  if (query.ids !== undefined) conditions.push(within('id', 'ids', query.ids));
  if (query.kinds !== undefined) conditions.push(within('kind', 'kinds', query.kinds));
  if (query.services !== undefined) conditions.push(within('service', 'services', query.services));
  if (query.window !== undefined) {
    const { from, to } = query.window;
    conditions.push({ sql: '"at" >= $from AND "at" < $to', values: { from: BigInt(from), to: BigInt(to) } });
  }
  if (query.after !== undefined) {
    const sign = query.order === 'oldest-first' ? '>' : '<';
    conditions.push({
      sql: `("at" ${sign} $afterAt OR ("at" = $afterAt AND id ${sign} $afterId))`,
      values: { afterAt: BigInt(query.after.at), afterId: query.after.id },
    });
  }
  return [...conditions, ...fieldConditionsOf(query)];
}

/** What a query asks of single fields. */
function fieldConditionsOf({ where = {}, containing = {} }: EventQuery): readonly Condition[] {
  const types = new Map(fieldColumns);
  const equal = Object.entries(where).map(([field, texts], index) => {
    const [type, name] = [types.get(field), `field${index}`];
    if (type === 'receipts') return holding(field, name, texts);
    if (type === 'integer') return within(field, name, texts, 'BIGINT');
    if (type === 'text' || type === 'service' || type === 'receipt') return within(field, name, texts);
    throw new EvidenceError('store-failed', `Events have no text field ${field} to compare.`);
  });
  const held = Object.entries(containing).map(([field, text], index) => {
    const name = `part${index}`;
    if (types.get(field) === 'text') {
      return { sql: `contains(lower(${quoted(field)}), lower($${name}))`, values: { [name]: text } };
    }
    throw new EvidenceError('store-failed', `Events have no text field ${field} to look into.`);
  });
  return [...equal, ...held];
}

/** Events within the bounds of a query, in its order, in which ties in time follow their identities. */
export async function readEvents(
  connection: DuckDBConnection,
  query: EventQuery,
): Promise<readonly EventReceipt[]> {
  if (!(query.limit >= 1 && query.limit <= MAX_EVENTS)) {
    throw new EvidenceError('store-failed', `A limit of events lies between 1 and ${MAX_EVENTS}.`);
  }
  const conditions = conditionsOf(query);
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
  const { columns, receiptOf } = readingOf(query.kinds);
  // The two orders are each other's reverse, ties included, so that a list can be paged through both ways.
  const direction = query.order === 'oldest-first' ? 'ASC' : 'DESC';
  const reader = await connection.runAndReadAll(
    `SELECT ${columns} FROM event ${where}
     ORDER BY "at" ${direction}, id ${direction} LIMIT ${Math.trunc(query.limit)}`,
    Object.assign({}, ...conditions.map(({ values }) => values)),
  );
  return reader.getRows().map(receiptOf);
}

/** The newest event of a kind for each combination of fields; of those of one time, the one that was written last. */
export async function readLatest(
  connection: DuckDBConnection,
  kind: EventKind,
  fields: readonly [string, ...string[]],
  window?: Window,
): Promise<readonly LatestEvent[]> {
  const unknown = fields.find(
    (field) => field !== 'service' && !fieldColumns.some(([name]) => name === field),
  );
  if (unknown !== undefined) {
    throw new EvidenceError('store-failed', `Events have no field ${unknown} to tell them apart by.`);
  }
  const { columns, receiptOf } = readingOf([kind]);
  const within = window === undefined ? '' : 'AND "at" >= $from AND "at" < $to';
  const reader = await connection.runAndReadAll(
    `WITH newest AS (
       SELECT arg_max(rowid, {'at': "at", 'written': rowid}) AS newest_row, count(*) AS newest_count
       FROM event WHERE kind = $kind AND ${quoted(fields[0])} IS NOT NULL ${within}
       GROUP BY ${fields.map(quoted).join(', ')}
     )
     SELECT ${columns}, newest_count FROM event JOIN newest ON event.rowid = newest_row WHERE kind = $kind ${within}`,
    { kind, ...(window === undefined ? {} : { from: BigInt(window.from), to: BigInt(window.to) }) },
  );
  return reader.getRows().map((row) => ({ event: receiptOf(row.slice(0, -1)), count: Number(row.at(-1)) }));
}

/** One event by what its IRI says. */
export async function readEvent(
  connection: DuckDBConnection,
  kind: EventKind,
  at: Instant,
  id: Identity,
): Promise<EventReceipt | undefined> {
  const { columns, receiptOf } = readingOf([kind]);
  const reader = await connection.runAndReadAll(
    `SELECT ${columns} FROM event WHERE "at" = $at AND kind = $kind AND id = $id LIMIT 1`,
    { at: BigInt(at), kind, id },
  );
  const row = reader.getRows()[0];
  return row === undefined ? undefined : receiptOf(row);
}

/** Samples of some series in a window, in the order of series and time. */
export async function readSamples(
  connection: DuckDBConnection,
  series: readonly SeriesRef[],
  window: Window,
  limit: number,
): Promise<SampleColumns> {
  const reader = await connection.runAndReadAll(
    `SELECT series, "at", value FROM samples
     WHERE "at" >= $from AND "at" < $to AND series IN (SELECT unnest(from_json($series, '["UINTEGER"]')))
     ORDER BY series, "at" LIMIT ${Math.trunc(limit) + 1}`,
    { from: BigInt(window.from), to: BigInt(window.to), series: JSON.stringify(series) },
  );
  const columns = reader.getColumns();
  if ((columns[0]?.length ?? 0) > limit) {
    throw new EvidenceError('store-failed', `The window holds more than ${limit} samples: narrow it.`);
  }
  return sampleColumnsOf(columns);
}

/** Columns of series, time and value; a value that is null is a staleness marker. */
export function sampleColumnsOf(columns: readonly (readonly DuckDBValue[])[]): SampleColumns {
  const [refs = [], times = [], values = []] = columns;
  return {
    series: refs.map((ref) => Number(ref) as SeriesRef),
    at: times.map((at) => instantOf(Number(at))),
    value: values.map((value) => (value === null ? Number.NaN : Number(value))),
    stale: values.flatMap((value, item) => (value === null ? [item] : [])),
  };
}

/** Every service that an event or a series speaks of, sorted. */
export async function readServices(connection: DuckDBConnection): Promise<readonly string[]> {
  const reader = await connection.runAndReadAll(
    `SELECT service FROM (
       SELECT service FROM event UNION SELECT callee FROM event UNION SELECT service FROM series
     ) WHERE service IS NOT NULL ORDER BY service`,
  );
  return reader.getRows().map(([service]) => String(service));
}

/** The name of every alert, sorted. */
export async function readAlertNames(connection: DuckDBConnection): Promise<readonly string[]> {
  const reader = await connection.runAndReadAll(
    `SELECT DISTINCT name FROM event
     WHERE kind IN ('alert_fired', 'alert_cleared') AND name IS NOT NULL ORDER BY name`,
  );
  return reader.getRows().map(([name]) => String(name));
}

/** After any time that evidence may carry. */
const FOREVER = Number.MAX_SAFE_INTEGER;

/** How much is recorded, in the store and in the archive; the first and the last sample are looked for in the first and the last part alone. */
export async function readTotals(connection: DuckDBConnection): Promise<Totals> {
  const kinds = await connection.runAndReadAll(
    `SELECT kind, sum(receipts), min("firstAt"), max("lastAt") FROM (
       SELECT kind, count(*) AS receipts, min("at") AS "firstAt", max("at") AS "lastAt" FROM event GROUP BY kind
       UNION ALL SELECT kind, receipts, "firstAt", "lastAt" FROM archive WHERE kind <> 'sample'
     ) GROUP BY kind`,
  );
  const rest = await connection.runAndReadAll(
    `SELECT (SELECT count(*) FROM batch), (SELECT count(*) FROM samples) + (SELECT coalesce(sum(receipts), 0) FROM archive WHERE kind = 'sample'),
            (SELECT count(*) FROM series),
            least(
              (SELECT min("at") FROM samples WHERE "at" < coalesce((SELECT min(until) FROM part), ${FOREVER})),
              (SELECT min("firstAt") FROM archive WHERE kind = 'sample')
            ),
            greatest(
              (SELECT max("at") FROM samples WHERE "at" >= coalesce((SELECT max("from") FROM part), 0)),
              (SELECT max("lastAt") FROM archive WHERE kind = 'sample')
            )`,
  );
  const [commits, samples, series, firstSample, lastSample] = rest.getRows()[0] ?? [];
  const events: Partial<Record<EventKind, number>> = {};
  const times =
    firstSample === null || firstSample === undefined ? [] : [Number(firstSample), Number(lastSample)];
  for (const [kind, count, first, last] of kinds.getRows()) {
    if (isEventKind(String(kind))) events[String(kind) as EventKind] = Number(count);
    times.push(Number(first), Number(last));
  }
  return {
    commits: Number(commits),
    samples: Number(samples),
    series: Number(series),
    events,
    firstAt: times.length === 0 ? undefined : instantOf(Math.min(...times)),
    lastAt: times.length === 0 ? undefined : instantOf(Math.max(...times)),
  };
}
