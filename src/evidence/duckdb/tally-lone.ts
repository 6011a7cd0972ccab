/**
 * Counts levels of single series where they lie, with no group for each slice: right as long as each slice holds one
 * sample, which a bit for each slice tells in the same pass. Grouping the slices of weeks takes five times as long.
 */
import type { Window } from '../../model/index.js';
import type { LevelPart } from '../tally.js';
import { rangeOf } from './buckets.js';
import { type Fragment, table } from './tally-statement.js';

/** All bits of a statement together: 32 MiB. */
const MOST_BITS = 2 ** 28;

/** Fewer slices than these are grouped as fast as a statement with a part for each band is planned. */
const LEAST_SLICES = 2_000;

/** Whether counting so many parts of one series each in bands pays, and its bits are few enough. */
export function isLoneWorth(bands: readonly Window[], sliceMs: number, parts: number): boolean {
  const slices = (parts * bands.reduce((sum, { from, to }) => sum + (to - from), 0)) / sliceMs;
  return slices >= LEAST_SLICES && slices <= MOST_BITS;
}

const BAD = 'sign * value > sign * bound';

const told = (which: 'first' | 'last'): string => {
  const [pick, end] = which === 'first' ? ['arg_min', 'min'] : ['arg_max', 'max'];
  return `${pick}(series, "at") FILTER (${BAD}), CAST(${end}("at") FILTER (${BAD}) AS DOUBLE)`;
};

/** One band: a slice ends within it just when its samples lie between the slices' ends next below its own. */
const countOf = (band: number, marks: boolean): string => `
  SELECT part, CAST(${band} AS DOUBLE), CAST(count(*) AS DOUBLE), CAST(count(*) FILTER (${BAD}) AS DOUBLE),
    arg_max(value, "at"), CAST(0 AS DOUBLE)${marks ? `, ${told('first')}, ${told('last')}` : ''},
    CAST(bit_count(bitstring_agg(
      CAST(("at" - CAST($from${band} AS BIGINT) - 1) // CAST($slice AS BIGINT) AS INTEGER),
      0, CAST($slices${band} AS INTEGER))) AS DOUBLE)
  FROM samples JOIN member USING (series)
  WHERE "at" > CAST($from${band} AS BIGINT) AND "at" <= CAST($to${band} AS BIGINT) AND "at" > "from" AND "at" <= "to"
    AND series BETWEEN CAST($lowest AS UINTEGER) AND CAST($highest AS UINTEGER) AND isfinite(value)
  GROUP BY part`;

/**
 * The statement for parts of one series each, all with the same slices, in bands: rows as of the one that groups slices,
 * with how many slices the samples lie in as a last column.
 */
export function loneStatement(
  parts: readonly (readonly [part: LevelPart, place: number])[],
  bands: readonly Window[],
  marks: boolean,
): Fragment {
  const sliceMs = parts[0]?.[0].sliceMs ?? 1;
  const endBelow = (at: number): number => Math.floor(at / sliceMs) * sliceMs;
  const ends = ({ from, to }: Window) => ({ from: endBelow(from), to: endBelow(to) });
  const members = table(
    'member',
    { series: 'UINTEGER', part: 'UINTEGER', from: 'BIGINT', to: 'BIGINT', sign: 'DOUBLE', bound: 'DOUBLE' },
    parts.map(
      ([
        {
          series: [series],
          within,
          direction,
          bound,
        },
        part,
      ]) => ({
        ...{ series, part, bound, ...ends(within) },
        sign: direction === 'at_most' ? 1 : -1,
      }),
    ),
  );
  const edges = bands.map((band, place) => {
    const { from, to } = ends(band);
    return { [`from${place}`]: from, [`to${place}`]: to, [`slices${place}`]: (to - from) / sliceMs };
  });
  return {
    sql: `WITH ${members.sql} ${bands.map((_, place) => countOf(place, marks)).join(' UNION ALL ')}`,
    values: Object.assign(
      { slice: sliceMs, ...members.values, ...rangeOf(parts.flatMap(([part]) => part.series)) },
      ...edges,
    ),
  };
}
