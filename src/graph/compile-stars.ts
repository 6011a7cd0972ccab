/** Stars that are certainly evidence, as scans of the store with a column for each of their variables. */
import type { Term } from '@rdfjs/types';
import type { Algebra } from '@traqula/algebra-transformations-1-1';
import type { RowColumn, RowCondition, RowScan } from '../evidence/index.js';
import { eventKinds, type Iris } from '../model/index.js';
import { anyStar, isNothing, meetStars, rulesFor, type Star, starOfRules } from './bounds.js';
import type { Rule, Table } from './mapping.js';
import { RDF_TYPE, tps, XSD_STRING } from './vocabulary.js';

/** What a variable of a compiled query stands for: the subject of a scan, or a column of one. */
export type Cell =
  | { readonly type: 'event' | 'sample'; readonly scan: number }
  | { readonly type: 'text' | 'service' | 'instant' | 'number'; readonly column: RowColumn };

/** A cell that is a column. */
export type ColumnCell = Extract<Cell, { column: RowColumn }>;

/** Scans with the meaning of their columns, and the conditions under which they join. */
export interface Stars {
  readonly scans: readonly RowScan[];
  readonly cells: ReadonlyMap<string, Cell>;
  readonly joins: readonly RowCondition[];
}

/** The value of a text or service column whose RDF term is exactly this one; undefined where none is certain. */
export function valueOfConstant(term: Term, type: Cell['type'], iris: Iris): string | undefined {
  if (type === 'text') {
    const isPlain = term.termType === 'Literal' && term.datatype.value === XSD_STRING && term.language === '';
    return isPlain && !term.value.includes('\u0000') ? term.value : undefined;
  }
  if (type !== 'service' || term.termType !== 'NamedNode') return undefined;
  const named = iris.parse(term.value);
  return named?.type === 'service' && iris.of(named) === term.value && !named.name.includes('\u0000')
    ? named.name
    : undefined;
}

/** Predicates and classes that only receipts have, whole: nothing else of the graph can be such a subject. */
function isProof({ predicate, object }: Algebra.Pattern): boolean {
  return (
    predicate.value === tps('timestamp') || (predicate.value === RDF_TYPE && object.termType === 'NamedNode')
  );
}

const columnTypes = { text: 'text', service: 'service', instant: 'instant', number: 'number' } as const;

function cellTypeOf(rule: Rule): ColumnCell['type'] | undefined {
  const type = rule.column?.type;
  return type === 'text' || type === 'service' || type === 'instant' || type === 'number'
    ? columnTypes[type]
    : undefined;
}

class StarCompiler {
  readonly #rules: readonly Rule[];
  readonly #iris: Iris;
  readonly #scans: RowScan[] = [];
  readonly #cells = new Map<string, Cell>();
  readonly #joins: RowCondition[] = [];

  constructor(rules: readonly Rule[], iris: Iris) {
    this.#rules = rules;
    this.#iris = iris;
  }

  compile(patterns: readonly Algebra.Pattern[]): Stars | undefined {
    const subjects = groupBySubject(patterns);
    for (const [subject, own] of subjects) {
      if (!this.#addStar(subject, own)) return undefined;
    }
    return this.#scans.length === 0
      ? undefined
      : { scans: this.#scans, cells: this.#cells, joins: this.#joins };
  }

  /** The star of what can have all these predicates, when it lies in one table of events or samples. */
  #starOf(patterns: readonly Algebra.Pattern[]): { readonly star: Star; readonly table: Table } | undefined {
    let star = anyStar;
    for (const { predicate, object } of patterns) {
      const isType = predicate.value === RDF_TYPE;
      if (predicate.termType !== 'NamedNode' || (isType && object.termType !== 'NamedNode')) return undefined;
      const rules = rulesFor(this.#rules, predicate.value, isType ? object.value : undefined);
      star = meetStars(star, starOfRules(rules));
    }
    if (isNothing(star) || star.series || star.sample === star.kinds.size > 0) return undefined;
    return { star, table: star.sample ? 'sample' : 'event' };
  }

  #ruleOf(predicate: string, table: Table, star: Star): Rule | undefined {
    const rules = rulesFor(this.#rules, predicate).filter(
      (rule) =>
        rule.table === table &&
        (table !== 'event' || rule.kinds === undefined || rule.kinds.some((kind) => star.kinds.has(kind))),
    );
    const [rule, ...others] = rules;
    return rule === undefined || others.length > 0 || rule.line.each !== undefined ? undefined : rule;
  }

  #addStar(subject: string, patterns: readonly Algebra.Pattern[]): boolean {
    const found = this.#starOf(patterns);
    if (found === undefined || !patterns.some(isProof) || this.#cells.has(subject)) return false;
    const { star, table } = found;
    if (table === 'series') return false;
    const scan = this.#scans.length;
    this.#cells.set(subject, { type: table, scan });
    const present = new Set<string>();
    const values: Record<string, readonly string[]> = {};
    for (const { predicate, object } of patterns) {
      if (predicate.value === RDF_TYPE) continue;
      const rule = this.#ruleOf(predicate.value, table, star);
      const type = rule && cellTypeOf(rule);
      if (rule?.column === undefined || type === undefined) return false;
      const { name } = rule.column;
      present.add(name);
      if (object.termType === 'Variable') {
        if (!this.#addCell(object.value, { type, column: { scan, name } })) return false;
        continue;
      }
      const value = valueOfConstant(object, type, this.#iris);
      if (value === undefined) return false;
      const others = values[name];
      values[name] = others === undefined || others.includes(value) ? [value] : [];
    }
    const kinds = table === 'event' && star.kinds.size < eventKinds.length ? { kinds: [...star.kinds] } : {};
    this.#scans.push({ bounds: { from: table, ...kinds, values }, present: [...present] });
    return true;
  }

  /** Binds a variable; where it is bound already, both must be equal, which numbers are not trusted to be. */
  #addCell(name: string, cell: ColumnCell): boolean {
    const known = this.#cells.get(name);
    if (known === undefined) {
      this.#cells.set(name, cell);
      return true;
    }
    if (known.type !== cell.type || cell.type === 'number' || !('column' in known)) return false;
    const operand = (column: RowColumn) => ({ type: 'column', column }) as const;
    this.#joins.push({
      type: 'compare',
      operator: '=',
      left: operand(known.column),
      right: operand(cell.column),
    });
    return true;
  }
}

function groupBySubject(
  patterns: readonly Algebra.Pattern[],
): ReadonlyMap<string, readonly Algebra.Pattern[]> {
  const groups = new Map<string, Algebra.Pattern[]>();
  for (const pattern of patterns) {
    const key = pattern.subject.termType === 'Variable' ? pattern.subject.value : '';
    const own = groups.get(key) ?? [];
    own.push(pattern);
    groups.set(key, own);
  }
  return groups;
}

/** Compiles patterns whose subjects are all certainly evidence; undefined when that is not certain of one. */
export function compileStars(
  patterns: readonly Algebra.Pattern[],
  rules: readonly Rule[],
  iris: Iris,
): Stars | undefined {
  return patterns.every(({ subject }) => subject.termType === 'Variable')
    ? new StarCompiler(rules, iris).compile(patterns)
    : undefined;
}
