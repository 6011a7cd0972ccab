/** What is older than its rule keeps it, and how much of it one step takes. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { DAY_MS, type EventKind, HOUR_MS, type RollupSpan } from '../../../model/index.js';
import { type ArchivedKind, passingKinds, type RetentionRules, readingKinds } from '../../retention.js';
import { rowsOf } from '../rows.js';
import type { Span } from './archive-table.js';
import { isUncited } from './cited.js';

/** The most that one step moves, unless one hour holds more: some seconds of one core, beside which commits go on. */
const PIECE_ROWS: Readonly<Record<'sample' | 'event', number>> = { sample: 2_000_000, event: 250_000 };

/** What a rule says of something: up to when it goes, and why, as the rest of a sentence. */
export interface Rule {
  readonly what: ArchivedKind | RollupSpan;
  /** What is before this time goes; whole days. */
  readonly before: number;
  readonly rule: string;
}

const daysText = (days: number): string => `${days} ${days === 1 ? 'day' : 'days'}`;

/** What each rule says now; what is kept for good has none. */
export function rulesAt(rules: RetentionRules, now: number): readonly Rule[] {
  const rule = (what: Rule['what'], days: number, name: string): readonly Rule[] =>
    days === 0
      ? []
      : [
          {
            what,
            before: Math.floor((now - days * DAY_MS) / DAY_MS) * DAY_MS,
            rule: `${name} are kept for ${daysText(days)}`,
          },
        ];
  return [
    ...rule('sample', rules.sampleDays, 'samples'),
    ...passingKinds.flatMap((kind: EventKind) => {
      const days = readingKinds.includes(kind) ? rules.readingDays : rules.eventDays;
      return rule(kind, days, `events of the kind ${kind}`);
    }),
    ...rule('minute', rules.minuteDays, 'roll-ups by the minute'),
    ...rule('hour', rules.hourDays, 'roll-ups by the hour'),
  ];
}

/** A span as SQL; its ends are whole numbers of milliseconds. */
export const within = ({ from, until }: Span, time = '"at"'): string =>
  `${time} >= ${from} AND ${time} < ${until}`;

/** The rows of the store that a rule takes once nobody cites them, as what follows FROM. */
export function rowsOfKind(kind: ArchivedKind): { readonly table: string; readonly condition: string } {
  return kind === 'sample'
    ? { table: 'samples', condition: isUncited('sample', 'samples') }
    : { table: 'event', condition: `kind = '${kind}' AND ${isUncited(kind, 'event')}` };
}

/** Not in one of these spans. */
export function outside(spans: readonly Span[], time?: string): string {
  return spans.length === 0 ? 'true' : `NOT (${spans.map((span) => `(${within(span, time)})`).join(' OR ')})`;
}

/** The first hours of a day, as many as fit into a step; the whole day when all do. */
async function pieceOf(connection: DuckDBConnection, kind: ArchivedKind, day: Span): Promise<Span> {
  const { table, condition } = rowsOfKind(kind);
  const hours = await rowsOf(
    connection,
    `SELECT "at" // ${HOUR_MS} AS hour, count(*) FROM ${table} WHERE ${within(day)} AND ${condition}
     GROUP BY hour ORDER BY hour`,
  );
  let rows = 0;
  for (const [index, [hour = 0, count = 0]] of hours.entries()) {
    rows += count;
    if (index > 0 && rows > PIECE_ROWS[kind === 'sample' ? 'sample' : 'event']) {
      return { from: day.from, until: hour * HOUR_MS };
    }
  }
  return day;
}

/**
 * The next piece that a rule lets go: the oldest, at most a day. Days of samples that are sealed have given up all that
 * they will. {@link findCited} has looked what is cited.
 */
export async function nextPiece(
  connection: DuckDBConnection,
  { what, before }: Rule & { readonly what: ArchivedKind },
  sealed: readonly Span[],
): Promise<Span | undefined> {
  const { table, condition } = rowsOfKind(what);
  const free = what === 'sample' ? outside(sealed) : 'true';
  const rows = await connection.runAndReadAll(
    `SELECT min("at") FROM ${table} WHERE "at" < ${before} AND ${free} AND ${condition}`,
  );
  const first = rows.getRows()[0]?.[0];
  if (first === null || first === undefined) return undefined;
  const from = Math.floor(Number(first) / DAY_MS) * DAY_MS;
  const begun = sealed.reduce(
    (latest, { until }) =>
      what === 'sample' && until > from && until <= Number(first) ? Math.max(latest, until) : latest,
    from,
  );
  const later = sealed.reduce(
    (next, span) => (what === 'sample' && span.from > Number(first) ? Math.min(next, span.from) : next),
    from + DAY_MS,
  );
  return await pieceOf(connection, what, { from: begun, until: later });
}
