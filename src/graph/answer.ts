/** Answers queries: what the store can answer by itself, and the rest over a slice. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Algebra } from '@traqula/algebra-transformations-1-1';
import type { EvidenceStore, Selected } from '../evidence/index.js';
import type { Clock, Iris } from '../model/index.js';
import { replaceIn } from './algebra.js';
import { type Compiled, compile, type Part, type Whole } from './compile.js';
import { bounded, type CompiledRows } from './compiled-plan.js';
import { termOf } from './compiled-terms.js';
import { GraphError } from './errors.js';
import { type ExplainedPart, explainCut, explainRows, reasonsOf } from './explain.js';
import type { QueryCost } from './graph.js';
import type { Knowledge } from './knowledge.js';
import type { Rule } from './mapping.js';
import type { ParsedQuery } from './parse.js';
import { planOf, starsIn } from './plan.js';
import { type Answered, RestWriter, rowsAsValues } from './rest.js';
import { writerOf } from './results.js';
import type { Slicer } from './slice.js';
import type { WorkerPool } from './workers.js';

/** Rows of a part that are handed on to the query engine, at most: more go faster through a slice. */
const PART_ROWS = 20_000;
/** Rows of an answer, at most. */
const ANSWER_ROWS = 250_000;
/** Rows that are written before others get their turn. */
const ROWS_A_TURN = 5_000;

/** What queries are answered from. */
export interface AnswerSources {
  readonly store: EvidenceStore;
  readonly iris: Iris;
  readonly clock: Clock;
  readonly rules: readonly Rule[];
  readonly knowledge: Knowledge;
  readonly slicer: Slicer;
  readonly pool: WorkerPool;
  readonly maxResultBytes: number;
}

/** An answer with how it came about. */
export interface Told {
  readonly body: Uint8Array;
  readonly cost: QueryCost;
  readonly way: 'compiled' | 'slice' | 'both';
  readonly parts: readonly ExplainedPart[];
  readonly notCompiled: readonly { readonly pattern: string; readonly why: string }[];
  /** What the query engine ran; absent where it was not needed. */
  readonly engineQuery?: string;
}

/** One statement of the store with what it found. */
interface Found {
  readonly rows: CompiledRows;
  readonly selected: Selected;
  readonly ms: number;
  /** Why the rows cannot be used; undefined when they can. */
  readonly fault: string | undefined;
}

/** Answers queries over one store. */
export class Answerer {
  readonly #sources: AnswerSources;
  readonly #writer = new RestWriter();

  constructor(sources: AnswerSources) {
    this.#sources = sources;
  }

  /** Answers a query in a format; fails with the signal's reason when it stops the work. */
  async answer(parsed: ParsedQuery, contentType: string, signal: AbortSignal): Promise<Told> {
    const { knowledge, rules, iris, clock } = this.#sources;
    const now = clock();
    let sources = 0;
    const compiled = compile(
      parsed.algebra,
      { rules, iris, now, topology: knowledge.topology(), nextName: () => `t${sources++}` },
      { partRows: PART_ROWS, answerRows: ANSWER_ROWS },
    );
    const whole = compiled.whole && (await this.#whole(compiled.whole, contentType, signal));
    return whole ?? (await this.#parts(parsed, compiled, contentType, signal));
  }

  /** A query that the store answers alone; undefined when its rows turn out not to be certain. */
  async #whole(whole: Whole, contentType: string, signal: AbortSignal): Promise<Told | undefined> {
    const started = performance.now();
    const found = await this.#find(whole, whole.operation, signal);
    if (found.fault !== undefined) return undefined;
    const { rows } = found.selected;
    if (rows.length > ANSWER_ROWS) {
      throw new GraphError(
        'query-result-too-large',
        `The answer has more than ${ANSWER_ROWS} rows, the most that one may have: use LIMIT, or ask for less.`,
      );
    }
    const body = await this.#written(whole, rows, contentType, signal);
    const cost = {
      receipts: 0,
      compiledRows: rows.length,
      sliceBytes: 0,
      sliceMs: performance.now() - started,
      queryMs: 0,
    };
    return { body, cost, way: 'compiled', parts: [explainRows(whole, found)], notCompiled: [] };
  }

  async #written(
    { form, head, rows: { columns } }: Whole,
    rows: Selected['rows'],
    contentType: string,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const { iris, maxResultBytes } = this.#sources;
    const writer = writerOf(contentType);
    if (writer === undefined)
      throw new GraphError('not-acceptable', `A table cannot be written as ${contentType}.`);
    if (form === 'ask') return Buffer.from(writer.boolean(rows.length > 0));
    const chunks = [Buffer.from(writer.begin(head))];
    let bytes = 0;
    for (let from = 0; from < rows.length; from += ROWS_A_TURN) {
      if (from > 0) await turn();
      signal.throwIfAborted();
      const text = rows
        .slice(from, from + ROWS_A_TURN)
        .map((row, index) =>
          writer.row(
            head,
            columns.map((column) => termOf(column, row, iris)),
            from + index === 0,
          ),
        )
        .join('');
      const chunk = Buffer.from(text);
      bytes += chunk.byteLength;
      if (bytes > maxResultBytes) {
        throw new GraphError(
          'query-result-too-large',
          `The answer has more than the ${maxResultBytes} bytes that one may have: use LIMIT, or ask for less.`,
        );
      }
      chunks.push(chunk);
    }
    return Buffer.concat([...chunks, Buffer.from(writer.end)]);
  }

