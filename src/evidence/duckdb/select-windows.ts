/**
 * Joins within a window of time. Where the times of two sources must lie so near to each other, time is cut into spans
 * as long as the window: then each row meets only the rows of its own span and the next, by equality, which the engine
 * joins by hashing, instead of all rows that the other conditions let through.
 */
import type { RowColumn, RowCondition, RowValue } from '../rows.js';
import type { Bindings } from './render.js';
import { quoted } from './schema.js';

/** Longer windows hold so much that cutting time gains nothing. */
const MAX_WINDOW_MS = 7 * 86_400_000;

interface Moved {
  readonly column: RowColumn;
  readonly byMs: number;
}

/** `to` lies between `from` + `least` and `from` + `most`, in milliseconds. */
interface Window {
  readonly from: RowColumn;
  readonly to: RowColumn;
  least: number;
  most: number;
}

/** How a source takes part in a window join: what it is widened by, and the equality that must hold. */
export interface WindowJoin {
  readonly source: string;
  readonly spans: string;
  readonly column: string;
  readonly condition: string;
}

function movedOf(value: RowValue): Moved | undefined {
  if (value.type === 'column') return { column: value.column, byMs: 0 };
  const of = value.type === 'moved' ? movedOf(value.of) : undefined;
  return of && value.type === 'moved' ? { column: of.column, byMs: of.byMs + value.byMs } : undefined;
}

function comparisons(
  conditions: readonly RowCondition[],
): readonly Extract<RowCondition, { type: 'compare' }>[] {
  return conditions.flatMap((condition) =>
    condition.type === 'and'
      ? comparisons(condition.conditions)
      : condition.type === 'compare'
        ? [condition]
        : [],
  );
}

function windowsIn(conditions: readonly RowCondition[]): readonly Window[] {
  const windows = new Map<string, Window>();
  for (const { as, operator, left, right } of comparisons(conditions)) {
    const [a, b] = [movedOf(left), movedOf(right)];
    if (as !== 'instant' || a === undefined || b === undefined || a.column.source === b.column.source)
      continue;
    const isBefore = operator === '<' || operator === '<=';
    if (!isBefore && operator !== '>' && operator !== '>=') continue;
    const [early, late] = isBefore ? [a, b] : [b, a];
    const isInOrder = JSON.stringify(early.column) < JSON.stringify(late.column);
    const [from, to] = isInOrder ? [early.column, late.column] : [late.column, early.column];
    const key = JSON.stringify([from, to]);
    const window = windows.get(key) ?? {
      from,
      to,
      least: Number.NEGATIVE_INFINITY,
      most: Number.POSITIVE_INFINITY,
    };
    // early + its move <= late + its move
    const apart = early.byMs - late.byMs;
    if (isInOrder) window.least = Math.max(window.least, apart);
    else window.most = Math.min(window.most, -apart);
    windows.set(key, window);
  }
  return [...windows.values()].filter(({ least, most }) => most > least && most - least <= MAX_WINDOW_MS);
}

/** The window joins of some conditions; each source is widened at most once. */
export function windowJoins(bindings: Bindings, conditions: readonly RowCondition[]): readonly WindowJoin[] {
  const widened = new Set<string>();
  return windowsIn(conditions).flatMap(({ from, to, least, most }, index) => {
    if (widened.has(to.source)) return [];
    widened.add(to.source);
    const length = `${bindings.bind(BigInt(most - least))}::BIGINT`;
    const column = `span${index}`;
    const own = quoted(to.name);
    const start = `${quoted(from.source)}.${quoted(from.name)} + ${bindings.bind(BigInt(least))}::BIGINT`;
    return [
      {
        source: to.source,
        column,
        spans: `unnest([${own} // ${length}, ${own} // ${length} - 1]) AS ${column}`,
        condition: `(${start}) // ${length} = ${quoted(to.source)}.${column}`,
      },
    ];
  });
}
