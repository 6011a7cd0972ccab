/** Which inputs of a join go into the store together. */
import { type Algebra, Types } from '@traqula/algebra-transformations-1-1';
import { inOrder, type RelationCompiler } from './compile-relation.js';
import { variablesOf } from './compiled-plan.js';
import { isOpen, joined, type Relation } from './relation.js';

/** Inputs of a join that are one relation. */
export interface Component {
  readonly operations: readonly Algebra.Operation[];
  readonly relation: Relation;
}

/** The inputs of a join: those that the store answers, and the others. */
export interface Partition {
  readonly components: readonly Component[];
  readonly others: readonly Algebra.Operation[];
}

function isLeaf({ type }: Algebra.Operation): boolean {
  return type === Types.BGP || type === Types.PATH || type === Types.VALUES;
}

function shares({ relation }: Component, names: Iterable<string>): boolean {
  return [...names].some((name) => relation.cells.has(name));
}

function together(components: readonly Component[]): Component | undefined {
  const [first, ...others] = components;
  let relation = first?.relation;
  for (const other of others) relation = relation && joined(relation, other.relation);
  return relation && { operations: components.flatMap(({ operations }) => operations), relation };
}

function without<T>(all: readonly T[], some: readonly T[]): T[] {
  return all.filter((one) => !some.includes(one));
}

/** Puts components together that share a variable, or that a filter compares. */
function merged(
  components: readonly Component[],
  filters: readonly Algebra.Expression[],
  compiler: RelationCompiler,
): Component[] {
  let all = [...components];
  for (let index = 0; index < all.length; index += 1) {
    const one = all[index];
    const other = all.slice(index + 1).find((next) => one && isLinked(one, next, filters, compiler));
    const both = one && other && together([one, other]);
    if (one === undefined || other === undefined || both === undefined) continue;
    all = [both, ...without(all, [one, other])];
    index = -1;
  }
  return all;
}

function isLinked(
  a: Component,
  b: Component,
  filters: readonly Algebra.Expression[],
  compiler: RelationCompiler,
): boolean {
  const both = together([a, b]);
  if (both === undefined) return false;
  if (shares(a, b.relation.cells.keys())) return true;
  return filters.some((filter) => {
    const names = variablesOf(filter);
    return shares(a, names) && shares(b, names) && compiler.filtered(both.relation, filter) !== undefined;
  });
}

/** Adds paths, constants and services to the components that they bound; answers those that it could not add. */
function lean(
  components: Component[],
  helpers: readonly Algebra.Operation[],
  compiler: RelationCompiler,
): { readonly components: Component[]; readonly left: readonly Algebra.Operation[] } {
  let all = components;
  const left: Algebra.Operation[] = [];
  for (const helper of inOrder(helpers)) {
    const near = all.filter((component) => shares(component, variablesOf(helper)));
    const choices = near.length > 1 ? [near, ...near.map((one) => [one])] : [near];
    const extended = choices.flatMap((some) => {
      const both = together(some);
      const relation = both && compiler.extend(both.relation, helper);
      return both && relation && isOpen(relation)
        ? [{ some, component: { operations: [...both.operations, helper], relation } }]
        : [];
    });
    const [best] = extended;
    if (best === undefined) left.push(helper);
    else all = [...without(all, best.some), best.component];
  }
  return { components: all, left };
}

/** Parts the inputs of a join; `filters` say what will be compared. */
export function partition(
  inputs: readonly Algebra.Operation[],
  filters: readonly Algebra.Expression[],
  compiler: RelationCompiler,
): Partition {
  const components: Component[] = [];
  const helpers: Algebra.Operation[] = [];
  const others: Algebra.Operation[] = [];
  for (const operation of inputs) {
    const relation = compiler.compile(operation);
    if (relation !== undefined && isOpen(relation) && relation.stars.length > 0) {
      components.push({ operations: [operation], relation });
    } else if (isLeaf(operation)) helpers.push(operation);
    else others.push(operation);
  }
  if (components.length === 0) return { components, others: inputs };
  const first = lean(merged(components, filters, compiler), helpers, compiler);
  // What one path binds, the next may lead on from.
  const second = lean(merged(first.components, filters, compiler), first.left, compiler);
  return { components: merged(second.components, filters, compiler), others: [...others, ...second.left] };
}
