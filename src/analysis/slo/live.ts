/** Judges objectives again and again, reading only what is new: what the live evaluation asks every 30 seconds. */
import type { EvidenceStore, Recorded } from '../../evidence/index.js';
import {
  HOUR_MS,
  type Instant,
  instantOf,
  MINUTE_MS,
  pathOfEvent,
  shift,
  type Window,
} from '../../model/index.js';
import {
  type Asked,
  added,
  type Count,
  count,
  findSeriesOf,
  type IndicatorSeries,
  NOTHING,
  subtracted,
} from './counting.js';
import { countable, hasSeries } from './judge.js';
import { lengthsOf, planOf, type SloPlan } from './plan.js';
import type { SloHistory, SloStatus } from './status.js';
import { statusOf } from './verdict.js';

/** Samples come a little late: what is younger is counted anew each time. */
const SETTLING_MS = 10 * MINUTE_MS;

/** After so long everything is counted anew, so that no error can last. */
const RENEWED_MS = 6 * HOUR_MS;

/** What is kept of one objective. */
interface Kept {
  /** Revisions, series and lengths: while they stay the same, sums may go on. */
  readonly signature: string;
  readonly series: readonly IndicatorSeries[];
  readonly countedAt: Instant;
  readonly end: Instant;
  /** Up to when what is kept was counted. */
  readonly settledTo: Instant;
  /** By part, then by length: from so far before `end` up to `settledTo`. */
  readonly sums: readonly (readonly Count[])[];
}

/** An objective that is being judged. */
interface Turn {
  readonly plan: SloPlan;
  readonly series: readonly IndicatorSeries[];
  readonly signature: string;
  readonly lengths: readonly number[];
  readonly settledTo: Instant;
  /** What is kept and goes on; undefined when all is counted anew. */
  readonly kept: Kept | undefined;
}

/** The stretches that are counted of one length. */
interface LengthStretches {
  /** Counted before, and in the window no more. */
  readonly left: Window | undefined;
  /** Settled now. */
  readonly settled: Window | undefined;
  readonly young: Window;
}

const spanOf = (from: number, to: number): Window | undefined =>
  from < to ? { from: instantOf(from), to: instantOf(to) } : undefined;

function stretchesOf({ plan, settledTo, kept }: Turn, lengthMs: number): LengthStretches {
  const end = plan.window.to;
  const from = end - lengthMs;
  const young = { from: instantOf(Math.max(from, settledTo)), to: end };
  if (kept === undefined) return { left: undefined, settled: spanOf(from, settledTo), young };
  const before = kept.end - lengthMs;
  return {
    left: spanOf(before, Math.min(from, kept.settledTo)),
    settled: spanOf(Math.max(kept.settledTo, from), settledTo),
    young,
  };
}

/**
 * Judges objectives at moments that go forward. It keeps sums up to a few minutes ago, and adds and takes away what
 * enters and leaves each window, so that its answers are those of judging from scratch. It must `hear` what is recorded:
 * an objective whose settled past changes is counted anew, as is one that is changed, or whose series become more.
 */
export class SloJudge {
  readonly #store: EvidenceStore;
  readonly #kept = new Map<string, Kept>();
  /** The earliest sample of each series that came since the last judgement. */
  #touched = new Map<number, number>();
  #judging: Promise<unknown> = Promise.resolve();

  constructor(store: EvidenceStore) {
    this.#store = store;
  }

  /** Takes note of the samples that were just recorded; every commit since the last judgement must be told. */
  readonly hear = (recorded: Pick<Recorded, 'samples'>): void => {
    const { samples } = recorded;
    if (samples === undefined) return;
    for (let row = 0; row < samples.length; row++) {
      const [series, at] = [samples.series[row] ?? 0, samples.at[row] ?? 0];
      const known = this.#touched.get(series);
      if (known === undefined || at < known) this.#touched.set(series, at);
    }
  };

  /** Forgets all sums, so that everything is counted anew: after samples were removed. */
  renew(): void {
    this.#kept.clear();
  }

  /** Judges objectives at a moment, in the order given; those not in force are left out. Fails as the store does. */
  judge(histories: readonly SloHistory[], at: Instant): Promise<readonly SloStatus[]> {
    const turn = this.#judging.then(() => this.#judge(histories, at));
    this.#judging = turn.catch(() => undefined);
    return turn;
  }

