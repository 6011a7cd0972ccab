import { setImmediate as turn } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { SampleBlock } from '../../model/index.js';
import type { RefusedSample } from '../batch.js';
import type { RecordedSamples } from './log/recorded-samples.js';
import type { Archive } from './retention/archive.js';
import { SampleChunks } from './sample-chunks.js';
import { OUT_OF_ORDER_MS, type SampleHorizons } from './sample-horizons.js';

/** Samples that are appended before others get their turn: some ten milliseconds. */
const SAMPLES_A_TURN = 50_000;

/** What became of one block. */
export interface BlockOutcome {
  recorded: number;
  repeated: number;
  readonly refused: RefusedSample[];
}

/** A sample that is not after its series' newest one, and must be looked up. */
interface LateSample {
  readonly block: number;
  readonly item: number;
  readonly series: number;
  readonly at: number;
  readonly value: number;
  readonly stale: boolean;
  /**
   * Over an hour before the series' newest sample, or of a day that went to the archive: taken only when it is a repeat,
   * which loses nothing.
   */
  readonly tooOld: boolean;
}

/** What samples are held against, and who hears of those that are recorded. */
export interface SampleTarget {
  readonly horizons: SampleHorizons;
  readonly archive: Archive;
  readonly recorded: RecordedSamples;
}

/**
 * Appends the samples of a group of blocks inside the open transaction of `connection`, each once, and answers what
 * became of each block; what is recorded is told to `recorded`. Samples in order are appended straight away; late ones go through a temporary table and one
 * statement that tells repeats and conflicts from new ones.
 */
export async function writeSamples(
  connection: DuckDBConnection,
  { horizons, archive, recorded }: SampleTarget,
  blocks: readonly SampleBlock[],
  batch: number,
): Promise<readonly BlockOutcome[]> {
  const outcomes = blocks.map((): BlockOutcome => ({ recorded: 0, repeated: 0, refused: [] }));
  if (blocks.every((block) => block.length === 0)) return outcomes;
  await learnHorizons(connection, horizons, blocks);
  const late: LateSample[] = [];
  const appender = await connection.createAppender('sample');
  const chunks = new SampleChunks(appender);
  const { sealedUntil } = archive;
  const isSealed = (at: number): boolean => at < sealedUntil && archive.isSealed(at);
  for (const [index, block] of blocks.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined) continue;
    const stale = new Set(block.stale);
    const target = { horizons, isSealed, chunks, recorded, late, outcome, batch };
    for (let from = 0; from < block.length; from += SAMPLES_A_TURN) {
      if (from > 0) await turn();
      appendInOrder(block, { index, from, to: Math.min(block.length, from + SAMPLES_A_TURN), stale }, target);
    }
  }
  chunks.flush();
  appender.closeSync();
  if (late.length > 0) await writeLate(connection, late, { outcomes, recorded, batch });
  return outcomes;
}

async function learnHorizons(
  connection: DuckDBConnection,
  horizons: SampleHorizons,
  blocks: readonly SampleBlock[],
): Promise<void> {
  const unknown = new Set<number>();
  for (const block of blocks) {
    for (let item = 0; item < block.length; item++) {
      const series = block.series[item] ?? 0;
      if (Number.isNaN(horizons.of(series))) unknown.add(series);
    }
  }
  if (unknown.size > 0) await horizons.learn(connection, [...unknown]);
}

interface InOrderTarget {
  readonly horizons: SampleHorizons;
  readonly isSealed: (at: number) => boolean;
  readonly chunks: SampleChunks;
  readonly recorded: RecordedSamples;
  readonly late: LateSample[];
  readonly outcome: BlockOutcome;
  readonly batch: number;
}

