/** Where the evidence that a star speaks of stands in the tables of the store. */
import type { Algebra } from '@traqula/algebra-transformations-1-1';
import type { ScanColumn } from '../evidence/index.js';
import { type EventKind, encodeSegment, eventKinds } from '../model/index.js';
import { rulesFor } from './bounds.js';
import type { CellType } from './cells.js';
import { canHave, type Rule, type Table } from './mapping.js';
import { LABEL, RDF_TYPE } from './vocabulary.js';

/** One table that a star can lie in: the rules of each of its predicates there. */
export interface Place {
  readonly table: Table;
  readonly kinds: readonly EventKind[];
}

/** The kinds of events that have what one of some rules writes. */
export function kindsOf(rules: readonly Rule[]): ReadonlySet<EventKind> {
  return new Set(rules.flatMap((rule) => rule.kinds ?? eventKinds));
}

/** The tables in which a subject can have all of some predicates and classes. */
export function placesOf(patterns: readonly Algebra.Pattern[], rules: readonly Rule[]): readonly Place[] {
  return (['event', 'sample', 'rollup', 'series'] as const).flatMap((table): readonly Place[] => {
    let kinds = eventKinds;
    for (const { predicate, object } of patterns) {
      const ofClass =
        predicate.value === RDF_TYPE && object.termType === 'NamedNode' ? object.value : undefined;
      const own = rulesFor(rules, predicate.value, ofClass).filter((rule) => rule.table === table);
      if (own.length === 0) return [];
      const having = kindsOf(own);
      kinds = kinds.filter((kind) => having.has(kind));
    }
    return table === 'event' && kinds.length === 0 ? [] : [{ table, kinds }];
  });
}

/** The name of a label that a predicate stands for, if its IRI is the one that is written for it. */
function labelOf(predicate: string): string | undefined {
  const segment = predicate.slice(LABEL.length);
  try {
    const name = decodeURIComponent(segment);
    const written = encodeSegment(name);
    return written === segment && name !== '' && !name.includes('\u0000') ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Where the objects of a predicate stand. */
export interface Column {
  readonly type: CellType;
  readonly columns: readonly ScanColumn[];
}

/** Where the object of a predicate stands in a table; undefined when it can have several there. */
export function columnOf(
  predicate: string,
  { table, kinds }: Place,
  rules: readonly Rule[],
): Column | undefined {
  if (predicate.startsWith(LABEL)) {
    const name = labelOf(predicate);
    return name === undefined ? undefined : { type: 'text', columns: [{ type: 'label', name }] };
  }
  const own = rules.filter(
    (rule) =>
      canHave(rule, predicate) &&
      rule.table === table &&
      (table !== 'event' || rule.kinds === undefined || rule.kinds.some((kind) => kinds.includes(kind))),
  );
  const type = own[0]?.column?.type;
  if (type === undefined || type === 'receipts') return undefined;
  const claimed = new Set<EventKind>();
  const columns: ScanColumn[] = [];
  for (const { column, kinds: some, line } of own) {
    if (column?.type !== type || line.each !== undefined) return undefined;
    if (own.length > 1 && (some === undefined || some.some((kind) => claimed.has(kind)))) return undefined;
    for (const kind of some ?? []) claimed.add(kind);
    const isAll = some === undefined || kinds.every((kind) => some.includes(kind));
    columns.push({ type: 'column', name: column.name, ...(isAll ? {} : { kinds: some }) });
  }
  return { type, columns };
}

/** A predicate's object in all places of a star, under one name. */
export interface Placed {
  readonly type: CellType;
  readonly byPlace: readonly (readonly ScanColumn[])[];
}

/** Where a predicate's object stands in all places; undefined where it is not certain to be one column. */
export function placed(
  predicate: string,
  places: readonly Place[],
  rules: readonly Rule[],
): Placed | undefined {
  const columns = places.map((place) => columnOf(predicate, place, rules));
  const type = columns.find((column) => column !== undefined)?.type;
  const byPlace = columns.flatMap((column) => (column?.type === type && column ? [column.columns] : []));
  return type === undefined || byPlace.length < places.length ? undefined : { type, byPlace };
}
