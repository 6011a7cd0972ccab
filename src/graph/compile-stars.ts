/** Patterns about one subject that is certainly evidence, a service or a dependency, as a relation. */
import type { Term } from '@rdfjs/types';
import type { Algebra } from '@traqula/algebra-transformations-1-1';
import type { RowScan, ScanColumn } from '../evidence/index.js';
import { type EventKind, eventKinds, type Iris } from '../model/index.js';
import { rulesFor } from './bounds.js';
import { type Cell, type CellType, isTold, valueOfConstant } from './cells.js';
import type { Topology } from './graph.js';
import { canHave, type Rule, type Table } from './mapping.js';
import { type Relation, withCell } from './relation.js';
import { LABEL, RDF_TYPE, tps } from './vocabulary.js';

/** What a query is compiled by. */
export interface CompileContext {
  readonly rules: readonly Rule[];
  readonly iris: Iris;
  readonly topology: Topology;
  /** The value of NOW(), in milliseconds. */
  readonly now: number;
  /** A name that no other source has. */
  readonly nextName: () => string;
}

const KIND_COLUMN = 'kind';
const PATH_COLUMN = 'path';

/** One table that a star can lie in: the rules of each of its predicates there. */
interface Place {
  readonly table: Table;
  readonly kinds: readonly EventKind[];
}

/** Predicates and classes that only receipts have, whole: nothing else of the graph can be such a subject. */
function isProof({ predicate, object }: Algebra.Pattern): boolean {
  return (
    predicate.value === tps('timestamp') || (predicate.value === RDF_TYPE && object.termType === 'NamedNode')
  );
}

function kindsOf(rules: readonly Rule[]): ReadonlySet<EventKind> {
  return new Set(rules.flatMap((rule) => rule.kinds ?? eventKinds));
}

