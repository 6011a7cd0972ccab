/** From operations of the algebra to relations. Whatever is not certain to give the same rows is no relation. */
import type { Term } from '@rdfjs/types';
import { type Algebra, ExpressionTypes, Types } from '@traqula/algebra-transformations-1-1';
import type { RowCondition } from '../evidence/index.js';
import { type Cell, valueOfConstant } from './cells.js';
import { ExpressionCompiler, variableOf } from './compile-filters.js';
import { grouped } from './compile-groups.js';
import { withOptional } from './compile-optionals.js';
import { type CompileContext, evidenceStar, isTellable } from './compile-stars.js';
import { reachFrom, reachOf, reachTo, type Steps } from './reach.js';
import { isOpen, joined, namesOf, type Relation, withCell } from './relation.js';
import { RDF_TYPE, tps } from './vocabulary.js';

const nothing: Relation = { sources: [], stars: [], conditions: [], cells: new Map() };

/** The parts of a conjunction. */
export function conjunctsOf(expression: Algebra.Expression): readonly Algebra.Expression[] {
  return expression.subType === ExpressionTypes.OPERATOR && expression.operator === '&&'
    ? expression.args.flatMap(conjunctsOf)
    : [expression];
}

function stepsOf(path: Algebra.PropertyPathSymbol): Steps | undefined {
  if (path.type === Types.LINK) return path.iri.value === tps('dependsOn') ? 'one' : undefined;
  if (path.type !== Types.ONE_OR_MORE_PATH && path.type !== Types.ZERO_OR_MORE_PATH) return undefined;
  if (path.path.type !== Types.LINK || path.path.iri.value !== tps('dependsOn')) return undefined;
  return path.type === Types.ONE_OR_MORE_PATH ? 'some' : 'any';
}

/** The links of a path that is one step by one of several predicates; undefined for other paths. */
function linksOf(path: Algebra.PropertyPathSymbol): readonly string[] | undefined {
  if (path.type === Types.LINK) return [path.iri.value];
  if (path.type !== Types.ALT) return undefined;
  const links = path.input.map(linksOf);
  return links.every((link) => link !== undefined) ? links.flat() : undefined;
}

/** Compiles operations; stars that only the knowledge has are relations too, of rows that come with the plan. */
export class RelationCompiler {
  readonly #context: CompileContext;

  constructor(context: CompileContext) {
    this.#context = context;
  }

  /** The relation of an operation; undefined when it is not certain. */
  compile(operation: Algebra.Operation): Relation | undefined {
    switch (operation.type) {
      case Types.BGP:
      case Types.PATH:
      case Types.VALUES:
        return this.extend(nothing, operation);
      case Types.JOIN:
        return this.#join(operation.input);
      case Types.FILTER:
        return this.#filter(operation);
      case Types.EXTEND:
        return this.#bind(operation);
      case Types.LEFT_JOIN:
        return this.#optional(operation);
      case Types.PROJECT:
        return this.#project(operation);
      case Types.DISTINCT:
        return this.#distinct(operation.input);
      case Types.GROUP: {
        const rows = this.compile(operation.input);
        return rows && isOpen(rows) ? grouped(rows, operation) : undefined;
      }
      default:
        return undefined;
    }
  }

  /** Joins a relation with an operation; undefined when the join is not certain. */
  extend(relation: Relation, operation: Algebra.Operation): Relation | undefined {
    switch (operation.type) {
      case Types.BGP:
        return this.#star(relation, operation);
      case Types.PATH: {
        const steps = stepsOf(operation.predicate);
        return steps && this.#reach(relation, operation.subject, operation.object, steps);
      }
      case Types.VALUES:
        return this.#values(relation, operation);
      default: {
        const other = this.compile(operation);
        return other && joined(relation, other);
      }
    }
  }

