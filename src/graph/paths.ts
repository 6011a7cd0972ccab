/** What the steps of property paths are. */
import { type Algebra, Types } from '@traqula/algebra-transformations-1-1';

/** A step from a subject to an object that a path can take. */
export interface Step {
  /** The predicate; undefined for those of a negated set. */
  readonly predicate: string | undefined;
  /** Whether the step starts at the path's subject, at its object, or at some node between them. */
  readonly from: 'subject' | 'object' | 'between';
}

/** The steps that a path can take. */
export function stepsOf(path: Algebra.PropertyPathSymbol, from: Step['from']): readonly Step[] {
  switch (path.type) {
    case Types.LINK:
      return [{ predicate: path.iri.value, from }];
    case Types.NPS:
      return [{ predicate: undefined, from }];
    case Types.INV:
      return stepsOf(path.path, from === 'subject' ? 'object' : from === 'object' ? 'subject' : from);
    case Types.ALT:
      return path.input.flatMap((input) => stepsOf(input, from));
    case Types.ZERO_OR_ONE_PATH:
      return stepsOf(path.path, from);
    case Types.SEQ:
      return path.input.flatMap((input) => stepsOf(input, 'between'));
    case Types.ONE_OR_MORE_PATH:
    case Types.ZERO_OR_MORE_PATH:
      return stepsOf(path.path, 'between');
  }
}

/** Whether a path can lead from a node to itself without a step, and so speaks of every node of the graph. */
export function canBeEmpty(path: Algebra.PropertyPathSymbol): boolean {
  switch (path.type) {
    case Types.ZERO_OR_MORE_PATH:
    case Types.ZERO_OR_ONE_PATH:
      return true;
    case Types.ONE_OR_MORE_PATH:
    case Types.INV:
      return canBeEmpty(path.path);
    case Types.ALT:
      return path.input.some(canBeEmpty);
    case Types.SEQ:
      return path.input.every(canBeEmpty);
    case Types.LINK:
    case Types.NPS:
      return false;
  }
}

/** The predicate of a path that is one step, or any number of the same; undefined for other paths. */
export function repeatedLink(path: Algebra.PropertyPathSymbol): string | undefined {
  switch (path.type) {
    case Types.LINK:
      return path.iri.value;
    case Types.ONE_OR_MORE_PATH:
    case Types.ZERO_OR_MORE_PATH:
    case Types.ZERO_OR_ONE_PATH:
      return repeatedLink(path.path);
    default:
      return undefined;
  }
}