function placesOf(patterns: readonly Algebra.Pattern[], rules: readonly Rule[]): readonly Place[] {
  return (['event', 'sample', 'series'] as const).flatMap((table): readonly Place[] => {
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
    const written = encodeURIComponent(name).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    return written === segment && name !== '' && !name.includes('\u0000') ? name : undefined;
  } catch {
    return undefined;
  }
}

interface Column {
  readonly type: CellType;
  readonly columns: readonly ScanColumn[];
}

/** Where the object of a predicate stands in a table; undefined when it can have several there. */
function columnOf(predicate: string, { table, kinds }: Place, rules: readonly Rule[]): Column | undefined {
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
interface Placed {
  readonly type: CellType;
  readonly byPlace: readonly (readonly ScanColumn[])[];
}

function placed(predicate: string, places: readonly Place[], rules: readonly Rule[]): Placed | undefined {
  const columns = places.map((place) => columnOf(predicate, place, rules));
  const type = columns.find((column) => column !== undefined)?.type;
  const byPlace = columns.flatMap((column) => (column?.type === type && column ? [column.columns] : []));
  return type === undefined || byPlace.length < places.length ? undefined : { type, byPlace };
}

class StarBuilder {
  readonly #context: CompileContext;
  readonly #places: readonly Place[];
  readonly #name: string;
  readonly #columns = new Map<string, Placed>();
  readonly #present = new Set<string>();
  #relation: Relation;

  constructor(context: CompileContext, places: readonly Place[]) {
    this.#context = context;
    this.#places = places;
    this.#name = context.nextName();
    this.#relation = { sources: [], stars: [], conditions: [], cells: new Map() };
  }

  build(leaf: Algebra.Bgp, subject: string): Relation | undefined {
    const isSeries = this.#places.every(({ table }) => table === 'series');
    if (!isSeries && this.#places.some(({ table }) => table === 'series')) return undefined;
    const own: Placed = isSeries
      ? { type: 'series', byPlace: [[{ type: 'column', name: 'seriesKey' }]] }
      : { type: 'receipt', byPlace: this.#places.map(() => [{ type: 'path' }]) };
    if (!this.#bind(subject, PATH_COLUMN, own)) return undefined;
    if (!leaf.patterns.every((pattern) => this.#add(pattern))) return undefined;
    const source = {
      type: 'scan',
      name: this.#name,
      scans: this.#scans(),
      present: [...this.#present],
    } as const;
    return {
      ...this.#relation,
      sources: [source, ...this.#relation.sources],
      stars: [{ source: this.#name, leaf, subject }],
    };
  }

  #scans(): readonly RowScan[] {
    return this.#places.map(({ table, kinds }, index) => ({
      bounds: {
        from: table,
        ...(table === 'event' && kinds.length < eventKinds.length ? { kinds } : {}),
      },
      columns: Object.fromEntries(
        [...this.#columns].map(([name, { byPlace }]) => [name, byPlace[index] ?? []]),
      ),
    }));
  }

  #cell(column: string, type: CellType): Cell {
    return {
      type,
      value: { type: 'column', column: { source: this.#name, name: column } },
      isOptional: false,
    };
  }

  #bind(name: string, column: string, where: Placed): boolean {
    this.#columns.set(column, where);
    const bound = withCell(this.#relation, name, this.#cell(column, where.type));
    if (bound !== undefined) this.#relation = bound;
    return bound !== undefined;
  }

  #add({ predicate, object }: Algebra.Pattern): boolean {
    if (predicate.value === RDF_TYPE)
      return object.termType === 'Variable' ? this.#addClass(object.value) : true;
    const where = placed(predicate.value, this.#places, this.#context.rules);
    if (where === undefined) return false;
    const column = predicate.value;
    this.#present.add(column);
    if (object.termType === 'Variable') return this.#bind(object.value, column, where);
    const value = valueOfConstant(object, where.type, this.#context.iris);
    if (value === undefined) return false;
    this.#columns.set(column, where);
    const left = this.#cell(column, where.type).value;
    const right = { type: 'constant', value } as const;
    const condition = { type: 'compare', operator: '=', left, right, as: 'text' } as const;
    this.#relation = { ...this.#relation, conditions: [...this.#relation.conditions, condition] };
    return true;
  }

  /** A class that is asked for: a row for each that the subject has. */
  #addClass(name: string): boolean {
    const byPlace = this.#places.map(({ table }): readonly ScanColumn[] =>
      table === 'event' ? [{ type: 'column', name: 'kind' }] : [{ type: 'text', text: table }],
    );
    this.#columns.set(KIND_COLUMN, { type: 'text', byPlace });
    const rows = this.#places.flatMap(({ table, kinds }) =>
      this.#context.rules
        .filter((rule) => rule.table === table && rule.ofClass !== undefined)
        .flatMap((rule) =>
          (table === 'event'
            ? (rule.kinds ?? eventKinds).filter((kind) => kinds.includes(kind))
            : [table]
          ).map((kind) => [kind, rule.ofClass ?? '']),
        ),
    );
    const source = {
      type: 'table',
      name: this.#context.nextName(),
      columns: ['kind', 'class'],
      rows,
    } as const;
    const column = (of: string, called: string) =>
      ({ type: 'column', column: { source: of, name: called } }) as const;
    const relation: Relation = {
      ...this.#relation,
      sources: [...this.#relation.sources, source],
      conditions: [
        ...this.#relation.conditions,
        {
          type: 'compare',
          operator: '=',
          left: column(this.#name, KIND_COLUMN),
          right: column(source.name, 'kind'),
          as: 'text',
        },
      ],
    };
    const cell: Cell = { type: 'iri', value: column(source.name, 'class'), isOptional: false };
    const bound = withCell(relation, name, cell);
    if (bound !== undefined) this.#relation = bound;
    return bound !== undefined;
  }
}

/** A star of evidence; undefined when it is not certain that only evidence can be its subject. */
export function evidenceStar(leaf: Algebra.Bgp, context: CompileContext): Relation | undefined {
  const { patterns } = leaf;
  const subject = patterns[0]?.subject;
  if (subject?.termType !== 'Variable' || !patterns.some(isProof)) return undefined;
  if (patterns.some(({ predicate }) => predicate.termType !== 'NamedNode')) return undefined;
  const places = placesOf(patterns, context.rules);
  return places.length === 0 ? undefined : new StarBuilder(context, places).build(leaf, subject.value);
}

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

/** Whether every term that a VALUES block may have for a cell can be told. */
export function isTellable(cell: Cell | undefined): cell is Cell {
  return cell !== undefined && !cell.isOptional && isTold(cell.type);
}
