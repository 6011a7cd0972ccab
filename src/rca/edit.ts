/** What an edit of code or configuration does to how a service runs, and which faults that is known to lead to. */
import type { Family } from './fault-families.js';

/** One thing that a change does. */
export interface Edit {
  /** For people: `lowers MaxConns`, `takes a lock away`. */
  readonly what: string;
  /** 0..1: how surely the diff says so. */
  readonly sureness: number;
  /** How likely faults of a family follow from it, 0..1. */
  readonly leadsTo: Readonly<Partial<Record<Family, number>>>;
}
/** Which families of faults may follow, and how likely, 0..1. */
export type LeadsTo = Edit['leadsTo'];

/** Lower-case parts of a word of code: `defaultMaxConns` is default, max, conns. */
export function partsOf(word: string): readonly string[] {
  return word
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((part) => part !== '');
}
