import type { Algebra } from '@traqula/algebra-transformations-1-1';
import type { RowScan, ScanColumn } from '../evidence/index.js';
import { eventKinds, type Iris } from '../model/index.js';
import { type Cell, type CellType, isTold, valueOfConstant } from './cells.js';
import { type Place, type Placed, placed, placesOf } from './compile-places.js';
import type { Topology } from './graph.js';
import type { Rule } from './mapping.js';
import { type Relation, withCell } from './relation.js';
import { RDF_TYPE, tps } from './vocabulary.js';

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
/** The column of a source that is its subject. */
export const PATH_COLUMN = 'path';

/** Predicates and classes that only receipts have, whole: nothing else of the graph can be such a subject. */
function isProof({ predicate, object }: Algebra.Pattern): boolean {
  return (
    predicate.value === tps('timestamp') || (predicate.value === RDF_TYPE && object.termType === 'NamedNode')
  );
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

/** Whether every term that a VALUES block may have for a cell can be told. */
export function isTellable(cell: Cell | undefined): cell is Cell {
  return cell !== undefined && !cell.isOptional && isTold(cell.type);
}
