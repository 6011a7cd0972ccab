import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type Clock,
  DAY_MS,
  type EventReceipt,
  identityOf,
  instantOf,
  type RollupSpan,
  rollupSpans,
  type Window,
} from '../../../model/index.js';
import { EvidenceError } from '../../errors.js';
import type {
  ArchiveCheck,
  ArchivedKind,
  EvidenceRetention,
  LostSpan,
  RetentionPlan,
  RetentionRules,
  RetentionStep,
} from '../../retention.js';
import type { CommitTurns } from '../commit-turns.js';
import { endableStep, type Run } from '../endable-step.js';
import { recordRemoval } from '../removals.js';
import { rowsOf } from '../rows.js';
import type { Archive } from './archive.js';
import { nameOf, removeUnfinished, writeArchiveFile } from './archive-file.js';
import { type ArchiveFile, noteArchive, type Span } from './archive-table.js';
import { findCited } from './cited.js';
import { nextPiece, type Rule, rowsOfKind, rulesAt, within } from './due.js';
import { lostOf } from './lost.js';
import { planRetention } from './plan.js';
import { rollUp, rollupTableOf } from './rollups.js';

/** What retention works on. */
export interface RetentionParts {
  /** A connection that no other step uses meanwhile. */
  readonly connection: DuckDBConnection;
  readonly clock: Clock;
  readonly archive: Archive;
  readonly commits: CommitTurns;
  /** Runs a step when no other background work does; the signal tells when the store closes, too. */
  readonly alone: <T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal) => Promise<T>;
  /** Records receipts, and waits for the commit under way even where there are none. */
  readonly append: (events: readonly EventReceipt[]) => Promise<unknown>;
  /** Says that what readers see has changed. */
  readonly onChange: () => void;
}

const isRollup = (what: Rule['what']): what is RollupSpan => rollupSpans.some((span) => span === what);

function receiptOf(file: ArchiveFile): EventReceipt<'archive'> {
  const at = instantOf(file.archivedAt);
  return {
    ...{
      kind: 'archive',
      id: identityOf('archive', file.file, file.sha256),
      at,
      receivedAt: at,
      door: 'retention',
    },
    ...{
      file: file.file,
      sha256: file.sha256,
      archivedKind: file.kind,
      receipts: file.receipts,
      bytes: file.bytes,
    },
    ...{ since: instantOf(file.from), until: instantOf(file.until), reason: file.rule },
  };
}

