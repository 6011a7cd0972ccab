/** Answers queries: what the store can answer by itself, and the rest over a slice. */
import type { Algebra } from '@traqula/algebra-transformations-1-1';
import type { EvidenceStore, RowReads, Selected } from '../evidence/index.js';
import type { Clock, Iris } from '../model/index.js';
import { replaceIn } from './algebra.js';
import { type Compiled, compile, type Part, type Whole } from './compile.js';
import { ANSWER_ROWS, faultOf, PART_ROWS, withinAnswer, withinPart, writeRows } from './compiled-answer.js';
import { bounded, type CompiledRows } from './compiled-plan.js';
import { type ExplainedPart, explainCut, explainRows, reasonsOf } from './explain.js';
import type { Federation } from './federation.js';
import type { QueryCost } from './graph.js';
import type { Knowledge } from './knowledge.js';
import type { Rule } from './mapping.js';
import type { ParsedQuery, QueryParser } from './parse.js';
import { type PlanContext, starsIn } from './plan.js';
import { Planning } from './planning.js';
import { type Answered, RestWriter, rowsAsValues } from './rest.js';
import type { Slice, Slicer } from './slice.js';
import type { WorkerPool } from './workers.js';

/** What queries are answered from. */
export interface AnswerSources {
  readonly store: EvidenceStore;
  readonly iris: Iris;
  readonly clock: Clock;
  readonly rules: readonly Rule[];
  readonly parser: QueryParser;
  readonly knowledge: Knowledge;
  readonly slicer: Slicer;
  readonly pool: WorkerPool;
  readonly federation: Federation;
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

/** What came of the parts of a query. */
interface Taken {
  /** The query with the rows of its parts in their place. */
  readonly root: Algebra.Operation | undefined;
  readonly answered: readonly Answered[];
  readonly told: readonly ExplainedPart[];
  readonly faults: readonly { readonly pattern: string; readonly why: string }[];
}

/** What the engine is given: a query, with rows of the store in the place of its parts, and a slice. */
interface Gathered {
  readonly taken: Taken;
  readonly query: string;
  /** What is left of the query; undefined where all of it goes over the slice. */
  readonly seen: Algebra.Operation | undefined;
  readonly slice: Slice;
  /** What of the incidents the query can see, as N-Triples. */
  readonly incidents: string;
}

const encoder = new TextEncoder();

/** Answers queries over one store. */
export class Answerer {
  readonly #sources: AnswerSources;
  readonly #writer: RestWriter;

  constructor(sources: AnswerSources) {
    this.#sources = sources;
    this.#writer = new RestWriter(sources.parser);
  }

  /** Answers a query in a format; fails with the signal's reason when it stops the work. */
  async answer(parsed: ParsedQuery, contentType: string, signal: AbortSignal): Promise<Told> {
    const { knowledge, rules, iris, clock } = this.#sources;
    // Other servers see what is asked of them as it stands.
    if (parsed.isFederated) return await this.#parts(parsed, undefined, contentType, signal);
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
  async #whole(asked: Whole, contentType: string, signal: AbortSignal): Promise<Told | undefined> {
    const whole = withinAnswer(asked);
    const started = performance.now();
    const planning = this.#planning();
    const found = await this.#sources.store.snapshot((reads) =>
      this.#find(reads, whole, whole.operation, planning.context, signal),
    );
    if (found.fault !== undefined) return undefined;
    const { rows } = found.selected;
    const { iris, maxResultBytes } = this.#sources;
    const body = await writeRows(whole, found.selected, { iris, contentType, maxResultBytes, signal });
    const cost = {
      receipts: 0,
      compiledRows: rows.length,
      sliceBytes: 0,
      sliceMs: performance.now() - started,
      queryMs: 0,
    };
    return { body, cost, way: 'compiled', parts: [explainRows(whole, found)], notCompiled: [] };
  }

