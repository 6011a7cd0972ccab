/** Expressions over typed cells, in which the only error that can arise is that a value is absent. */
import type { Literal } from '@rdfjs/types';
import { type Algebra, ExpressionTypes } from '@traqula/algebra-transformations-1-1';
import type { RowCondition, RowOperator, RowValue, TimePart } from '../evidence/index.js';
import { type Iris, parseInstant } from '../model/index.js';
import { type Cell, type CellType, valueOfConstant } from './cells.js';
import { durationOf } from './filters.js';
import { XSD_DATE_TIME, XSD_DOUBLE, XSD_INTEGER, XSD_STRING } from './vocabulary.js';

const operators: ReadonlyMap<string, RowOperator> = new Map(
  (['=', '!=', '<', '<=', '>', '>='] as const).map((operator) => [operator, operator]),
);

const parts: ReadonlyMap<string, TimePart> = new Map([
  ['year', 'year'],
  ['month', 'month'],
  ['day', 'day'],
  ['hours', 'hour'],
  ['minutes', 'minute'],
]);

const textTests = { contains: 'contains', strstarts: 'starts', strends: 'ends' } as const;

/** Times that both readers take for the same whole millisecond. */
const EXACT_TIME =
  /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{1,3}0{0,6})?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)$/;
const EXACT_INTEGER = /^[+-]?\d{1,15}$/;
const DOUBLE = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/;

/** Something that is compared. A whole number written in a query may stand beside integers and doubles. */
interface Typed {
  readonly type: CellType | 'whole';
  readonly value: RowValue;
}

function instantOfText(text: string): Typed | undefined {
  const at = EXACT_TIME.test(text) ? parseInstant(text) : undefined;
  return at === undefined ? undefined : { type: 'instant', value: { type: 'constant', value: BigInt(at) } };
}

function literalOf({ value, datatype }: Literal): Typed | undefined {
  switch (datatype.value) {
    case XSD_DATE_TIME:
      return instantOfText(value);
    case XSD_INTEGER:
      return EXACT_INTEGER.test(value)
        ? { type: 'whole', value: { type: 'constant', value: BigInt(value) } }
        : undefined;
    case XSD_DOUBLE:
      return DOUBLE.test(value)
        ? { type: 'number', value: { type: 'constant', value: Number(value) } }
        : undefined;
    default:
      return undefined;
  }
}

/** The name of the variable that an expression is; undefined when it is none. */
export function variableOf(expression: Algebra.Expression | undefined): string | undefined {
  return expression?.subType === ExpressionTypes.TERM && expression.term.termType === 'Variable'
    ? expression.term.value
    : undefined;
}

/** As what two types are compared, with the meaning that SPARQL gives it; undefined when that is not certain. */
function comparable(
  a: Typed['type'],
  b: Typed['type'],
  operator: RowOperator,
): 'text' | 'number' | 'integer' | 'instant' | undefined {
  const isEquality = operator === '=' || operator === '!=';
  const one = a === 'whole' ? b : a;
  const other = b === 'whole' ? a : b;
  if (one !== other) return undefined;
  switch (one) {
    case 'instant':
    case 'number':
    case 'integer':
      return one;
    case 'text':
      return 'text';
    case 'service':
    case 'receipt':
    case 'series':
    case 'iri':
      return isEquality ? 'text' : undefined;
    default:
      return undefined;
  }
}

/** The characters of a time up to its minute: beyond it, the engine leaves zeros out. */
const MINUTE_CHARACTERS = 16;

/** A small whole number that stands in a query. */
function wholeOf(expression: Algebra.Expression | undefined): number | undefined {
  if (expression?.subType !== ExpressionTypes.TERM || expression.term.termType !== 'Literal')
    return undefined;
  const { value, datatype } = expression.term;
  return datatype.value === XSD_INTEGER && /^\d{1,3}$/.test(value) ? Number(value) : undefined;
}