  async #judge(histories: readonly SloHistory[], at: Instant): Promise<readonly SloStatus[]> {
    const touched = this.#touched;
    this.#touched = new Map();
    try {
      const turns = await this.#turnsOf(histories, at, touched);
      return await this.#counted(turns);
    } catch (error) {
      // What was heard is not known to be counted.
      this.renew();
      throw error;
    }
  }

  async #turnsOf(
    histories: readonly SloHistory[],
    at: Instant,
    touched: ReadonlyMap<number, number>,
  ): Promise<readonly Turn[]> {
    const plans = histories.flatMap((history) => planOf(history, at) ?? []);
    const found = await findSeriesOf(
      this.#store,
      plans.flatMap(({ parts }) => parts),
    );
    let next = 0;
    return plans.map((plan) => {
      const series = found.slice(next, next + plan.parts.length);
      next += plan.parts.length;
      const lengths = lengthsOf(plan);
      const { sliceMs } = plan.objective;
      const settling = Math.ceil(SETTLING_MS / sliceMs) * sliceMs;
      const signature = JSON.stringify([
        plan.parts.map(({ revision }) => pathOfEvent(revision)),
        series,
        lengths,
      ]);
      const turn = { plan, series, lengths, signature, settledTo: shift(plan.window.to, -settling) };
      return { ...turn, kept: this.#goesOn(turn, settling, touched) };
    });
  }

  /** What is kept of an objective, if adding to it gives what counting anew would. */
  #goesOn(
    { plan, signature, series }: Omit<Turn, 'kept'>,
    settlingMs: number,
    touched: ReadonlyMap<number, number>,
  ): Kept | undefined {
    const kept = this.#kept.get(plan.slo.slo);
    if (kept === undefined || kept.signature !== signature) return undefined;
    const passedMs = plan.window.to - kept.end;
    if (passedMs < 0 || passedMs > settlingMs || plan.at - kept.countedAt > RENEWED_MS) return undefined;
    const isTouched = series
      .flatMap(({ main, counted }) => [...main, ...counted])
      .some((ref) => (touched.get(ref) ?? Number.POSITIVE_INFINITY) <= kept.settledTo);
    return isTouched ? undefined : kept;
  }

  async #counted(turns: readonly Turn[]): Promise<readonly SloStatus[]> {
    const statuses: SloStatus[] = [];
    const answers = new Map<Turn, readonly (readonly Count[])[]>();
    // Those that are counted anew read days, the others minutes: one statement must not read for both.
    for (const isNew of [true, false]) {
      const own = turns.filter(({ kept }) => (kept === undefined) === isNew);
      const asked = own.map(askedOf);
      const counts = await count(this.#store, asked.flat());
      let next = 0;
      for (const [place, turn] of own.entries()) {
        const many = asked[place]?.length ?? 0;
        answers.set(turn, counts.slice(next, next + many));
        next += many;
      }
    }
    const names = new Set(turns.map(({ plan }) => plan.slo.slo));
    for (const name of this.#kept.keys()) if (!names.has(name)) this.#kept.delete(name);
    for (const turn of turns) statuses.push(this.#concluded(turn, answers.get(turn) ?? []));
    return statuses;
  }

  /** Keeps the sums of an objective and makes its status of them. */
  #concluded(turn: Turn, counts: readonly (readonly Count[])[]): SloStatus {
    const { plan, series, lengths, signature, settledTo, kept } = turn;
    const sums: Count[][] = plan.parts.map(() => []);
    const whole = new Map<number, Count[]>(lengths.map((lengthMs) => [lengthMs, []]));
    for (const place of plan.parts.keys()) {
      const found = (counts[place] ?? []).values();
      const next = (window: Window | undefined): Count =>
        window === undefined ? NOTHING : (found.next().value ?? NOTHING);
      for (const [column, lengthMs] of lengths.entries()) {
        const { left, settled, young } = stretchesOf(turn, lengthMs);
        const before = kept?.sums[place]?.[column] ?? NOTHING;
        const sum = added(subtracted(before, next(left)), next(settled));
        sums[place]?.push(sum);
        whole.get(lengthMs)?.push(added(sum, next(young)));
      }
    }
    this.#kept.set(plan.slo.slo, {
      ...{ signature, series, sums, settledTo },
      countedAt: kept?.countedAt ?? plan.at,
      end: plan.window.to,
    });
    const known = hasSeries(this.#store, plan, series);
    return statusOf(
      plan,
      new Map([...whole].map(([lengthMs, each]) => [lengthMs, countable(known, each)])),
      known,
    );
  }
}

/** What is counted of an objective: of each part the stretches of each length. */
function askedOf(turn: Turn): readonly Asked[] {
  const stretches = turn.lengths.flatMap((lengthMs) => {
    const { left, settled, young } = stretchesOf(turn, lengthMs);
    return [left, settled, young].flatMap((window) => window ?? []);
  });
  return turn.plan.parts.map((part, place) => ({
    part,
    series: turn.series[place] ?? { main: [], counted: [] },
    stretches,
  }));
}