/** Retention of the embedded store: see {@link EvidenceRetention}. */
export class DuckDbRetention implements EvidenceRetention {
  readonly #parts: RetentionParts;
  /** Files whose receipts are still to be recorded: after a crash some may lack them. */
  #untold: readonly ArchiveFile[] | undefined;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  plan(rules: RetentionRules): Promise<RetentionPlan> {
    const { alone, connection, archive, clock } = this.#parts;
    return alone(() => planRetention(connection, archive, rules, clock()));
  }

  step(rules: RetentionRules, signal?: AbortSignal): Promise<RetentionStep | undefined> {
    const { alone, connection } = this.#parts;
    return alone(
      (ends) =>
        endableStep(connection, ends, 'A step of retention failed, and was undone.', (run) =>
          this.#step(rules, run, ends),
        ),
      signal,
    );
  }

  verify(signal?: AbortSignal): AsyncIterable<ArchiveCheck> {
    return this.#parts.archive.verify(signal);
  }

  lost(window: Window, kinds?: readonly ArchivedKind[]): Promise<readonly LostSpan[]> {
    return lostOf(this.#parts.archive, window, kinds);
  }

  async #step(rules: RetentionRules, run: Run, signal: AbortSignal): Promise<RetentionStep | undefined> {
    const { connection, clock, archive } = this.#parts;
    await this.#tell();
    const now = clock();
    await findCited(connection);
    const sealed = archive.files.filter(({ kind }) => kind === 'sample');
    for (const rule of rulesAt(rules, now)) {
      if (signal.aborted) return undefined;
      const { what } = rule;
      const step = isRollup(what)
        ? await this.#expire({ ...rule, what }, run, now)
        : await this.#archiveNext({ ...rule, what }, sealed, run, signal);
      if (step !== undefined) return step;
    }
    return undefined;
  }

  /** Records the receipts of files that have none yet. */
  async #tell(): Promise<void> {
    const { connection, archive, append } = this.#parts;
    if (this.#untold === undefined) {
      await removeUnfinished(archive.folder);
      const told = await connection.runAndReadAll(`SELECT file FROM event WHERE kind = 'archive'`);
      const names = new Set(told.getRows().map(([file]) => String(file)));
      this.#untold = archive.files.filter(({ file }) => !names.has(file));
    }
    if (this.#untold.length === 0) return;
    await append(this.#untold.map(receiptOf));
    this.#untold = [];
  }

  async #archiveNext(
    rule: Rule & { readonly what: ArchivedKind },
    sealed: readonly Span[],
    run: Run,
    signal: AbortSignal,
  ): Promise<RetentionStep | undefined> {
    const { connection, archive, append, onChange } = this.#parts;
    const kind = rule.what;
    const span = await nextPiece(connection, rule, sealed);
    if (span === undefined) return undefined;
    const withdraw = await archive.announce(kind, span);
    try {
      // What is being committed now was let in before the announcement.
      await append([]);
      const file = await this.#archive(rule, span, run, signal);
      onChange();
      this.#untold = [...(this.#untold ?? []), file];
      await this.#tell();
      const window = { from: instantOf(span.from), to: instantOf(span.until) };
      return {
        what: kind,
        action: 'archive',
        window,
        rows: file.receipts,
        file: file.file,
        bytes: file.bytes,
      };
    } finally {
      withdraw();
    }
  }

  /** One transaction: the rows are written, rolled up, deleted and noted, and all of that or nothing counts. */
  async #archive(
    { what: kind, rule }: Rule & { readonly what: ArchivedKind },
    span: Span,
    run: Run,
    signal: AbortSignal,
  ): Promise<ArchiveFile> {
    const { connection, archive, clock } = this.#parts;
    await run('BEGIN');
    await findCited(connection);
    const { table, condition } = rowsOfKind(kind);
    const counted = await rowsOf(
      connection,
      `SELECT count(*), min("at"), max("at") FROM ${table} WHERE ${within(span)} AND ${condition}`,
    );
    const [receipts = 0, firstAt = 0, lastAt = 0] = counted[0] ?? [];
    const name = nameOf(kind, span, archive.files);
    const written = await writeArchiveFile(run, archive.folder, { file: name, kind, span }, signal);
    if (kind === 'sample') await rollUp(run, span);
    await this.#delete(kind, span, receipts, run);
    const file = {
      ...span,
      ...written,
      file: name,
      kind,
      firstAt,
      lastAt,
      receipts,
      rule,
      archivedAt: clock(),
    };
    await noteArchive(connection, file);
    archive.add(file);
    try {
      await this.#parts.commits.take(() => run('COMMIT'));
    } catch (cause) {
      archive.forget(file);
      throw cause;
    }
    return file;
  }

  async #delete(kind: ArchivedKind, span: Span, receipts: number, run: Run): Promise<void> {
    const { condition } = rowsOfKind(kind);
    let deleted = 0;
    for (const table of kind === 'sample' ? ['sample', 'sorted_sample'] : ['event']) {
      deleted += await run(
        `DELETE FROM ${table} WHERE ${within(span)} AND ${condition.replaceAll('samples.', `${table}.`)}`,
      );
    }
    if (deleted !== receipts) {
      throw new EvidenceError(
        'store-failed',
        'An archive did not hold what was to go into it: nothing went.',
      );
    }
    if (kind === 'sample') await this.#adjustParts(span, run);
  }

  /** Parts hold what is left of them; those with nothing left are none. */
  async #adjustParts({ from, until }: Span, run: Run): Promise<void> {
    const touched = `"from" < ${until} AND until > ${from}`;
    await run(
      `UPDATE part SET samples = (SELECT count(*) FROM sorted_sample s WHERE s."at" >= part."from" AND s."at" < part.until)
       WHERE ${touched}`,
    );
    await run(`DELETE FROM part WHERE ${touched} AND samples = 0`);
  }

  /** Removes the oldest day of roll-ups that a rule does not keep. */
  async #expire(
    { what, before, rule }: Rule & { readonly what: RollupSpan },
    run: Run,
    now: number,
  ): Promise<RetentionStep | undefined> {
    const { connection, commits, onChange } = this.#parts;
    const table = rollupTableOf(what);
    const first = (
      await connection.runAndReadAll(`SELECT min("at") FROM ${table} WHERE "at" < ${before}`)
    ).getRows()[0]?.[0];
    if (first === null || first === undefined) return undefined;
    const from = Math.floor(Number(first) / DAY_MS) * DAY_MS;
    const span = { from, until: from + DAY_MS };
    const window = { from: instantOf(from), to: instantOf(span.until) };
    await run('BEGIN');
    const rows = await run(`DELETE FROM ${table} WHERE ${within(span)}`);
    await recordRemoval(connection, { kinds: [`rollup-${what}`], window, rule, removedAt: instantOf(now) });
    await commits.take(() => run('COMMIT'));
    onChange();
    return { what, action: 'remove', window, rows };
  }
}