function asDouble({ type, value }: Typed): RowValue {
  return type === 'whole' && value.type === 'constant'
    ? { type: 'constant', value: Number(value.value) }
    : value;
}

/** Compiles expressions over the cells of a relation. */
export class ExpressionCompiler {
  readonly #cells: ReadonlyMap<string, Cell>;
  readonly #iris: Iris;
  readonly #now: number;

  constructor(
    cells: ReadonlyMap<string, Cell>,
    { iris, now }: { readonly iris: Iris; readonly now: number },
  ) {
    this.#cells = cells;
    this.#iris = iris;
    this.#now = now;
  }

  /** The condition that a filter states; undefined where it is not certain to be the same. */
  condition(expression: Algebra.Expression): RowCondition | undefined {
    if (expression.subType !== ExpressionTypes.OPERATOR) return undefined;
    const { operator, args } = expression;
    const [left, right] = args;
    switch (operator) {
      case '&&':
      case '||':
        return this.#all(
          operator === '&&' ? 'and' : 'or',
          args.map((part) => this.condition(part)),
        );
      case '!': {
        const condition = left && this.condition(left);
        return condition && { type: 'not', condition };
      }
      case 'in':
      case 'notin':
        return this.#oneOf(operator, args);
      case 'bound': {
        const cell = this.#cells.get(variableOf(left) ?? '');
        return cell && { type: 'known', value: cell.value };
      }
      case 'contains':
      case 'strstarts':
      case 'strends':
        return this.#textTest(textTests[operator], left, right);
      default: {
        const compared = operators.get(operator);
        return compared && this.#compare(compared, left, right);
      }
    }
  }

  /** What an expression computes; undefined where it is not certain to be the same. */
  cell(expression: Algebra.Expression): Cell | undefined {
    const known = this.#cells.get(variableOf(expression) ?? '');
    if (known !== undefined) return known;
    if (expression.subType === ExpressionTypes.TERM) return this.#constantCell(expression);
    const typed = this.#typed(expression);
    const isNew = typed?.type === 'integer' || typed?.type === 'duration' || typed?.type === 'text';
    return isNew
      ? { type: typed.type, value: typed.value, isOptional: this.#hasOptional(expression) }
      : undefined;
  }

  #constantCell({ term }: Algebra.TermExpression): Cell | undefined {
    for (const type of ['text', 'iri'] as const) {
      const value = valueOfConstant(term, type, this.#iris);
      if (value !== undefined) return { type, value: { type: 'constant', value }, isOptional: false };
    }
    return undefined;
  }

  #hasOptional(expression: Algebra.Expression): boolean {
    if (expression.subType === ExpressionTypes.OPERATOR)
      return expression.args.some((arg) => this.#hasOptional(arg));
    return this.#cells.get(variableOf(expression) ?? '')?.isOptional === true;
  }

  #all(type: 'and' | 'or', some: readonly (RowCondition | undefined)[]): RowCondition | undefined {
    const conditions = some.flatMap((part) => part ?? []);
    return conditions.length === some.length ? { type, conditions } : undefined;
  }

  #oneOf(
    operator: 'in' | 'notin',
    [left, ...choices]: readonly Algebra.Expression[],
  ): RowCondition | undefined {
    if (choices.length === 0) return undefined;
    const condition = this.#all(
      'or',
      choices.map((choice) => this.#compare('=', left, choice)),
    );
    return operator === 'in' ? condition : condition && { type: 'not', condition };
  }

  #textTest(
    test: 'contains' | 'starts' | 'ends',
    left: Algebra.Expression | undefined,
    right: Algebra.Expression | undefined,
  ): RowCondition | undefined {
    const cell = this.#cells.get(variableOf(left) ?? '');
    const part =
      right?.subType === ExpressionTypes.TERM ? valueOfConstant(right.term, 'text', this.#iris) : undefined;
    return cell?.type !== 'text' || part === undefined
      ? undefined
      : { type: 'text', test, value: cell.value, part };
  }

  #compare(
    operator: RowOperator,
    left: Algebra.Expression | undefined,
    right: Algebra.Expression | undefined,
  ): RowCondition | undefined {
    const [a, b] = [this.#typed(left), this.#typed(right)];
    const first = a ?? this.#constant(left, b?.type);
    const second = b ?? this.#constant(right, a?.type);
    if (first === undefined || second === undefined) return undefined;
    if (first.value.type === 'constant' && second.value.type === 'constant') return undefined;
    const as = comparable(first.type, second.type, operator);
    if (as === undefined) return undefined;
    const sides = as === 'number' ? [asDouble(first), asDouble(second)] : [first.value, second.value];
    const [x, y] = sides;
    return x && y && { type: 'compare', operator, left: x, right: y, as };
  }

  /** A text or an IRI, which only the other side can tell apart. */
  #constant(expression: Algebra.Expression | undefined, type: Typed['type'] | undefined): Typed | undefined {
    if (expression?.subType !== ExpressionTypes.TERM || type === undefined || type === 'whole')
      return undefined;
    const value = valueOfConstant(expression.term, type, this.#iris);
    return value === undefined ? undefined : { type, value: { type: 'constant', value } };
  }

  #typed(expression: Algebra.Expression | undefined): Typed | undefined {
    switch (expression?.subType) {
      case ExpressionTypes.TERM: {
        const { term } = expression;
        if (term.termType === 'Literal')
          return term.datatype.value === XSD_STRING ? undefined : literalOf(term);
        return term.termType === 'Variable' ? this.#cells.get(term.value) : undefined;
      }
      case ExpressionTypes.NAMED: {
        const [arg] = expression.args;
        const isText = arg?.subType === ExpressionTypes.TERM && arg.term.termType === 'Literal';
        return expression.name.value === XSD_DATE_TIME && isText ? instantOfText(arg.term.value) : undefined;
      }
      case ExpressionTypes.OPERATOR:
        return this.#computed(expression);
      default:
        return undefined;
    }
  }

  #computed({ operator, args }: Algebra.OperatorExpression): Typed | undefined {
    const [left, right] = args;
    if (operator === 'substr') return this.#writtenTime(args);
    if (operator === 'now') return { type: 'instant', value: { type: 'constant', value: BigInt(this.#now) } };
    const of = this.#typed(left);
    if (of?.type !== 'instant') return undefined;
    const part = parts.get(operator);
    if (part !== undefined) return { type: 'integer', value: { type: 'part', part, of: of.value } };
    return operator === '-' && right !== undefined ? this.#less(of, right) : undefined;
  }

  /** The beginning of a written time, by which people group: `SUBSTR(STR(?at), 1, 13)` is its hour. */
  #writtenTime([text, start, length]: readonly Algebra.Expression[]): Typed | undefined {
    if (text?.subType !== ExpressionTypes.OPERATOR || text.operator !== 'str') return undefined;
    const of = this.#typed(text.args[0]);
    const characters = wholeOf(length);
    // What is computed of a time may lie beyond the years that have four digits.
    if (of?.type !== 'instant' || of.value.type !== 'column' || wholeOf(start) !== 1) return undefined;
    if (characters === undefined || characters < 1 || characters > MINUTE_CHARACTERS) return undefined;
    return { type: 'text', value: { type: 'written-time', of: of.value, characters } };
  }

  /** A time minus a constant duration, or the time between two. Most sums of a time have no value in the engine. */
  #less(from: Typed, right: Algebra.Expression): Typed | undefined {
    const other = this.#typed(right);
    if (other?.type === 'instant') {
      return { type: 'duration', value: { type: 'difference', left: from.value, right: other.value } };
    }
    const length = durationOf(right);
    if (length === undefined || !Number.isSafeInteger(length) || length < 0 || length > 1e12)
      return undefined;
    return { type: 'instant', value: { type: 'moved', of: from.value, byMs: -length } };
  }
}
