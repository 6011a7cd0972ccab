/**
 * Walks the algebra of a query and tells, for each of its basic patterns, what is known of the variables in the rows
 * that matter there. A fact moves only where that is certain: out of a group with its rows, between the sides of a
 * join, from the left side of OPTIONAL and MINUS into the right one, and from a filter into what it filters. It never
 * leaves an OPTIONAL, MINUS or EXISTS, nor enters a group that counts its rows (LIMIT).
 */
import { type Algebra, ExpressionTypes, Types } from '@traqula/algebra-transformations-1-1';
import { anyFact, hullFacts } from './bounds.js';
import { bothHold, type Facts, type FilterReader, factOfTerm, oneHolds } from './filters.js';

/** What a query is made of at its ends: patterns of triples, and paths between two terms. */
export type Leaf = Algebra.Bgp | Algebra.Path;

const nothing: Facts = new Map();

function only(facts: Facts, names: Iterable<string>): Facts {
  const kept = new Set(names);
  return new Map([...facts].filter(([name]) => kept.has(name)));
}

function without(facts: Facts, name: string): Facts {
  return new Map([...facts].filter(([other]) => other !== name));
}

function factsOfValues({ variables, bindings }: Algebra.Values): Facts {
  const facts = variables.flatMap(({ value }) => {
    const terms = bindings.map((row) => row[value]);
    const known = terms.flatMap((term) => (term === undefined ? [] : [factOfTerm(term)]));
    // No row at all: then there is no term either that the variable may be.
    if (terms.length === 0) return [[value, { ...anyFact, terms: new Set<string>() }] as const];
    const [first, ...rest] = known;
    if (first === undefined || known.length < terms.length) return [];
    return [[value, rest.reduce(hullFacts, first)] as const];
  });
  return new Map(facts);
}

/** The patterns of EXISTS and NOT EXISTS anywhere in an expression. */
function existencesIn(expression: Algebra.Expression): readonly Algebra.Operation[] {
  switch (expression.subType) {
    case ExpressionTypes.EXISTENCE:
      return [expression.input];
    case ExpressionTypes.OPERATOR:
    case ExpressionTypes.NAMED:
      return expression.args.flatMap(existencesIn);
    case ExpressionTypes.AGGREGATE:
      return existencesIn(expression.expression);
    case ExpressionTypes.TERM:
    case ExpressionTypes.WILDCARD:
      return [];
  }
}

/** Facts of one query, given what is known at its leaves. */
export class Scope {
  readonly #leaf: (leaf: Leaf) => Facts;
  readonly #filters: FilterReader;
  readonly #certain = new Map<Algebra.Operation, Facts>();

  constructor(leaf: (leaf: Leaf) => Facts, filters: FilterReader) {
    this.#leaf = leaf;
    this.#filters = filters;
  }

  /** What holds in every row of an operation that matters: each variable named here is bound in it. */
  certain(operation: Algebra.Operation): Facts {
    const known = this.#certain.get(operation);
    if (known !== undefined) return known;
    const facts = this.#factsOf(operation);
    this.#certain.set(operation, facts);
    return facts;
  }

  #factsOf(operation: Algebra.Operation): Facts {
    switch (operation.type) {
      case Types.BGP:
      case Types.PATH:
        return this.#leaf(operation);
      case Types.JOIN:
        return operation.input.map((input) => this.certain(input)).reduce(bothHold, nothing);
      case Types.UNION:
        return operation.input.map((input) => this.certain(input)).reduce(oneHolds);
      case Types.LEFT_JOIN:
      case Types.MINUS:
        return this.certain(operation.input[0]);
      case Types.FILTER:
        return bothHold(this.certain(operation.input), this.#filters.read(operation.expression));
      case Types.EXTEND:
        return bothHold(this.certain(operation.input), this.#bound(operation));
      case Types.VALUES:
        return factsOfValues(operation);
      case Types.GROUP:
      case Types.PROJECT:
        return only(
          this.certain(operation.input),
          operation.variables.map(({ value }) => value),
        );
      case Types.DISTINCT:
      case Types.REDUCED:
      case Types.ORDER_BY:
      case Types.SLICE:
      case Types.ASK:
      case Types.CONSTRUCT:
      case Types.DESCRIBE:
        return this.certain(operation.input);
      default:
        return nothing;
    }
  }

  #bound({ variable, expression }: Algebra.Extend): Facts {
    return expression.subType === ExpressionTypes.TERM && expression.term.termType !== 'Variable'
      ? new Map([[variable.value, factOfTerm(expression.term)]])
      : nothing;
  }

