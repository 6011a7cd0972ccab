import type { DuckDBConnection } from '@duckdb/node-api';
import type { RowPlan, Selected } from '../rows.js';
import { Bindings } from './render.js';
import { quoted } from './schema.js';
import { type FindRefs, sourceSql } from './select-sources.js';
import { aggregateSql, conditionSql, valueSql } from './select-values.js';
import { windowJoins } from './select-windows.js';
import { find as findRows, type Statement, takeOut } from './statement.js';

function orderSql({ order = [] }: RowPlan): string {
  const keys = order.map(({ position, isDescending, encoded }) => {
    const column = encoded === true ? `url_encode(o.c${position})` : `o.c${position}`;
    return `${column} ${isDescending ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}`;
  });
  return keys.length === 0 ? '' : `ORDER BY ${keys.join(', ')}`;
}

/** The statement of a plan. */
export function selectStatement(plan: RowPlan, find: FindRefs): Statement {
  const bindings = new Bindings();
  const {
    sources,
    conditions,
    values,
    aggregates,
    having = [],
    isDistinct = false,
    limit,
    offset = 0,
  } = plan;
  const windows = windowJoins(bindings, conditions);
  const tables = sources.map((source) => {
    const sql = sourceSql(bindings, source, find);
    const window = windows.find((one) => one.source === source.name);
    const widened = window === undefined ? sql : `(SELECT *, ${window.spans} FROM ${sql} AS w)`;
    return `${widened} AS ${quoted(source.name)}`;
  });
  const where = [
    ...conditions.map((condition) => conditionSql(bindings, condition)),
    ...windows.map(({ condition }) => condition),
  ];
  const kept = having.map((condition) => conditionSql(bindings, condition));
  const keys = values.map((value) => valueSql(bindings, value));
  const told = [
    ...keys,
    ...(aggregates ?? []).map((aggregate) => aggregateSql(bindings, aggregate)),
    ...(keys.length + (aggregates?.length ?? 0) === 0 ? ['true'] : []),
  ];
  // By position, since an expression with bound values is not the same as itself.
  const grouped =
    aggregates === undefined || keys.length === 0 ? '' : `GROUP BY ${keys.map((_, at) => at + 1).join(', ')}`;
  const columns = told.map((sql, index) => `${sql} AS c${index}`);
  const text = `
    SELECT * FROM (
      SELECT ${isDistinct ? 'DISTINCT ' : ''}${columns.join(', ')}
      FROM ${tables.join(',\n        ')}
      ${where.length === 0 ? '' : `WHERE ${where.join('\n        AND ')}`} ${grouped}
    ) AS o ${kept.length === 0 ? '' : `WHERE ${kept.join(' AND ')}`} ${orderSql(plan)}
    LIMIT ${bindings.bind(Math.max(0, Math.trunc(limit)))} OFFSET ${bindings.bind(Math.max(0, Math.trunc(offset)))}`;
  return { text, values: bindings.values };
}

/** Joins, filters and aggregates rows, until a signal stops it. */
export async function select(
  connection: DuckDBConnection,
  plan: RowPlan,
  find: FindRefs,
  signal?: AbortSignal,
): Promise<Selected> {
  const statement = selectStatement(plan, find);
  const told = { text: statement.text, parameters: statement.values.map(String) };
  const found = await findRows(connection, statement);
  if (plan.mostRows !== undefined && found.rowCount > plan.mostRows) {
    return { rows: [], isTooMany: true, statement: told };
  }
  const rows: (readonly (string | number | undefined)[])[] = [];
  for await (const some of takeOut(found, signal)) {
    for (const row of some) {
      rows.push(
        row.map((cell) => (cell === null ? undefined : typeof cell === 'string' ? cell : Number(cell))),
      );
    }
  }
  return { rows, isTooMany: false, statement: told };
}
