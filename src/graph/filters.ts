import type { Literal, Term } from '@rdfjs/types';
import { type Algebra, ExpressionTypes } from '@traqula/algebra-transformations-1-1';
import { DataFactory } from 'n3';
import { HOUR_MS, type Instant, MINUTE_MS, parseInstant } from '../model/index.js';
import { anyFact, type Fact, hullFacts, meetFacts, type TermKey } from './bounds.js';
import { XSD_DATE_TIME, XSD_DAY_TIME_DURATION, XSD_INTEGER, XSD_STRING } from './vocabulary.js';

/** Facts by the name of the variable. */
export type Facts = ReadonlyMap<string, Fact>;

/** A span that a time certainly lies in, inclusive, in milliseconds. */
interface Span {
  readonly since: number;
  readonly until: number;
}

/** A time without a zone may mean any zone between -14:00 and +14:00. */
const ZONE_SLACK_MS = 14 * HOUR_MS;
/** How much later than its planning a query may ask for NOW(), and how much the clocks of threads may differ. */
const NOW_SLACK_MS = 10 * MINUTE_MS;
const NOW_EARLY_MS = 1_000;

/** The text that stands for a term where terms are compared; undefined for literals with a type or language. */
export function termKey(term: Term): TermKey | undefined {
  if (term.termType === 'NamedNode') return `<${term.value}>`;
  const plain = term.termType === 'Literal' && term.datatype.value === XSD_STRING && term.language === '';
  return plain ? `"${term.value}` : undefined;
}

/** Where the time of an xsd:dateTime lies; undefined when it cannot be told. */
function spanOfLexical(text: string): Span | undefined {
  const zoned = parseInstant(text);
  if (zoned !== undefined) return { since: zoned, until: zoned + 1 };
  const unzoned = parseInstant(`${text}Z`);
  return unzoned === undefined
    ? undefined
    : { since: unzoned - ZONE_SLACK_MS, until: unzoned + 1 + ZONE_SLACK_MS };
}

/** What is known of a variable that has this term as its value. */
export function factOfTerm(term: Term): Fact {
  const key = termKey(term);
  if (key !== undefined) return { ...anyFact, terms: new Set([key]) };
  const isTime = term.termType === 'Literal' && term.datatype.value === XSD_DATE_TIME;
  const span = isTime ? spanOfLexical(term.value) : undefined;
  return span === undefined ? anyFact : { ...anyFact, ...span };
}

