import { type DuckDBConnection, type DuckDBValue, listValue } from '@duckdb/node-api';
import { type EventKind, type FieldType, rollupSpanMs } from '../../model/index.js';
import { EvidenceError } from '../errors.js';
import { type LineTemplate, type Piece, type RowBounds, rowColumns } from '../lines.js';
import { fieldColumns, quoted } from './schema.js';
import { run, type Statement } from './statement.js';

/** How many rows one chunk of text is made of: a few hundred KB of N-Triples. */
const ROWS_PER_CHUNK = 2_048;
/** Longer lists are bound as one list instead of value by value, which would make the statement long. */
const MAX_SINGLE_VALUES = 200;
/** The years 0000 to 9999, which xsd:dateTime and RFC 3339 both can write. */
export const WRITABLE_INSTANTS = 'BETWEEN -62167219200000 AND 253402300799999';
/** What a path below `/id/` is made of; anything else in a stored path could break out of its IRI. */
export const PATH = '^[A-Za-z0-9._~%/-]+$';

type Table = RowBounds['from'];

/** Where the rows of a table come from, and what its columns are called there. */
const sources: Readonly<
  Record<Table, { readonly sql: string; readonly renamed: Readonly<Record<string, string>> }>
> = {
  event: { sql: 'event AS r', renamed: {} },
  series: { sql: 'series AS r', renamed: { seriesKey: 'r.key' } },
  rollup: {
    sql: 'rollup AS r JOIN series AS s ON r.series = s.ref',
    renamed: {
      ...{ seriesKey: 's.key', metric: 's.metric', service: 's.service', component: 's.component' },
      span: `CASE WHEN r."spanMs" = ${rollupSpanMs.minute} THEN 'minute' ELSE 'hour' END`,
      ...{ sampleCount: 'r.samples', sampleSum: 'r.total', sampleMin: 'r.least', sampleMax: 'r.most' },
      sampleLast: 'r.latest',
    },
  },
  sample: {
    sql: 'samples AS r JOIN series AS s ON r.series = s.ref',
    renamed: {
      seriesKey: 's.key',
      metric: 's.metric',
      service: 's.service',
      component: 's.component',
      stale: 'CASE WHEN r.value IS NULL THEN true END',
    },
  },
};

const columnTypes: Readonly<Record<Table, ReadonlyMap<string, FieldType>>> = {
  event: new Map<string, FieldType>([...Object.entries(rowColumns.event), ...fieldColumns]),
  series: new Map<string, FieldType>(Object.entries(rowColumns.series)),
  sample: new Map<string, FieldType>(Object.entries(rowColumns.sample)),
  rollup: new Map<string, FieldType>(Object.entries(rowColumns.rollup)),
};

/** Collects the values of a statement; the same text is bound once, however often a template repeats it. */
export class Bindings {
  readonly values: DuckDBValue[] = [];
  readonly #texts = new Map<string, string>();

  bind(value: DuckDBValue): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  text(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const bound = `${this.bind(text)}::VARCHAR`;
    this.#texts.set(text, bound);
    return bound;
  }
}

/** The type of a column; fails where there is none. */
export function typeOf(from: Table, column: string): FieldType {
  const type = columnTypes[from].get(column);
  if (type === undefined)
    throw new EvidenceError('store-failed', `Rows of ${from} have no column ${column}.`);
  return type;
}

/** A column of a row as an expression over what {@link rowsWithin} names. */
export function columnOf(from: Table, column: string): string {
  return sources[from].renamed[column] ?? `r.${quoted(column)}`;
}

function valuesWithin(
  bindings: Bindings,
  from: Table,
  column: string,
  values: readonly (string | number)[],
): string {
  const name = columnOf(from, column);
  const list = () => bindings.bind(listValue(values.map(String)));
  if (typeOf(from, column) === 'receipts') return `list_has_any(${name}, ${list()}::VARCHAR[])`;
  if (values.length === 0) return 'false';
  return values.length > MAX_SINGLE_VALUES
    ? `${name}::VARCHAR IN (SELECT unnest(${list()}::VARCHAR[]))`
    : `${name} IN (${values.map((value) => bindings.bind(value)).join(', ')})`;
}

function kindsWithin(bindings: Bindings, kinds: readonly EventKind[]): string {
  return kinds.length === 0 ? 'false' : `r.kind IN (${kinds.map((kind) => bindings.text(kind)).join(', ')})`;
}