  /** A query of which parts go to the store, and the rest over a slice to the engine. */
  async #parts(
    parsed: ParsedQuery,
    compiled: Compiled | undefined,
    contentType: string,
    signal: AbortSignal,
  ): Promise<Told> {
    const { store, knowledge, pool, federation, maxResultBytes } = this.#sources;
    const started = performance.now();
    // Before the store, so that what the knowledge is linked to is there.
    const { core } = knowledge.snapshot();
    const planning = this.#planning();
    const { taken, query, seen, slice, incidents } = await store.snapshot((reads) =>
      this.#gather(reads, planning, parsed, compiled, signal),
    );
    const sliced = performance.now();
    const body = await (parsed.isFederated ? federation : pool).run(
      {
        knowledge: core,
        chunks: incidents === '' ? slice.chunks : [encoder.encode(incidents), ...slice.chunks],
        query,
        format: contentType,
        maxResultBytes,
      },
      signal,
    );
    const rows = taken.answered.reduce((sum, one) => sum + one.rows.length, 0);
    return {
      body,
      cost: {
        receipts: slice.receipts,
        ...(seen === undefined ? {} : { compiledRows: rows }),
        sliceBytes: slice.bytes,
        sliceMs: sliced - started,
        queryMs: performance.now() - sliced,
      },
      way: seen === undefined ? 'slice' : slice.cuts.length > 0 ? 'both' : 'compiled',
      parts: [...(seen === undefined ? [] : taken.told), ...slice.cuts.map(explainCut)],
      notCompiled: [...taken.faults, ...reasonsOf(seen ?? parsed.algebra, taken.faults)],
      engineQuery: query,
    };
  }

  /** All that the engine needs of the store, over one state of it. */
  async #gather(
    reads: RowReads,
    planning: Planning,
    parsed: ParsedQuery,
    compiled: Compiled | undefined,
    signal: AbortSignal,
  ): Promise<Gathered> {
    const { iris, slicer } = this.#sources;
    if (compiled !== undefined && compiled.parts.length > 0) {
      await planning.plan(compiled.root, reads, signal);
    }
    const taken = await this.#take(reads, planning.context, compiled, signal);
    const rest =
      compiled && taken.answered.length > 0 && this.#writer.write(compiled.root, taken.answered, iris);
    const seen = rest ? taken.root : undefined;
    const plan = await planning.plan(seen ?? parsed.algebra, reads, signal);
    const slice = await slicer.cut(reads, plan, signal);
    const incidents = planning.knowledge.incidents(plan.needs);
    return { taken, query: rest || parsed.text, seen, slice, incidents };
  }

  /** Takes the rows of one part after another, each bounded by the rows of those before it. */
  async #take(
    reads: RowReads,
    context: PlanContext,
    compiled: Compiled | undefined,
    signal: AbortSignal,
  ): Promise<Taken> {
    const answered: Answered[] = [];
    const told: ExplainedPart[] = [];
    const faults: { readonly pattern: string; readonly why: string }[] = [];
    let root = compiled?.root;
    for (const part of compiled?.parts ?? []) {
      const found = await this.#find(reads, part, root ?? part.operation, context, signal);
      const explained = explainRows(part, found);
      if (found.fault !== undefined) {
        faults.push(...explained.patterns.map((pattern) => ({ pattern, why: found.fault ?? '' })));
        continue;
      }
      const one = { part, rows: found.selected.rows };
      answered.push(one);
      told.push(explained);
      const values = rowsAsValues(one, this.#sources.iris);
      root = replaceIn(root, (node) => (node === part.operation ? values : undefined));
    }
    return { root, answered, told, faults };
  }

  #planning(): Planning {
    const { knowledge, rules, iris, clock } = this.#sources;
    return new Planning({ rules, iris, knowledge: knowledge.snapshot().triples, now: clock() });
  }

  /** Asks the store for the rows of a part, bounded by what the rest of the query says of its stars. */
  async #find(
    reads: RowReads,
    part: Part,
    root: Algebra.Operation,
    context: PlanContext,
    signal: AbortSignal,
  ): Promise<Found> {
    const { rules, iris } = this.#sources;
    const started = performance.now();
    const stars = starsIn(root, part.relation.stars, context);
    const rows = bounded(
      part.rows,
      part.relation.stars.flatMap(({ source }, index) => {
        const star = stars[index];
        return star === undefined ? [] : [{ source, star }];
      }),
      { rules, iris },
    );
    const selected = await reads.select(withinPart(rows.plan), signal);
    return { rows, selected, ms: performance.now() - started, fault: faultOf(rows, selected) };
  }
}
