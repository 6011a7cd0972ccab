/** Values, conditions and aggregates of a plan as expressions over its sources, by their names. */
import type { RowAggregate, RowCondition, RowValue } from '../rows.js';
import type { Bindings } from './render.js';
import { quoted } from './schema.js';

function constantSql(bindings: Bindings, value: string | number | bigint): string {
  switch (typeof value) {
    case 'string':
      return bindings.text(value);
    case 'number':
      return `${bindings.bind(value)}::DOUBLE`;
    default:
      return `${bindings.bind(value)}::BIGINT`;
  }
}

/** A value as an expression. */
export function valueSql(bindings: Bindings, value: RowValue): string {
  switch (value.type) {
    case 'column':
      return `${quoted(value.column.source)}.${quoted(value.column.name)}`;
    case 'constant':
      return constantSql(bindings, value.value);
    case 'moved':
      return `(${valueSql(bindings, value.of)} + ${bindings.bind(BigInt(value.byMs))}::BIGINT)`;
    case 'difference':
      return `(${valueSql(bindings, value.left)} - ${valueSql(bindings, value.right)})`;
    case 'part':
      return `date_part('${value.part}', epoch_ms(${valueSql(bindings, value.of)}))`;
    case 'written-time':
      return `left(strftime(epoch_ms(${valueSql(bindings, value.of)}), '%Y-%m-%dT%H:%M'), ${bindings.bind(BigInt(value.characters))}::BIGINT)`;
    case 'result':
      return `o.c${value.position}`;
  }
}

type Comparison = Extract<RowCondition, { type: 'compare' }>;

function comparisonSql(bindings: Bindings, { operator, left, right, as }: Comparison): string {
  const [a, b] = [valueSql(bindings, left), valueSql(bindings, right)];
  if (as !== 'number') return `(${a} ${operator} ${b})`;
  // The engine here orders NaN above all other numbers and has it equal itself.
  const sides = [left.type === 'constant' ? [] : [a], right.type === 'constant' ? [] : [b]].flat();
  if (operator === '=' || operator === '!=') {
    const equal = [`${a} = ${b}`, ...sides.map((side) => `NOT isnan(${side})`)].join(' AND ');
    return operator === '=' ? `(${equal})` : `(NOT (${equal}))`;
  }
  return `CASE WHEN NOT (${sides.map((side) => `isnan(${side})`).join(' OR ')}) THEN ${a} ${operator} ${b} END`;
}

const textTests = { contains: 'contains', starts: 'starts_with', ends: 'ends_with' } as const;

/** A condition as an expression. */
export function conditionSql(bindings: Bindings, condition: RowCondition): string {
  switch (condition.type) {
    case 'not':
      return `(NOT ${conditionSql(bindings, condition.condition)})`;
    case 'and':
    case 'or': {
      const parts = condition.conditions.map((part) => conditionSql(bindings, part));
      const none = condition.type === 'and' ? 'true' : 'false';
      return parts.length === 0 ? none : `(${parts.join(condition.type === 'and' ? ' AND ' : ' OR ')})`;
    }
    case 'known':
      return `(${valueSql(bindings, condition.value)} IS NOT NULL)`;
    case 'text':
      return `${textTests[condition.test]}(${valueSql(bindings, condition.value)}, ${bindings.text(condition.part)})`;
    case 'compare':
      return comparisonSql(bindings, condition);
  }
}

const ofAll = { sum: 'fsum', avg: 'favg', min: 'min', max: 'max' } as const;

/** An aggregate as an expression over a group. */
export function aggregateSql(bindings: Bindings, aggregate: RowAggregate): string {
  if (aggregate.type === 'count') return 'count(*)';
  const of = valueSql(bindings, aggregate.of);
  switch (aggregate.type) {
    case 'count-of':
      return `count(${of})`;
    case 'count-distinct':
      return `count(DISTINCT ${of})`;
    case 'odd':
      return `coalesce(bool_or(NOT isfinite(${of}) OR (${of} = 0 AND signbit(${of}))), false)::INTEGER`;
    default:
      return `CASE WHEN count(${of}) = count(*) THEN ${ofAll[aggregate.type]}(${of}) END`;
  }
}