/** Some samples of a block, one after the other, and which of the block are stale. */
interface BlockPart {
  /** The position of the block in its group. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly stale: ReadonlySet<number>;
}

function appendInOrder(
  block: SampleBlock,
  { index, from, to, stale }: BlockPart,
  target: InOrderTarget,
): void {
  const { horizons, isSealed, chunks, recorded, late, outcome, batch } = target;
  const anyStale = stale.size > 0;
  for (let item = from; item < to; item++) {
    const series = block.series[item] ?? 0;
    const at = block.at[item] ?? 0;
    const value = block.value[item] ?? 0;
    const isStale = anyStale && stale.has(item);
    const newest = horizons.of(series);
    const sealed = isSealed(at);
    if (at > newest && !sealed) {
      horizons.advance(series, at);
      chunks.add(series, at, value, isStale, batch);
      recorded.add(series, at, value, isStale);
      outcome.recorded++;
    } else {
      const tooOld = sealed || at <= newest - OUT_OF_ORDER_MS;
      late.push({ block: index, item, series, at, value, stale: isStale, tooOld });
    }
  }
}

// `position` numbers the late samples in the order they came, so that the first of several at one time wins.
const CLASSIFY = `
  SELECT position, CASE
    WHEN found AND same THEN 'repeated'
    WHEN found THEN 'conflict'
    WHEN nth = 1 THEN 'new'
    WHEN value IS NOT DISTINCT FROM first_value THEN 'repeated'
    ELSE 'conflict' END AS verdict
  FROM (
    SELECT l.position, l.value,
      s.series IS NOT NULL AS found,
      s.value IS NOT DISTINCT FROM l.value AS same,
      row_number() OVER mine AS nth,
      first_value(l.value) OVER mine AS first_value
    FROM late_sample l
    LEFT JOIN (SELECT series, "at", value FROM samples WHERE "at" BETWEEN $since AND $until) s ON s.series = l.series AND s."at" = l."at"
    WINDOW mine AS (PARTITION BY l.series, l."at" ORDER BY l.position)
  )
`;

interface LateTarget {
  readonly outcomes: readonly BlockOutcome[];
  readonly recorded: RecordedSamples;
  readonly batch: number;
}

async function writeLate(
  connection: DuckDBConnection,
  late: readonly LateSample[],
  { outcomes, recorded, batch }: LateTarget,
): Promise<void> {
  await connection.run(
    'CREATE OR REPLACE TEMP TABLE late_sample (series UINTEGER, "at" BIGINT, value DOUBLE, position UINTEGER)',
  );
  const appender = await connection.createAppender('late_sample', 'main', 'temp');
  const chunks = new SampleChunks(appender);
  late.forEach((sample, position) => {
    chunks.add(sample.series, sample.at, sample.value, sample.stale, position);
  });
  chunks.flush();
  appender.closeSync();
  const times = late.map((sample) => sample.at);
  const reader = await connection.runAndReadAll(CLASSIFY, {
    since: BigInt(times.reduce((a, b) => Math.min(a, b))),
    until: BigInt(times.reduce((a, b) => Math.max(a, b))),
  });
  const fresh: number[] = [];
  for (const [position, verdict] of reader.getRows()) {
    const sample = late[Number(position)];
    const outcome = sample && outcomes[sample.block];
    if (sample === undefined || outcome === undefined) continue;
    if (verdict === 'repeated') outcome.repeated++;
    else if (sample.tooOld) outcome.refused.push({ item: sample.item, why: 'too-old' });
    else if (verdict === 'conflict') outcome.refused.push({ item: sample.item, why: 'conflict' });
    else {
      outcome.recorded++;
      fresh.push(Number(position));
      recorded.add(sample.series, sample.at, sample.value, sample.stale);
    }
  }
  if (fresh.length === 0) return;
  await connection.run(
    `INSERT INTO sample SELECT series, "at", value, $batch FROM late_sample
     WHERE position IN (SELECT unnest(from_json($fresh, '["UINTEGER"]')))`,
    { batch, fresh: JSON.stringify(fresh) },
  );
}