const DURATION = /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** How long a duration of days and smaller parts is, in milliseconds; undefined for others. */
export function durationMs(literal: Literal): number | undefined {
  if (!/#(dayTimeDuration|duration)$/.test(literal.datatype.value)) return undefined;
  const match = DURATION.exec(literal.value);
  if (match === null) return undefined;
  const [days, hours, minutes, seconds] = match.slice(2).map((part) => Number(part ?? 0));
  const hoursInAll = (days ?? 0) * 24 + (hours ?? 0);
  const length = hoursInAll * HOUR_MS + (minutes ?? 0) * MINUTE_MS + (seconds ?? 0) * 1_000;
  return match[1] === undefined ? length : -length;
}

/** The text that an expression of constants has: a literal of text, STR of a whole number, or CONCAT of them. */
function constantText(expression: Algebra.Expression | undefined): string | undefined {
  const term = termOf(expression);
  if (term !== undefined) return termKey(term)?.startsWith('"') ? term.value : undefined;
  if (expression?.subType !== ExpressionTypes.OPERATOR) return undefined;
  const { operator, args } = expression;
  if (operator === 'str') {
    const of = termOf(args[0]);
    const isWhole =
      of?.termType === 'Literal' && of.datatype.value === XSD_INTEGER && /^\d{1,15}$/.test(of.value);
    return isWhole ? String(Number(of.value)) : constantText(args[0]);
  }
  const texts = operator === 'concat' ? args.map(constantText) : [undefined];
  return texts.every((text) => text !== undefined) ? texts.join('') : undefined;
}

/** How long a constant duration is, in milliseconds, also where it is made of a number; undefined for others. */
export function durationOf(expression: Algebra.Expression): number | undefined {
  const term = termOf(expression);
  if (term?.termType === 'Literal') return durationMs(term);
  if (expression.subType !== ExpressionTypes.NAMED || expression.name.value !== XSD_DAY_TIME_DURATION)
    return undefined;
  const text = constantText(expression.args[0]);
  return text === undefined ? undefined : durationMs(DataFactory.literal(text, expression.name));
}

function termOf(expression: Algebra.Expression | undefined): Term | undefined {
  return expression?.subType === ExpressionTypes.TERM ? expression.term : undefined;
}

/** Reads the facts that a filter states, given the time that NOW() will not be before. */
export class FilterReader {
  readonly #now: Instant;

  constructor(now: Instant) {
    this.#now = now;
  }

  /** What must hold of variables in every row for which the expression is true. */
  read(expression: Algebra.Expression): Facts {
    if (expression.subType !== ExpressionTypes.OPERATOR) return new Map();
    const [left, right] = expression.args;
    if (left === undefined || right === undefined) return new Map();
    switch (expression.operator) {
      case '&&':
        return bothHold(this.read(left), this.read(right));
      case '||':
        return oneHolds(this.read(left), this.read(right));
      case 'in':
        return expression.args
          .slice(1)
          .map((choice) => this.#compare('=', left, choice))
          .reduce(oneHolds);
      case '=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#compare(expression.operator, left, right);
      case 'sameterm':
        return this.#compare('=', left, right);
      default:
        return new Map();
    }
  }

  #compare(
    operator: '=' | '<' | '<=' | '>' | '>=',
    left: Algebra.Expression,
    right: Algebra.Expression,
  ): Facts {
    const variable = termOf(left);
    if (variable?.termType === 'Variable') {
      const fact = this.#factOf(operator, right);
      return fact === undefined ? new Map() : new Map([[variable.value, fact]]);
    }
    if (termOf(right)?.termType !== 'Variable') return new Map();
    const mirrored = ({ '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const)[operator];
    return this.#compare(mirrored, right, left);
  }

  #factOf(operator: '=' | '<' | '<=' | '>' | '>=', value: Algebra.Expression): Fact | undefined {
    const span = this.#spanOf(value);
    switch (operator) {
      case '=': {
        const term = termOf(value);
        if (term === undefined || term.termType === 'Variable') return span && { ...anyFact, ...span };
        return factOfTerm(term);
      }
      case '<':
      case '<=':
        return span && { ...anyFact, until: span.until };
      case '>':
      case '>=':
        return span && { ...anyFact, since: span.since };
    }
  }

  /** Where the time of an expression lies: a constant, a cast of one, NOW(), or one of them plus or minus a duration. */
  #spanOf(expression: Algebra.Expression): Span | undefined {
    if (expression.subType === ExpressionTypes.TERM) {
      const { term } = expression;
      const isTime = term.termType === 'Literal' && term.datatype.value === XSD_DATE_TIME;
      return isTime ? spanOfLexical(term.value) : undefined;
    }
    if (expression.subType === ExpressionTypes.NAMED && expression.name.value === XSD_DATE_TIME) {
      const term = termOf(expression.args[0]);
      return term?.termType === 'Literal' ? spanOfLexical(term.value) : undefined;
    }
    return expression.subType === ExpressionTypes.OPERATOR ? this.#spanOfOperation(expression) : undefined;
  }

  #spanOfOperation({ operator, args }: Algebra.OperatorExpression): Span | undefined {
    if (operator === 'now') {
      return { since: this.#now - NOW_EARLY_MS, until: this.#now + NOW_SLACK_MS };
    }
    const [left, right] = args;
    const term = termOf(right);
    if ((operator !== '-' && operator !== '+') || left === undefined || term?.termType !== 'Literal') {
      return undefined;
    }
    const span = this.#spanOf(left);
    const length = durationMs(term);
    if (span === undefined || length === undefined) return undefined;
    const by = operator === '-' ? -length : length;
    return { since: Math.floor(span.since + by), until: Math.ceil(span.until + by) };
  }
}

/** All facts of both, where both hold. */
export function bothHold(a: Facts, b: Facts): Facts {
  const facts = new Map(a);
  for (const [name, fact] of b) {
    const known = facts.get(name);
    facts.set(name, known === undefined ? fact : meetFacts(known, fact));
  }
  return facts;
}

/** What is left where only one of both is known to hold. */
export function oneHolds(a: Facts, b: Facts): Facts {
  const facts = new Map<string, Fact>();
  for (const [name, fact] of a) {
    const other = b.get(name);
    if (other !== undefined) facts.set(name, hullFacts(fact, other));
  }
  return facts;
}