  /**
   * Visits every leaf below an operation with what is known there. `outer` bounds the rows that matter: a row
   * whose variable is bound and breaks its fact does not.
   */
  visit(operation: Algebra.Operation, outer: Facts, seen: (leaf: Leaf, facts: Facts) => void): void {
    switch (operation.type) {
      case Types.BGP:
      case Types.PATH:
        seen(operation, outer);
        return;
      case Types.JOIN: {
        const facts = bothHold(outer, this.certain(operation));
        for (const input of operation.input) this.visit(input, facts, seen);
        return;
      }
      case Types.UNION:
        for (const input of operation.input) this.visit(input, outer, seen);
        return;
      case Types.LEFT_JOIN:
      case Types.MINUS:
        this.#visitSides(operation, outer, seen);
        return;
      case Types.FILTER: {
        const facts = bothHold(outer, this.#filters.read(operation.expression));
        this.visit(operation.input, facts, seen);
        this.#visitExistences([operation.expression], this.#among(operation.input, facts), seen);
        return;
      }
      default:
        this.#visitSingle(operation, outer, seen);
    }
  }

  /** What is known, inside and out, of the variables that every row of an operation binds. */
  #among(operation: Algebra.Operation, outer: Facts): Facts {
    const certain = this.certain(operation);
    return only(bothHold(outer, certain), certain.keys());
  }

  #visitSides(
    operation: Algebra.LeftJoin | Algebra.Minus,
    outer: Facts,
    seen: (leaf: Leaf, facts: Facts) => void,
  ): void {
    const [left, right] = operation.input;
    this.visit(left, outer, seen);
    const shared = this.#among(left, outer);
    const condition = operation.type === Types.LEFT_JOIN ? operation.expression : undefined;
    if (condition === undefined) {
      this.visit(right, shared, seen);
      return;
    }
    this.visit(right, bothHold(shared, this.#filters.read(condition)), seen);
    this.#visitExistences([condition], shared, seen);
  }

  #visitSingle(operation: Algebra.Operation, outer: Facts, seen: (leaf: Leaf, facts: Facts) => void): void {
    switch (operation.type) {
      case Types.EXTEND:
        this.visit(operation.input, without(outer, operation.variable.value), seen);
        this.#visitExistences([operation.expression], nothing, seen);
        return;
      case Types.GROUP:
      case Types.PROJECT: {
        const visible = operation.variables.map(({ value }) => value);
        this.visit(operation.input, only(outer, visible), seen);
        if (operation.type === Types.GROUP) this.#visitExistences(operation.aggregates, nothing, seen);
        return;
      }
      case Types.ORDER_BY:
        this.visit(operation.input, outer, seen);
        this.#visitExistences(operation.expressions, nothing, seen);
        return;
      case Types.DISTINCT:
      case Types.REDUCED:
        this.visit(operation.input, outer, seen);
        return;
      case Types.SLICE:
      case Types.ASK:
      case Types.CONSTRUCT:
      case Types.DESCRIBE:
        this.visit(operation.input, nothing, seen);
        return;
      default:
        // VALUES has no patterns; GRAPH names a graph, and there is none beside the default one.
        return;
    }
  }

  #visitExistences(
    expressions: readonly Algebra.Expression[],
    outer: Facts,
    seen: (leaf: Leaf, facts: Facts) => void,
  ): void {
    for (const input of expressions.flatMap(existencesIn)) this.visit(input, outer, seen);
  }
}
