import { type EventKind, eventKinds, type FieldType } from '../../model/index.js';
import type { Rule, Table } from '../mapping.js';
import { LABEL, RDF_TYPE } from '../vocabulary.js';

/** Where the object of a predicate goes. */
export interface Column {
  readonly name: string;
  readonly type: FieldType | 'series';
  /** Said by another predicate already: read there, and not again. */
  readonly copy: boolean;
}

/** How the triples of one sort of subject become columns again. */
export interface Reading {
  readonly columns: ReadonlyMap<string, Column>;
  readonly classes: ReadonlySet<string>;
  readonly hasLabels: boolean;
}

/** Samples name what is known of their series for the ease of queries; the series itself is what is read. */
const ofTheSeries: ReadonlySet<string> = new Set(['metric', 'service', 'component']);

function readingOf(rules: readonly Rule[], isCopy: (name: string) => boolean): Reading {
  const columns = new Map<string, Column>();
  const seen = new Set<string>();
  for (const { predicate, column } of rules) {
    if (column === undefined) continue;
    columns.set(predicate, { ...column, copy: seen.has(column.name) || isCopy(column.name) });
    seen.add(column.name);
  }
  return {
    columns,
    classes: new Set(
      rules.flatMap(({ predicate, ofClass }) => (predicate === RDF_TYPE ? (ofClass ?? []) : [])),
    ),
    hasLabels: rules.some(({ predicate }) => predicate === LABEL),
  };
}

/** The mapping of receipts to triples, read backwards: made from the same rules, so that the two cannot differ. */
export interface Readings {
  readonly event: (kind: EventKind) => Reading;
  readonly sample: Reading;
  readonly series: Reading;
}

/** Turns the rules of the mapping around. */
export function readingsOf(rules: readonly Rule[]): Readings {
  const ofTable = (table: Table) => rules.filter((rule) => rule.table === table);
  const never = (): boolean => false;
  const events = new Map(
    eventKinds.map((kind) => [
      kind,
      readingOf(
        ofTable('event').filter(({ kinds }) => kinds === undefined || kinds.includes(kind)),
        never,
      ),
    ]),
  );
  const none: Reading = { columns: new Map(), classes: new Set(), hasLabels: false };
  return {
    event: (kind) => events.get(kind) ?? none,
    sample: readingOf(ofTable('sample'), (name) => ofTheSeries.has(name)),
    // A series' service and component follow from its labels.
    series: readingOf(ofTable('series'), (name) => name !== 'metric'),
  };
}