/** The rows within bounds, as what follows FROM; the table is `r`. */
export function rowsWithin(bindings: Bindings, bounds: RowBounds): string {
  const { from, kinds, since, until, values = {} } = bounds;
  const conditions = Object.entries(values).map(([column, some]) =>
    valuesWithin(bindings, from, column, some),
  );
  if (kinds !== undefined && from === 'event') conditions.push(kindsWithin(bindings, kinds));
  if (from !== 'series' && since !== undefined) {
    conditions.push(`r."at" >= ${bindings.bind(BigInt(Math.floor(since)))}`);
  }
  if (from !== 'series' && until !== undefined) {
    conditions.push(`r."at" <= ${bindings.bind(BigInt(Math.ceil(until)))}`);
  }
  return conditions.length === 0
    ? sources[from].sql
    : `${sources[from].sql} WHERE ${conditions.join(' AND ')}`;
}

/** The statement that counts rows, no further than `limit` + 1. */
export function countStatement(bounds: RowBounds, limit: number): Statement {
  const bindings = new Bindings();
  const rows = rowsWithin(bindings, bounds);
  const wanted = Math.min(Math.max(0, Math.trunc(limit)) + 1, bounds.atMost ?? Number.POSITIVE_INFINITY);
  const most = bindings.bind(wanted);
  return { text: `SELECT count(*) FROM (SELECT 1 FROM ${rows} LIMIT ${most})`, values: bindings.values };
}

function written(source: string, as: Exclude<Piece, { text: string }>['as']): string {
  switch (as) {
    case 'plain':
    case 'integer':
    case 'boolean':
      return `${source}::VARCHAR`;
    case 'segment':
      return `url_encode(${source})`;
    case 'instant':
      return `CASE WHEN ${source} ${WRITABLE_INSTANTS} THEN strftime(epoch_ms(${source}), '%Y-%m-%dT%H:%M:%S.%gZ') END`;
    case 'basic-instant':
      return `CASE WHEN ${source} ${WRITABLE_INSTANTS} THEN strftime(epoch_ms(${source}), '%Y%m%dT%H%M%S.%gZ') END`;
    case 'double':
      return `CASE WHEN isfinite(${source}) THEN ${source}::VARCHAR
              WHEN isnan(${source}) THEN 'NaN' WHEN ${source} > 0 THEN 'INF' WHEN ${source} < 0 THEN '-INF' END`;
    case 'literal':
      // The four characters that N-Triples does not allow as they are.
      return `replace(replace(replace(replace(${source}, '\\', '\\\\'), '"', '\\"'), chr(10), '\\n'), chr(13), '\\r')`;
  }
}

/** How a piece finds its column: the name of a column of the row, or of an element. */
type Naming = (column: string) => string;

const inRow: Naming = (column) => `r.${quoted(column)}`;

function namingOf(each: string | undefined): Naming {
  if (each === undefined) return inRow;
  const elements: Readonly<Record<string, string>> =
    each === 'labels' ? { name: 'x.key', value: 'x.value' } : { element: 'x' };
  return (column) => elements[column] ?? inRow(column);
}

/** The type of a piece's column, those of elements included. */
function pieceTypeOf(from: Table, column: string, each: string | undefined): FieldType {
  if (each === 'labels' && (column === 'name' || column === 'value')) return 'text';
  return each !== undefined && column === 'element' ? 'receipt' : typeOf(from, column);
}

function pieceOf(
  bindings: Bindings,
  from: Table,
  piece: Piece,
  each: string | undefined,
  naming: Naming,
): string {
  if ('text' in piece) return bindings.text(piece.text);
  const source = naming(piece.column);
  return piece.as === 'plain' && pieceTypeOf(from, piece.column, each) === 'receipt'
    ? `CASE WHEN regexp_matches(${source}, '${PATH}') THEN ${source} END`
    : written(source, piece.as);
}

const hasLabels = (from: Table): boolean => from === 'event' || from === 'series';

/** What iterates over the elements that a template names with `each`. */
function elementsOf(from: Table, each: string): string {
  if (each !== 'labels') {
    if (typeOf(from, each) === 'receipts') return inRow(each);
    throw new EvidenceError('store-failed', `Column ${each} is no list.`);
  }
  if (!hasLabels(from)) {
    throw new EvidenceError('store-failed', `Rows of ${from} have no labels: their series has.`);
  }
  return `map_entries(from_json(r.labels, '"MAP(VARCHAR, VARCHAR)"'))`;
}