  #join(operations: readonly Algebra.Operation[]): Relation | undefined {
    let relation: Relation | undefined = nothing;
    for (const operation of inOrder(operations)) relation = relation && this.extend(relation, operation);
    return relation;
  }

  /** All patterns of a group, subject by subject. */
  #star(relation: Relation, bgp: Algebra.Bgp): Relation | undefined {
    const units = starsOf(bgp);
    if (units.length > 1) {
      let all: Relation | undefined = relation;
      for (const unit of inOrder(units)) all = all && this.#star(all, unit);
      return all;
    }
    const [first, ...others] = bgp.patterns;
    if (first === undefined) return relation;
    if (first.predicate.value === tps('dependsOn') && others.length === 0) {
      return this.#reach(relation, first.subject, first.object, 'one');
    }
    const star = evidenceStar(bgp, this.#context) ?? this.#serviceStar(bgp);
    return star && joined(relation, star);
  }

  /** Services with their names, which are all that the knowledge says of one beside its dependencies. */
  #serviceStar({ patterns }: Algebra.Bgp): Relation | undefined {
    const subject = patterns[0]?.subject;
    const isOfClass = patterns.some(
      ({ predicate, object }) => predicate.value === RDF_TYPE && object.value === tps('Service'),
    );
    if (subject?.termType !== 'Variable' || !isOfClass) return undefined;
    const name = this.#context.nextName();
    const rows = this.#context.topology.services.map((service) => [service]);
    const value = { type: 'column', column: { source: name, name: 'name' } } as const;
    let relation: Relation | undefined = {
      ...nothing,
      sources: [{ type: 'table', name, columns: ['name'], rows }],
    };
    relation = withCell(relation, subject.value, { type: 'service', value, isOptional: false });
    for (const { predicate, object } of patterns) {
      if (predicate.value === RDF_TYPE && object.value === tps('Service')) continue;
      if (predicate.value !== tps('name') || object.termType !== 'Variable') return undefined;
      relation = relation && withCell(relation, object.value, { type: 'text', value, isOptional: false });
    }
    return relation;
  }

  /**
   * Pairs of services between which there are so many dependencies. Where there may be none, a path leads from every
   * node of the graph to itself: then one end must be known to be a service.
   */
  #reach(relation: Relation, subject: Term, object: Term, steps: Steps): Relation | undefined {
    const [from, to] = [subject, object].map((term) => valueOfConstant(term, 'service', this.#context.iris));
    const isConstant = [subject, object].some(({ termType }) => termType !== 'Variable');
    const isUnread = [subject, object].filter(({ termType }) => termType !== 'Variable').length;
    if (isUnread !== [from, to].filter((one) => one !== undefined).length) return undefined;
    const isService = (term: Term) => {
      const cell = relation.cells.get(term.value);
      return term.termType === 'Variable' && cell?.type === 'service' && !cell.isOptional;
    };
    if (steps === 'any' && !isConstant && !isService(subject) && !isService(object)) return undefined;
    const { topology } = this.#context;
    // From a node that no triple has, the standard leads a path without steps to itself, and the engine nowhere.
    const isStrange = [from, to].some((name) => name !== undefined && !topology.services.includes(name));
    if (steps === 'any' && isStrange) return undefined;
    const rows =
      from !== undefined
        ? reachFrom(topology, from, steps).filter(([, end]) => to === undefined || end === to)
        : to !== undefined
          ? reachTo(topology, to, steps)
          : reachOf(topology, steps);
    const name = this.#context.nextName();
    const end = (column: string): Cell => ({
      type: 'service',
      value: { type: 'column', column: { source: name, name: column } },
      isOptional: false,
    });
    let bound: Relation | undefined = {
      ...relation,
      sources: [...relation.sources, { type: 'table', name, columns: ['from', 'to'], rows }],
    };
    if (subject.termType === 'Variable') bound = withCell(bound, subject.value, end('from'));
    if (object.termType === 'Variable') bound = bound && withCell(bound, object.value, end('to'));
    return bound;
  }

  /** Rows of constants, each once, for variables that are known. */
  #values(relation: Relation, { variables, bindings }: Algebra.Values): Relation | undefined {
    const cells = variables.map(({ value }) => relation.cells.get(value));
    if (!cells.every(isTellable) || cells.length === 0) return undefined;
    const isWhole = bindings.every((row) => variables.every(({ value }) => row[value] !== undefined));
    const seen = new Set(bindings.map((row) => JSON.stringify(variables.map(({ value }) => row[value]))));
    if (!isWhole || seen.size < bindings.length) return undefined;
    const rows = bindings.flatMap((row): readonly RowCondition[] => {
      const equal = cells.flatMap(({ type, value: left }, index): readonly RowCondition[] => {
        const term = row[variables[index]?.value ?? ''];
        const value = term && valueOfConstant(term, type, this.#context.iris);
        if (value === undefined) return [];
        return [{ type: 'compare', operator: '=', left, right: { type: 'constant', value }, as: 'text' }];
      });
      return equal.length < cells.length ? [] : [{ type: 'and', conditions: equal }];
    });
    return { ...relation, conditions: [...relation.conditions, { type: 'or', conditions: rows }] };
  }

  #filter({ input, expression }: Algebra.Filter): Relation | undefined {
    const relation = this.compile(input);
    if (relation?.grouping !== undefined && relation.isDistinct !== true) {
      const { grouping } = relation;
      return { ...relation, grouping: { ...grouping, having: [...grouping.having, expression] } };
    }
    return relation && this.filtered(relation, expression);
  }

  /** The rows for which a filter holds. */
  filtered(relation: Relation, expression: Algebra.Expression): Relation | undefined {
    if (!isOpen(relation)) return undefined;
    const condition = new ExpressionCompiler(relation.cells, this.#context).condition(expression);
    return condition && { ...relation, conditions: [...relation.conditions, condition] };
  }

  #bind({ input, variable, expression }: Algebra.Extend): Relation | undefined {
    const relation = this.compile(input);
    if (relation === undefined || namesOf(relation).includes(variable.value)) return undefined;
    if (relation.grouping !== undefined && relation.isDistinct !== true) {
      const of = variableOf(expression);
      const { grouping } = relation;
      if (of === undefined || !namesOf(relation).includes(of)) return undefined;
      return {
        ...relation,
        grouping: { ...grouping, renamed: new Map([...grouping.renamed, [variable.value, of]]) },
      };
    }
    if (!isOpen(relation)) return undefined;
    const cell = new ExpressionCompiler(relation.cells, this.#context).cell(expression);
    return cell && { ...relation, cells: new Map([...relation.cells, [variable.value, cell]]) };
  }

  /** Something that a subject may have or lack. */
  #optional({ input: [left, right], expression }: Algebra.LeftJoin): Relation | undefined {
    const relation = this.compile(left);
    if (relation === undefined || !isOpen(relation) || expression !== undefined) return undefined;
    if (right.type === Types.BGP) {
      const [pattern, ...others] = right.patterns;
      if (pattern?.predicate.termType !== 'NamedNode' || others.length > 0) return undefined;
      return withOptional(
        relation,
        pattern.subject,
        [pattern.predicate.value],
        pattern.object,
        this.#context,
      );
    }
    const links = right.type === Types.PATH ? linksOf(right.predicate) : undefined;
    if (right.type !== Types.PATH || links === undefined) return undefined;
    return withOptional(relation, right.subject, links, right.object, this.#context);
  }

  #project({ input, variables }: Algebra.Project): Relation | undefined {
    const relation = this.compile(input);
    if (relation === undefined) return undefined;
    const names = variables.map(({ value }) => value);
    if (!names.every((name) => namesOf(relation).includes(name))) return undefined;
    // What is left out of groups is left out where they are told.
    if (!isOpen(relation)) return relation;
    return { ...relation, cells: new Map([...relation.cells].filter(([name]) => names.includes(name))) };
  }

  #distinct(input: Algebra.Operation): Relation | undefined {
    const relation = this.compile(input);
    return relation && isOpen(relation) ? { ...relation, isDistinct: true } : undefined;
  }
}

/** The patterns of a group by their subject; each dependency for itself. */
export function starsOf(bgp: Algebra.Bgp): readonly Algebra.Bgp[] {
  const groups = new Map<string, Algebra.Pattern[]>();
  bgp.patterns.forEach((pattern, index) => {
    const { subject, predicate } = pattern;
    const own =
      predicate.value === tps('dependsOn') ? `\u0000${index}` : `${subject.termType} ${subject.value}`;
    groups.set(own, [...(groups.get(own) ?? []), pattern]);
  });
  return groups.size < 2 ? [bgp] : [...groups.values()].map((patterns) => ({ ...bgp, patterns }));
}

function rankOf(operation: Algebra.Operation): number {
  if (operation.type === Types.VALUES) return 3;
  if (operation.type === Types.PATH) return 2;
  const isReach =
    operation.type === Types.BGP &&
    operation.patterns.some(({ predicate }) => predicate.value === tps('dependsOn'));
  return isReach ? 1 : 0;
}

/** The inputs of a join in the order in which each can lean on those before it. */
export function inOrder<T extends Algebra.Operation>(operations: readonly T[]): readonly T[] {
  return [...operations].sort((a, b) => rankOf(a) - rankOf(b));
}
