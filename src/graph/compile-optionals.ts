/** What a subject of a relation may have or lack, as a column that may be without a value. */
import type { Term } from '@rdfjs/types';
import { eventKinds } from '../model/index.js';
import { type Column, columnOf, kindsOf, type Place } from './compile-places.js';
import { type CompileContext, PATH_COLUMN } from './compile-stars.js';
import { canHave, type Rule } from './mapping.js';
import type { Relation } from './relation.js';

/** Adds a predicate that a star's subject may lack; undefined when it is not certain to have at most one object. */
export function withOptional(
  relation: Relation,
  subject: Term,
  predicates: readonly string[],
  object: Term,
  context: CompileContext,
): Relation | undefined {
  const star = relation.stars.find((one) => one.subject === subject.value);
  const source = relation.sources.find((one) => one.name === star?.source);
  if (subject.termType !== 'Variable' || object.termType !== 'Variable' || source?.type !== 'scan')
    return undefined;
  if (relation.cells.has(object.value) || !ownsSubject(relation, subject.value, source.name))
    return undefined;
  const places = source.scans.map(({ bounds }) => ({
    table: bounds.from,
    kinds: bounds.kinds ?? eventKinds,
  }));
  const columns = places.map((place) => alternatives(predicates, place, context.rules));
  const type = columns.find((column) => column !== undefined && column !== 'none')?.type;
  if (type === undefined) return undefined;
  const name = `o${object.value}`;
  const scans = source.scans.flatMap((scan, index) => {
    const column = columns[index];
    if (column === undefined || (column !== 'none' && column.type !== type)) return [];
    return [{ ...scan, columns: { ...scan.columns, [name]: column === 'none' ? [] : column.columns } }];
  });
  if (scans.length < source.scans.length) return undefined;
  const value = { type: 'column', column: { source: source.name, name } } as const;
  return {
    ...relation,
    sources: relation.sources.map((one) => (one === source ? { ...source, scans } : one)),
    cells: new Map([...relation.cells, [object.value, { type, value, isOptional: true }]]),
  };
}

/** Whether a variable still stands for the subject of a source. */
function ownsSubject({ cells }: Relation, subject: string, source: string): boolean {
  const value = cells.get(subject)?.value;
  return value?.type === 'column' && value.column.source === source && value.column.name === PATH_COLUMN;
}

/** Where the only object of one of several predicates stands in a table; undefined when there may be several. */
function alternatives(
  predicates: readonly string[],
  place: Place,
  rules: readonly Rule[],
): Column | 'none' | undefined {
  const claimed = new Set<string>();
  const found: Column[] = [];
  for (const predicate of predicates) {
    const own = rules.filter(
      (rule) =>
        canHave(rule, predicate) &&
        rule.table === place.table &&
        (place.table !== 'event' || (rule.kinds ?? eventKinds).some((kind) => place.kinds.includes(kind))),
    );
    if (own.length === 0) continue;
    const column = columnOf(predicate, place, rules);
    if (column === undefined || (found[0] !== undefined && found[0].type !== column.type)) return undefined;
    const kinds =
      place.table === 'event' ? [...kindsOf(own)].filter((kind) => place.kinds.includes(kind)) : [''];
    if (predicates.length > 1 && kinds.some((kind) => claimed.has(kind))) return undefined;
    for (const kind of kinds) claimed.add(kind);
    found.push(column);
  }
  const [first] = found;
  return first === undefined
    ? 'none'
    : { type: first.type, columns: found.flatMap(({ columns }) => columns) };
}