/** How many pieces all lines begin with. */
function sameLength(lines: readonly LineTemplate[]): number {
  const [first, ...others] = lines.map(({ pieces }) => pieces.map((piece) => JSON.stringify(piece)));
  if (first === undefined) return 0;
  const differs = first.findIndex((piece, index) => others.some((pieces) => pieces[index] !== piece));
  return Math.max(differs, 0);
}

/** Pieces with neighbouring texts put together. */
function merged(pieces: readonly Piece[]): readonly Piece[] {
  const whole: Piece[] = [];
  for (const piece of pieces) {
    const last = whole.at(-1);
    if (last !== undefined && 'text' in last && 'text' in piece) {
      whole[whole.length - 1] = { text: last.text + piece.text };
    } else whole.push(piece);
  }
  return whole;
}

/**
 * A line as an expression: the empty text when a column of it is null, as `||` makes nulls of nulls. The first
 * pieces stand in the column `subject` already.
 */
function lineOf(bindings: Bindings, from: Table, line: LineTemplate, inSubject: number): string {
  const rest = merged([...line.pieces.slice(inSubject), { text: '\n' }]);
  const pieces = rest.map((piece) => pieceOf(bindings, from, piece, line.each, namingOf(line.each)));
  const one = `coalesce(${['r.subject', ...pieces].join(' || ')}, '')`;
  const all =
    line.each === undefined
      ? one
      : `coalesce(array_to_string(list_transform(${elementsOf(from, line.each)}, lambda x: ${one}), ''), '')`;
  return line.kinds === undefined || from !== 'event'
    ? all
    : `CASE WHEN ${kindsWithin(bindings, line.kinds)} THEN ${all} ELSE '' END`;
}

/** The columns that lines name, each under its own name. */
function columnsIn(from: Table, lines: readonly LineTemplate[]): readonly string[] {
  const named = lines.flatMap(({ pieces, each }) => [
    ...pieces.flatMap((piece) => ('text' in piece ? [] : [piece.column])),
    ...(each === undefined ? [] : [each]),
  ]);
  const own = new Set(named.filter((column) => columnTypes[from].has(column)));
  const columns = [...own].map((column) => `${columnOf(from, column)} AS ${quoted(column)}`);
  if (from === 'event' && !own.has('kind')) columns.push('r.kind AS kind');
  if (named.includes('labels') && hasLabels(from)) columns.push('r.labels AS labels');
  return columns;
}

/** The statement that writes lines for rows: one blob of UTF-8 text for every few thousand rows. */
export function renderStatement(bounds: RowBounds, lines: readonly LineTemplate[]): Statement {
  const bindings = new Bindings();
  const { from } = bounds;
  // What all lines begin with, their subject, is written once for each row.
  const inSubject = sameLength(lines);
  const subject = merged(lines[0]?.pieces.slice(0, inSubject) ?? []).map((piece) =>
    pieceOf(bindings, from, piece, undefined, (column) => columnOf(from, column)),
  );
  const columns = [`${subject.join(' || ') || "''"} AS subject`, ...columnsIn(from, lines)];
  const limit = bounds.atMost === undefined ? '' : ` LIMIT ${bindings.bind(bounds.atMost)}`;
  const text = lines.map((line) => lineOf(bindings, from, line, inSubject)).join('\n|| ') || "''";
  return {
    text: `
      SELECT encode(string_agg(lines, '')) AS chunk
      FROM (
        SELECT (row_number() OVER () - 1) // ${ROWS_PER_CHUNK} AS bucket, ${text} AS lines
        FROM (SELECT ${columns.join(', ')} FROM ${rowsWithin(bindings, bounds)}${limit}) AS r
      )
      GROUP BY bucket`,
    values: bindings.values,
  };
}

/** How many rows lie within the bounds, counting no further than `limit` + 1. */
export async function countRows(
  connection: DuckDBConnection,
  bounds: RowBounds,
  limit: number,
): Promise<number> {
  const rows = await run(connection, countStatement(bounds, limit));
  return Number(rows[0]?.[0] ?? 0);
}

/** Writes lines for the rows within the bounds, as UTF-8 chunks that end at line ends. */
export async function render(
  connection: DuckDBConnection,
  bounds: RowBounds,
  lines: readonly LineTemplate[],
): Promise<readonly Uint8Array[]> {
  const rows = await run(connection, renderStatement(bounds, lines));
  return rows.flatMap(([chunk]) =>
    typeof chunk === 'object' && chunk !== null && 'bytes' in chunk && chunk.bytes.length > 0
      ? [chunk.bytes]
      : [],
  );
}
