/** Where buckets of old samples come from: roll-ups where they say the same, the archive's files where they do not. */
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  formatInstant,
  instantOf,
  type RollupSpan,
  rollupSpanMs,
  type SeriesRef,
} from '../../../model/index.js';
import type { BucketColumns, BucketQuery } from '../../buckets.js';
import { EvidenceError } from '../../errors.js';
import { buckets, checkBuckets, type RolledUp } from '../buckets.js';
import { type Archive, isWithin, type Reach } from './archive.js';
import { type ArchiveFile, readArchive, type Span } from './archive-table.js';
import { ofBuckets } from './reaches.js';
import { rollupsSince, rollupTableOf } from './rollups.js';

/** What reading buckets needs of the store. */
export interface BucketReading {
  readonly archive: Archive;
  /** Whether roll-ups tell the increases of a series. */
  readonly isCounter: (ref: SeriesRef) => boolean;
  readonly read: <T>(reach: Reach, work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>;
}

/** A span that went to the archive, and what is left of it. */
interface Left extends Span {
  readonly isFileThere: boolean;
  readonly levels: readonly RollupSpan[];
}

/** Spans of archived files that lie side by side as one. */
function merged(spans: readonly Span[]): readonly Span[] {
  const whole: Span[] = [];
  for (const { from, until } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = whole.at(-1);
    if (last !== undefined && last.until >= from) {
      whole[whole.length - 1] = { from: last.from, until: Math.max(last.until, until) };
    } else whole.push({ from, until });
  }
  return whole;
}

async function leftOf(
  connection: DuckDBConnection,
  archive: Archive,
  files: readonly ArchiveFile[],
): Promise<readonly Left[]> {
  const since = {
    hour: await rollupsSince(connection, 'hour'),
    minute: await rollupsSince(connection, 'minute'),
  };
  const left = await Promise.all(
    files.map(async (file): Promise<Left> => {
      const levels = (['hour', 'minute'] as const).filter((span) => file.from >= since[span]);
      return { from: file.from, until: file.until, isFileThere: await archive.isThere(file), levels };
    }),
  );
  // Of what has neither any more, everything was removed, each by its rule.
  return left.filter(({ isFileThere, levels }) => isFileThere || levels.length > 0);
}

/** Whether every bucket of a query is made of whole roll-ups, wherever there are only these. */
function isMadeOf(
  span: RollupSpan,
  { stepMs, origin = instantOf(0), window }: BucketQuery,
  left: readonly Span[],
): boolean {
  const spanMs = rollupSpanMs[span];
  const isCut = (at: number) => at % spanMs !== 0 && left.some(({ from, until }) => from < at && at < until);
  return stepMs % spanMs === 0 && origin % spanMs === 0 && !isCut(window.from) && !isCut(window.to);
}

/** The roll-ups that buckets can be made of, the longest first. */
function usableLevels(
  query: BucketQuery,
  left: readonly Left[],
  isCounter: BucketReading['isCounter'],
): readonly RollupSpan[] {
  if (query.figure === 'increase' && !query.groups.flat().every(isCounter)) return [];
  return (['hour', 'minute'] as const).filter(
    (span) => left.every(({ levels }) => levels.includes(span)) && isMadeOf(span, query, left),
  );
}

function tooFine(query: BucketQuery, left: readonly Left[]): EvidenceError {
  const last = Math.max(...left.filter(({ isFileThere }) => !isFileThere).map(({ until }) => until));
  const levels = (['minute', 'hour'] as const).filter((span) =>
    left.every((one) => one.levels.includes(span)),
  );
  const [finest] = levels;
  const advice =
    finest === undefined
      ? 'ask for a window that begins later'
      : `ask for steps, an origin and a window of whole ${finest}s${query.figure === 'increase' ? ', and increases of counters only' : ''}`;
  return new EvidenceError(
    'archive-gone',
    `Of samples before ${formatInstant(instantOf(last))} only roll-ups are left, and buckets of ${query.stepMs} ms ` +
      `from ${formatInstant(query.window.from)} on cannot be made of them: ${advice}.`,
  );
}

type Source =
  | { readonly type: 'samples' }
  | { readonly type: 'rollups'; readonly rolledUp: RolledUp; readonly isCoarse: boolean };

function sourceOf(query: BucketQuery, left: readonly Left[], { isCounter }: BucketReading): Source {
  const wantsQuantiles = (query.quantiles ?? []).length > 0;
  const levels = usableLevels(query, left, isCounter);
  const rollups = (level: RollupSpan): Source => ({
    type: 'rollups',
    rolledUp: { table: rollupTableOf(level), spans: merged(left) },
    isCoarse: wantsQuantiles,
  });
  const [longest] = levels;
  if (longest !== undefined && !wantsQuantiles) return rollups(longest);
  if (left.every(({ isFileThere }) => isFileThere)) return { type: 'samples' };
  const shortest = levels.at(-1);
  if (shortest !== undefined && query.figure === 'value') return rollups(shortest);
  throw tooFine(query, left);
}

/** Buckets over the store and what has left it; see `EvidenceStore.buckets`. */
export async function readBuckets(query: BucketQuery, reading: BucketReading): Promise<BucketColumns> {
  checkBuckets(query);
  const { archive, read } = reading;
  const reach = ofBuckets(query);
  if (archive.mayHold(reach)) {
    const rolled = await read({ isOneState: true }, async (connection) => {
      const files = (await readArchive(connection)).filter((file) => isWithin(reach, file));
      const source = sourceOf(query, await leftOf(connection, archive, files), reading);
      if (source.type === 'samples') return undefined;
      const columns = await buckets(connection, query, source.rolledUp);
      return source.isCoarse ? { ...columns, isCoarse: true as const } : columns;
    });
    if (rolled !== undefined) return rolled;
  }
  return await read(reach, (connection) => buckets(connection, query));
}
