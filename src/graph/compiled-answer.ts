/** Rows that are an answer: whether they can be, and how they are written. */
import { LongWork, type RowPlan, type Selected } from '../evidence/index.js';
import type { Iris } from '../model/index.js';
import type { Whole } from './compile.js';
import type { CompiledRows } from './compiled-plan.js';
import { termOf } from './compiled-terms.js';
import { GraphError } from './errors.js';
import { writerOf } from './results.js';

/** Rows of a part that are handed on to the query engine, at most: more go faster through a slice. */
export const PART_ROWS = 20_000;
/** Rows of an answer, at most. */
export const ANSWER_ROWS = 250_000;
/** Cells of an answer, at most: a row of many columns takes as much as many rows. */
const ANSWER_CELLS = 2_000_000;
/** Rows of a page that people are told to ask for, at most. */
const PAGE_ROWS = 50_000;
/** Rows that are written between two looks at the time. */
const ROWS_A_LOOK = 64;

/** How rows are to be written. */
export interface Writing {
  readonly iris: Iris;
  readonly contentType: string;
  readonly maxResultBytes: number;
  readonly signal: AbortSignal;
}

/** The most rows that an answer of so many columns may have. */
function mostRowsOf(columns: number): number {
  return Math.min(ANSWER_ROWS, Math.floor(ANSWER_CELLS / Math.max(1, columns)));
}

/** A query that the store answers alone, of which no more rows are read than there may be, and one. */
export function withinAnswer(whole: Whole): Whole {
  const { plan } = whole.rows;
  const mostRows = mostRowsOf(plan.values.length + (plan.aggregates?.length ?? 0));
  const limit = Math.min(plan.limit, mostRows + 1);
  return { ...whole, rows: { ...whole.rows, plan: { ...plan, limit, mostRows } } };
}

/** A plan that takes no rows out of the store where there are more than can be handed on. */
export function withinPart(plan: RowPlan): RowPlan {
  return isOfPart(plan) ? { ...plan, mostRows: PART_ROWS } : plan;
}

/** Whether a plan looks for one row more than can be handed on. */
function isOfPart({ limit }: RowPlan): boolean {
  return limit === PART_ROWS + 1;
}

function tooManyRows(head: readonly string[], mostRows: number): GraphError {
  const order = head[0] === undefined ? '' : ` after ORDER BY ?${head[0]}`;
  const [most, size] = [mostRows.toLocaleString('en'), Math.min(PAGE_ROWS, mostRows)];
  return new GraphError(
    'query-result-too-large',
    `The answer has more than ${most} rows, the most that one may have. Ask for a page of it, with LIMIT ${size} ` +
      `OFFSET 0, then OFFSET ${size} and so on,${order}; bound it by time; or count it with GROUP BY.`,
  );
}

function tooManyBytes(maxResultBytes: number, written: number, rows: number): GraphError {
  const limit = Math.max(1, written);
  return new GraphError(
    'query-result-too-large',
    `The answer has more than ${maxResultBytes} bytes, the most that one may have: the first ${limit} of its ${rows} ` +
      `rows fill it. Ask for a page of it, with LIMIT ${limit} and OFFSET, or for fewer variables.`,
  );
}

/** Writes rows as an answer; fails with `query-result-too-large`, and with the signal's reason when it stops the work. */
export async function writeRows(
  { form, head, rows: { columns, plan } }: Whole,
  { rows, isTooMany }: Selected,
  { iris, contentType, maxResultBytes, signal }: Writing,
): Promise<Uint8Array> {
  const writer = writerOf(contentType);
  if (writer === undefined)
    throw new GraphError('not-acceptable', `A table cannot be written as ${contentType}.`);
  if (form === 'ask') return Buffer.from(writer.boolean(rows.length > 0));
  const mostRows = mostRowsOf(plan.values.length + (plan.aggregates?.length ?? 0));
  if (isTooMany || rows.length > mostRows) throw tooManyRows(head, mostRows);
  const chunks = [Buffer.from(writer.begin(head))];
  let bytes = 0;
  const work = new LongWork(signal);
  for (let from = 0; from < rows.length; from += ROWS_A_LOOK) {
    if (work.isPieceOver) await work.rest();
    const text = rows
      .slice(from, from + ROWS_A_LOOK)
      .map((row, index) =>
        writer.row(
          head,
          columns.map((column) => termOf(column, row, iris)),
          from + index === 0,
        ),
      )
      .join('');
    const chunk = Buffer.from(text);
    bytes += chunk.byteLength;
    if (bytes > maxResultBytes) throw tooManyBytes(maxResultBytes, from, rows.length);
    chunks.push(chunk);
  }
  return Buffer.concat([...chunks, Buffer.from(writer.end)]);
}

/** Why rows do not certainly stand for what the engine would have found; undefined when they do. */
export function faultOf(
  { plan, columns, odd }: CompiledRows,
  { rows, isTooMany }: Selected,
): string | undefined {
  if (isOfPart(plan) && isTooMany) {
    return `It has more than ${PART_ROWS} rows, which are not handed on to the rest of the query.`;
  }
  if (rows.some((row) => odd.some((position) => row[position] === 1))) {
    return 'A number among the rows is NaN, infinite or a negative zero, which are not aggregated in the store.';
  }
  const sorted = (plan.order ?? []).map(({ position }) => position);
  const isUnordered = columns.some(
    ({ type, position }) =>
      type === 'number' && sorted.includes(position) && rows.some((row) => Number.isNaN(row[position])),
  );
  if (isUnordered) return 'A number to order by is NaN, which has no place in an order.';
  const sums = (plan.aggregates ?? []).flatMap(({ type }, index) =>
    type === 'sum' || type === 'avg' ? [plan.values.length + index] : [],
  );
  const isOver = rows.some((row) => sums.some((position) => Number.isFinite(row[position] ?? 0) === false));
  return isOver ? 'A sum of its numbers is larger than a double can be.' : undefined;
}