  /** A query of which parts go to the store, one after another, each bounded by the rows of those before it. */
  async #parts(
    parsed: ParsedQuery,
    compiled: Compiled,
    contentType: string,
    signal: AbortSignal,
  ): Promise<Told> {
    const started = performance.now();
    const answered: Answered[] = [];
    const told: ExplainedPart[] = [];
    const faults: { readonly pattern: string; readonly why: string }[] = [];
    let root = compiled.root;
    for (const part of compiled.parts) {
      const found = await this.#find(part, root, signal);
      const explained = explainRows(part, found);
      if (found.fault !== undefined) {
        faults.push(...explained.patterns.map((pattern) => ({ pattern, why: found.fault ?? '' })));
        continue;
      }
      const one = { part, rows: found.selected.rows };
      answered.push(one);
      told.push(explained);
      root = replaceIn(root, (node) =>
        node === part.operation ? rowsAsValues(one, this.#sources.iris) : undefined,
      );
    }
    const rest =
      answered.length === 0 ? undefined : this.#writer.write(compiled.root, answered, this.#sources.iris);
    const isSplit = rest !== undefined;
    const query = rest ?? parsed.text;
    const { version, triples } = this.#sources.knowledge.snapshot();
    const seen: Algebra.Operation = isSplit ? root : parsed.algebra;
    const slice = await this.#sources.slicer.cut(this.#demandsOf(seen), signal);
    const sliced = performance.now();
    const { maxResultBytes } = this.#sources;
    const body = await this.#sources.pool.run(
      {
        knowledge: { version, text: triples.text },
        chunks: slice.chunks,
        query,
        format: contentType,
        maxResultBytes,
      },
      signal,
    );
    const rows = answered.reduce((sum, one) => sum + one.rows.length, 0);
    return {
      body,
      cost: {
        receipts: slice.receipts,
        ...(isSplit ? { compiledRows: rows } : {}),
        sliceBytes: slice.bytes,
        sliceMs: sliced - started,
        queryMs: performance.now() - sliced,
      },
      way: !isSplit ? 'slice' : slice.cuts.length > 0 ? 'both' : 'compiled',
      parts: [...(isSplit ? told : []), ...slice.cuts.map(explainCut)],
      notCompiled: [...faults, ...reasonsOf(seen, faults)],
      engineQuery: query,
    };
  }

  #demandsOf(root: Algebra.Operation): ReturnType<typeof planOf> {
    const { knowledge, rules, clock } = this.#sources;
    return planOf(root, { rules, knowledge: knowledge.snapshot().triples, now: clock() });
  }

  /** Asks the store for the rows of a part, bounded by what the rest of the query says of its stars. */
  async #find(part: Part, root: Algebra.Operation, signal: AbortSignal): Promise<Found> {
    const { store, knowledge, rules, iris, clock } = this.#sources;
    const started = performance.now();
    const stars = starsIn(root, part.relation.stars, {
      rules,
      knowledge: knowledge.snapshot().triples,
      now: clock(),
    });
    const rows = bounded(
      part.rows,
      part.relation.stars.flatMap(({ source }, index) => {
        const star = stars[index];
        return star === undefined ? [] : [{ source, star }];
      }),
      { rules, iris },
    );
    const selected = await store.select(rows.plan, signal);
    return { rows, selected, ms: performance.now() - started, fault: faultOf(rows, selected.rows) };
  }
}

/** Why rows do not certainly stand for what the engine would have found; undefined when they do. */
function faultOf({ plan, columns, odd }: CompiledRows, rows: Selected['rows']): string | undefined {
  if (plan.limit === PART_ROWS + 1 && rows.length > PART_ROWS) {
    return `It has more than ${PART_ROWS} rows, which are not handed on to the rest of the query.`;
  }
  if (rows.some((row) => odd.some((position) => row[position] === 1))) {
    return 'A number among the rows is NaN, infinite or a negative zero, which are not aggregated in the store.';
  }
  const sorted = (plan.order ?? []).map(({ position }) => position);
  const isUnordered = columns.some(
    ({ type, position }) =>
      type === 'number' && sorted.includes(position) && rows.some((row) => Number.isNaN(row[position])),
  );
  if (isUnordered) return 'A number to order by is NaN, which has no place in an order.';
  const sums = (plan.aggregates ?? []).flatMap(({ type }, index) =>
    type === 'sum' || type === 'avg' ? [plan.values.length + index] : [],
  );
  const isOver = rows.some((row) => sums.some((position) => Number.isFinite(row[position] ?? 0) === false));
  return isOver ? 'A sum of its numbers is larger than a double can be.' : undefined;
}
