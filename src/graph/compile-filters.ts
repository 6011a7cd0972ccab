/** Filters over typed columns, in which no error and no third truth value can arise. */
import type { Literal } from '@rdfjs/types';
import { type Algebra, ExpressionTypes } from '@traqula/algebra-transformations-1-1';
import type { RowCondition, RowOperand } from '../evidence/index.js';
import { type Iris, parseInstant } from '../model/index.js';
import { type Cell, type ColumnCell, valueOfConstant } from './compile-stars.js';
import { durationMs } from './filters.js';
import { XSD_DATE_TIME, XSD_DOUBLE, XSD_INTEGER } from './vocabulary.js';

type Operator = Extract<RowCondition, { type: 'compare' }>['operator'];

interface Typed {
  readonly type: ColumnCell['type'];
  readonly operand: RowOperand;
}

const operators: ReadonlyMap<string, Operator> = new Map(
  (['=', '!=', '<', '<=', '>', '>='] as const).map((operator) => [operator, operator]),
);

/** Times that both readers take for the same whole millisecond. */
const EXACT_TIME =
  /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{1,3}0{0,6})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)$/;
const EXACT_INTEGER = /^[+-]?\d{1,15}$/;
const DOUBLE = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/;

function literalOf(literal: Literal): Typed | undefined {
  const { value, datatype } = literal;
  switch (datatype.value) {
    case XSD_DATE_TIME: {
      const at = EXACT_TIME.test(value) ? parseInstant(value) : undefined;
      return at === undefined ? undefined : { type: 'instant', operand: { type: 'value', value: at } };
    }
    case XSD_INTEGER:
    case XSD_DOUBLE: {
      const isExact = (datatype.value === XSD_INTEGER ? EXACT_INTEGER : DOUBLE).test(value);
      return isExact ? { type: 'number', operand: { type: 'value', value: Number(value) } } : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether columns of a type can be compared so with the meaning that SPARQL gives it. */
function isSound(type: ColumnCell['type'], operator: Operator): boolean {
  const isEquality = operator === '=' || operator === '!=';
  switch (type) {
    case 'instant':
      return true;
    case 'number':
      return !isEquality;
    case 'text':
    case 'service':
      return isEquality;
  }
}

/** Compiles filters over the cells of some stars. */
export class FilterCompiler {
  readonly #cells: ReadonlyMap<string, Cell>;
  readonly #iris: Iris;

  constructor(cells: ReadonlyMap<string, Cell>, iris: Iris) {
    this.#cells = cells;
    this.#iris = iris;
  }

  /** The condition that a filter states; undefined where it is not certain to be the same. */
  compile(expression: Algebra.Expression): RowCondition | undefined {
    if (expression.subType !== ExpressionTypes.OPERATOR) return undefined;
    const { operator, args } = expression;
    const [left, right] = args;
    switch (operator) {
      case '&&':
      case '||':
        return this.#all(
          operator === '&&' ? 'and' : 'or',
          args.map((part) => this.compile(part)),
        );
      case '!': {
        const condition = left && this.compile(left);
        return condition && { type: 'not', condition };
      }
      case 'in': {
        const choices = args.slice(1).map((choice) => this.#compare('=', left, choice));
        return choices.length === 0 ? undefined : this.#all('or', choices);
      }
      default: {
        const compared = operators.get(operator);
        return compared && this.#compare(compared, left, right);
      }
    }
  }

  #all(type: 'and' | 'or', parts: readonly (RowCondition | undefined)[]): RowCondition | undefined {
    const conditions = parts.flatMap((part) => part ?? []);
    return conditions.length === parts.length ? { type, conditions } : undefined;
  }

  #compare(
    operator: Operator,
    left: Algebra.Expression | undefined,
    right: Algebra.Expression | undefined,
  ): RowCondition | undefined {
    const [a, b] = [this.#typed(left), this.#typed(right)];
    const first = a ?? this.#constant(left, b?.type);
    const second = b ?? this.#constant(right, a?.type);
    if (first === undefined || second === undefined || first.type !== second.type) return undefined;
    if (first.operand.type === 'value' && second.operand.type === 'value') return undefined;
    return isSound(first.type, operator)
      ? { type: 'compare', operator, left: first.operand, right: second.operand }
      : undefined;
  }

  /** A text or a service, which only the other side can tell apart. */
  #constant(
    expression: Algebra.Expression | undefined,
    type: ColumnCell['type'] | undefined,
  ): Typed | undefined {
    if (expression?.subType !== ExpressionTypes.TERM || type === undefined) return undefined;
    const value = valueOfConstant(expression.term, type, this.#iris);
    return value === undefined ? undefined : { type, operand: { type: 'value', value } };
  }

  #typed(expression: Algebra.Expression | undefined): Typed | undefined {
    if (expression?.subType === ExpressionTypes.TERM) {
      const { term } = expression;
      if (term.termType === 'Literal') return literalOf(term);
      const cell = term.termType === 'Variable' ? this.#cells.get(term.value) : undefined;
      return cell !== undefined && 'column' in cell
        ? { type: cell.type, operand: { type: 'column', column: cell.column } }
        : undefined;
    }
    return expression?.subType === ExpressionTypes.OPERATOR ? this.#moved(expression) : undefined;
  }

  /** A time minus a constant duration. Some sums have no value in the engine, `+ "PT90S"^^xsd:dayTimeDuration` among them. */
  #moved({ operator, args }: Algebra.OperatorExpression): Typed | undefined {
    const [left, right] = args;
    if (operator !== '-' || right?.subType !== ExpressionTypes.TERM) return undefined;
    const from = this.#typed(left);
    const length = right.term.termType === 'Literal' ? durationMs(right.term) : undefined;
    if (from?.type !== 'instant' || from.operand.type !== 'column' || from.operand.plusMs !== undefined) {
      return undefined;
    }
    if (length === undefined || !Number.isSafeInteger(length) || length < 0 || length > 1e12)
      return undefined;
    return { type: 'instant', operand: { ...from.operand, plusMs: -length } };
  }
}
