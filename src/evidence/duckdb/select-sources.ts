/** The sources of a plan as sub-queries: scans with columns under the plan's names, and tables that come with it. */
import { isIdentity } from '../../model/index.js';
import type { RowScan, RowSource, ScanColumn } from '../rows.js';
import type { SeriesQuery } from '../samples.js';
import { type Bindings, columnOf, PATH, rowsWithin, typeOf, WRITABLE_INSTANTS } from './render.js';
import { quoted } from './schema.js';

/** The numbers of the series that a query finds; undefined when they are too many to be named one by one. */
export type FindRefs = (query: SeriesQuery) => readonly number[] | undefined;

type Table = RowScan['bounds']['from'];

/** The path of a row's IRI below `/id/`, as the mapping writes subjects. */
function pathOf(from: Table): string {
  const time = `strftime(epoch_ms(r."at"), '%Y%m%dT%H%M%S.%gZ')`;
  switch (from) {
    case 'event':
      return `r.kind || '/' || ${time} || '/' || r.id`;
    case 'sample':
      return `'sample/' || ${time} || '/' || s.key`;
    case 'rollup':
      return `'rollup-' || ${columnOf(from, 'span')} || '/' || ${time} || '/' || s.key`;
    case 'series':
      return `'series/' || r.key`;
  }
}

function place(bindings: Bindings, from: Table, column: ScanColumn): string {
  switch (column.type) {
    case 'path':
      return pathOf(from);
    case 'text':
      return bindings.text(column.text);
    case 'label':
      return `map_extract_value(from_json(r.labels, '"MAP(VARCHAR, VARCHAR)"'), ${bindings.text(column.name)})`;
    case 'column': {
      const own = checked(from, column.name);
      if (column.kinds === undefined || from !== 'event') return own;
      const kinds = column.kinds.map((kind) => bindings.text(kind));
      return `CASE WHEN r.kind IN (${kinds.join(', ')}) THEN ${own} END`;
    }
  }
}

/** A column whose values are none where the mapping would not write them. */
function checked(from: Table, name: string): string {
  const own = columnOf(from, name);
  switch (typeOf(from, name)) {
    case 'receipt':
      return `CASE WHEN regexp_matches(${own}, '${PATH}') THEN ${own} END`;
    case 'instant':
      return name === 'at' ? own : `CASE WHEN ${own} ${WRITABLE_INSTANTS} THEN ${own} END`;
    default:
      return own;
  }
}

const bareColumns: ReadonlySet<string> = new Set(['at', 'value', 'stale']);

const ofSeries = (from: Table): boolean => from === 'sample' || from === 'rollup';

function isBare({ type, ...column }: ScanColumn): boolean {
  return type === 'text' || (type === 'column' && 'name' in column && bareColumns.has(column.name));
}

/**
 * The rows of a table. Samples and roll-ups are bounded by the numbers of their series, one by one, which lets the engine pass over
 * the parts of the table that have none of them; and joined with their series only where something of it is named.
 */
function rowsOf(bindings: Bindings, { bounds, columns }: RowScan, find: FindRefs): string {
  const { values = {}, ...others } = bounds;
  const isAbout = ['metric', 'service', 'seriesKey'].some((name) => values[name] !== undefined);
  const refs = ofSeries(bounds.from) && isAbout ? find(queryOf(bounds)) : undefined;
  if (refs === undefined) return rowsWithin(bindings, bounds);
  const isAlone = Object.values(columns).flat().every(isBare) && values.component === undefined;
  const rows = isAlone
    ? rowsWithin(bindings, others).replace(' JOIN series AS s ON r.series = s.ref', '')
    : rowsWithin(bindings, bounds);
  const within = refs.length === 0 ? 'false' : `r.series IN (${refs.join(', ')})`;
  return `${rows}${rows.includes(' WHERE ') ? ' AND ' : ' WHERE '}${within}`;
}

function queryOf({ values = {} }: RowScan['bounds']): SeriesQuery {
  const texts = (name: string) => values[name]?.map(String);
  const [metrics, services, keys] = [texts('metric'), texts('service'), texts('seriesKey')];
  return {
    ...(metrics === undefined ? {} : { metrics }),
    ...(services === undefined ? {} : { services }),
    ...(keys === undefined ? {} : { keys: keys.filter(isIdentity) }),
  };
}

function scanned(bindings: Bindings, scan: RowScan, present: readonly string[], find: FindRefs): string {
  const { bounds, columns } = scan;
  const { from } = bounds;
  const sql = (name: string) => {
    const places = (columns[name] ?? []).map((column) => place(bindings, from, column));
    return places.length > 1 ? `coalesce(${places.join(', ')})` : (places[0] ?? 'NULL');
  };
  // A table has to have some column, even where only the number of its rows matters.
  const told = ['true AS present', ...Object.keys(columns).map((name) => `${sql(name)} AS ${quoted(name)}`)];
  const conditions = [
    ...(from === 'series' ? [] : [`r."at" ${WRITABLE_INSTANTS}`]),
    ...present.map((name) => `${sql(name)} IS NOT NULL`),
  ];
  const rows = rowsOf(bindings, scan, find);
  const glue = rows.includes(' WHERE ') ? 'AND' : 'WHERE';
  const where = conditions.length === 0 ? '' : ` ${glue} ${conditions.join(' AND ')}`;
  return `SELECT ${told.join(', ')} FROM ${rows}${where}`;
}

/** A source as a sub-query in brackets. */
export function sourceSql(bindings: Bindings, source: RowSource, find: FindRefs): string {
  switch (source.type) {
    case 'scan': {
      const { scans, present } = source;
      return `(${scans.map((scan) => scanned(bindings, scan, present, find)).join(' UNION ALL ')})`;
    }
    case 'table': {
      const json = bindings.bind(JSON.stringify(source.rows));
      const columns = source.columns.map((name, index) => `x[${index + 1}] AS ${quoted(name)}`);
      return `(SELECT ${columns.join(', ')} FROM (SELECT unnest(from_json(${json}::VARCHAR, '[["VARCHAR"]]')) AS x))`;
    }
  }
}
