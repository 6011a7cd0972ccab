import type { DuckDBConnection } from '@duckdb/node-api';
import { EvidenceError } from '../errors.js';
import type {
  RowAggregate,
  RowColumn,
  RowCondition,
  RowOperand,
  RowPairs,
  RowPlan,
  RowScan,
  Rows,
  RowValue,
} from '../rows.js';
import { Bindings, columnOf, rowsWithin, run, type Statement, typeOf, WRITABLE_INSTANTS } from './render.js';
import { quoted } from './schema.js';

/** Columns are compared and answered as these kinds of values; others have no agreed order. */
type Comparable = 'text' | 'number' | 'instant';

class Selection {
  readonly #bindings = new Bindings();
  readonly #plan: RowPlan;

  constructor(plan: RowPlan) {
    this.#plan = plan;
  }

  statement(): Statement {
    const { scans, pairs, conditions, values, aggregates, limit } = this.#plan;
    const tables = [
      ...scans.map((scan, index) => `(${this.#scanned(scan, index)}) AS t${index}`),
      ...pairs.map((relation, index) => `(${this.#related(relation)}) AS p${index}`),
    ];
    const where = [
      ...pairs.flatMap(({ from, to }, index) => [
        `${this.#operand(from)} = p${index}.a`,
        `${this.#operand(to)} = p${index}.b`,
      ]),
      ...conditions.map((condition) => this.#condition(condition)),
    ];
    const columns = values.map((value) => this.#value(value));
    const grouped = aggregates === undefined || columns.length === 0 ? '' : ` GROUP BY ${columns.join(', ')}`;
    const told = [...columns, ...(aggregates ?? []).map((aggregate) => this.#aggregate(aggregate))];
    const text = `SELECT ${told.join(', ')} FROM ${tables.join(', ')}
      ${where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`}${grouped}
      LIMIT ${this.#bindings.bind(Math.max(0, Math.trunc(limit)))}`;
    return { text, values: this.#bindings.values };
  }

  /** One table's rows with the columns that the plan names, each under its own name. */
  #scanned({ bounds, present }: RowScan, index: number): string {
    const { from } = bounds;
    const named = new Set([...present, ...this.#namedIn(index)]);
    // A table has to have some column, even where only the number of its rows matters.
    const columns = [
      'true AS present',
      ...[...named].map((name) => `${columnOf(from, name)} AS ${quoted(name)}`),
    ];
    const rows = rowsWithin(this.#bindings, bounds);
    const conditions = [
      ...(from === 'series' ? [] : [`r."at" ${WRITABLE_INSTANTS}`]),
      ...present.map((name) => `${columnOf(from, name)} IS NOT NULL`),
      ...present
        .filter((name) => typeOf(from, name) === 'instant' && name !== 'at')
        .map((name) => `${columnOf(from, name)} ${WRITABLE_INSTANTS}`),
    ];
    const glue = rows.includes(' WHERE ') ? 'AND' : 'WHERE';
    return `SELECT ${columns.join(', ')} FROM ${rows}${conditions.length === 0 ? '' : ` ${glue} ${conditions.join(' AND ')}`}`;
  }

  #namedIn(scan: number): readonly string[] {
    const { values, aggregates = [] } = this.#plan;
    const told = [...values, ...aggregates.flatMap((aggregate) => ('of' in aggregate ? [aggregate.of] : []))];
    return told.flatMap(({ column }) => (column.scan === scan ? [column.name] : []));
  }

  #related({ pairs }: RowPairs): string {
    const json = this.#bindings.bind(JSON.stringify(pairs.map(([a, b]) => ({ a, b }))));
    return `SELECT x.a AS a, x.b AS b FROM (SELECT unnest(from_json(${json}::VARCHAR, '[{"a":"VARCHAR","b":"VARCHAR"}]')) AS x)`;
  }

  #column({ scan, name }: RowColumn): string {
    return `t${scan}.${quoted(name)}`;
  }

  #typeOf({ scan, name }: RowColumn): Comparable {
    const from = this.#plan.scans[scan]?.bounds.from;
    const type = from === undefined ? undefined : typeOf(from, name);
    switch (type) {
      case 'text':
      case 'service':
        return 'text';
      case 'number':
      case 'instant':
        return type;
      default:
        throw new EvidenceError('store-failed', `The column ${name} cannot be selected.`);
    }
  }

  #operand(operand: RowOperand): string {
    if (operand.type === 'value') return this.#bound(operand.value);
    const { column, plusMs = 0 } = operand;
    return plusMs === 0
      ? this.#column(column)
      : `(${this.#column(column)} + ${this.#bindings.bind(BigInt(plusMs))}::BIGINT)`;
  }

  #bound(value: string | number): string {
    return typeof value === 'string'
      ? `${this.#bindings.bind(value)}::VARCHAR`
      : `${this.#bindings.bind(value)}::DOUBLE`;
  }

  #condition(condition: RowCondition): string {
    switch (condition.type) {
      case 'not':
        return `NOT (${this.#condition(condition.condition)})`;
      case 'and':
      case 'or': {
        const parts = condition.conditions.map((part) => `(${this.#condition(part)})`);
        return `(${parts.join(condition.type === 'and' ? ' AND ' : ' OR ')})`;
      }
      case 'compare':
        return this.#comparison(condition);
    }
  }

  #comparison({ operator, left, right }: Extract<RowCondition, { type: 'compare' }>): string {
    const isTime = [left, right].some(
      (side) => side.type === 'column' && this.#typeOf(side.column) === 'instant',
    );
    const side = (operand: RowOperand) =>
      isTime && operand.type === 'value'
        ? `${this.#bindings.bind(BigInt(operand.value))}::BIGINT`
        : this.#operand(operand);
    // The engine orders NaN above all other numbers and has it equal itself.
    const numbers = [left, right].filter(
      (one) => one.type === 'column' && this.#typeOf(one.column) === 'number',
    );
    const ordered = numbers.map((one) => `NOT isnan(${this.#operand(one)})`);
    return `(${[`${side(left)} ${operator} ${side(right)}`, ...ordered].join(' AND ')})`;
  }

  #value({ column, part }: RowValue): string {
    const type = this.#typeOf(column);
    if (part === undefined) return this.#column(column);
    if (type === 'instant') return `date_part('${part}', epoch_ms(${this.#column(column)}))`;
    throw new EvidenceError('store-failed', `The column ${column.name} is no time.`);
  }

  #aggregate(aggregate: RowAggregate): string {
    switch (aggregate.type) {
      case 'count':
        return 'count(*)';
      case 'count-distinct':
        return `count(DISTINCT ${this.#value(aggregate.of)})`;
      default:
        return `${aggregate.type}(${this.#value(aggregate.of)})`;
    }
  }
}

/** The statement of a plan. */
export function selectStatement(plan: RowPlan): Statement {
  return new Selection(plan).statement();
}

/** Joins, filters and aggregates rows; fails with the signal's reason when it stops the work. */
export async function select(
  connection: DuckDBConnection,
  plan: RowPlan,
  signal?: AbortSignal,
): Promise<Rows> {
  const stop = () => connection.interrupt();
  signal?.throwIfAborted();
  signal?.addEventListener('abort', stop);
  try {
    const rows = await run(connection, selectStatement(plan));
    return rows.map((row) =>
      row.map((cell) => (cell === null ? undefined : typeof cell === 'string' ? cell : Number(cell))),
    );
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
