/** Which chart a table is best drawn as; undefined where numbers alone would not make one. */
import type { Cell, Table } from './results.js';

/** A line of a chart: times in milliseconds since the epoch, in order, and its value at each. */
export interface ChartLine {
  readonly name: string;
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** A chart that a table can be drawn as. */
export type ChartChoice =
  /** All lines have the same times. */
  | { readonly type: 'lines'; readonly lines: readonly ChartLine[]; readonly leftOut: number }
  | {
      readonly type: 'bars';
      readonly measure: string;
      readonly bars: readonly ChartBar[];
      readonly leftOut: number;
    };

/** A bar of a chart. */
export interface ChartBar {
  readonly label: string;
  readonly value: number;
}

/** More lines than can be told apart, and more bars than can be read, are no help. */
const MOST_LINES = 8;
const MOST_BARS = 40;

/** The columns of which every cell that is bound is of a type, and one is. */
function columnsOf({ columns, rows }: Table, type: Cell['type']): readonly number[] {
  return columns.flatMap((_, place) => {
    const types = new Set(rows.map((row) => row[place]?.type ?? 'empty'));
    types.delete('empty');
    return types.size === 1 && types.has(type) ? [place] : [];
  });
}

/** A number of a row; null where there is none, or none that can be drawn. */
function valueIn(row: readonly Cell[], place: number): number | null {
  const cell = row[place];
  return cell?.type === 'number' && Number.isFinite(cell.value) ? cell.value : null;
}

/** Lines by the name of a measure, and of what tells rows of one time apart where they are several. */
function linesOf(
  table: Table,
  time: number,
  measures: readonly number[],
  texts: readonly number[],
): ChartChoice | undefined {
  const timed = table.rows.flatMap((row) => {
    const cell = row[time];
    return cell?.type === 'time' ? [{ row, at: cell.at }] : [];
  });
  const times = [...new Set(timed.map(({ at }) => at))].sort((a, b) => a - b);
  if (times.length < 2) return undefined;
  const isSplit = times.length < timed.length;
  const places = new Map(times.map((at, place) => [at, place]));
  const lines = new Map<string, (number | null)[]>();
  for (const { row, at } of timed) {
    const which = isSplit ? texts.map((place) => row[place]?.text ?? '').join(', ') : '';
    for (const measure of measures) {
      const column = table.columns[measure] ?? '';
      const name = which === '' ? column : measures.length === 1 ? which : `${which}, ${column}`;
      const values = lines.get(name) ?? times.map(() => null);
      values[places.get(at) ?? 0] = valueIn(row, measure);
      lines.set(name, values);
    }
  }
  const all = [...lines].map(([name, values]) => ({ name, times, values }));
  return { type: 'lines', lines: all.slice(0, MOST_LINES), leftOut: Math.max(0, all.length - MOST_LINES) };
}

function barsOf(
  { columns, rows }: Table,
  measure: number,
  texts: readonly number[],
): ChartChoice | undefined {
  const bars = rows.flatMap((row) => {
    const value = valueIn(row, measure);
    const label = texts
      .map((place) => row[place]?.text ?? '')
      .filter(Boolean)
      .join(', ');
    return value === null ? [] : [{ label, value }];
  });
  if (bars.length < 2) return undefined;
  const leftOut = Math.max(0, bars.length - MOST_BARS);
  return { type: 'bars', measure: columns[measure] ?? '', bars: bars.slice(0, MOST_BARS), leftOut };
}

/** Numbers over a column of times as lines; one number a name as bars. */
export function chartOf(table: Table): ChartChoice | undefined {
  const [numbers, times] = [columnsOf(table, 'number'), columnsOf(table, 'time')];
  const texts = [...columnsOf(table, 'text'), ...columnsOf(table, 'iri')].sort((a, b) => a - b);
  const [measure] = numbers;
  const [time] = times;
  if (measure === undefined) return undefined;
  const lines = time === undefined ? undefined : linesOf(table, time, numbers, texts);
  return lines ?? (texts.length === 0 ? undefined : barsOf(table, measure, texts));
}
