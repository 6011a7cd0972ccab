import { DAY_MS } from '../../../model/index.js';
import { dayText, type LogPart } from '../../log/entry.js';
import { sameHash } from '../../log/hash.js';
import type { LogDifference, ReceiptEnds, RemovedParts } from '../../log.js';
import type { ArchiveFile } from '../retention/archive-table.js';

/** A part with its batch, as the log has it or as it was computed again; parts come by day, then by batch. */
export interface BatchPart extends LogPart {
  readonly batch: number;
}

/** A part that was computed again. */
export interface FoundPart extends BatchPart {
  /** The bytes that its hash was made of. */
  readonly bytes: number;
  /** The paths of its first and its last receipt, the same where it has one alone; asked for when something differs. */
  readonly ends: () => ReceiptEnds | undefined;
}

/** What a check has come to; it ends at the first difference. */
export interface Tally {
  parts: number;
  receipts: number;
  bytes: number;
  readonly removed: Map<string, RemovedParts>;
  difference: LogDifference | undefined;
}

function isBefore(one: BatchPart, other: BatchPart): boolean {
  const [day, otherDay] = [one.day ?? -1, other.day ?? -1];
  return day < otherDay || (day === otherDay && one.batch < other.batch);
}

const counted = (count: number): string => `${count} ${count === 1 ? 'receipt' : 'receipts'}`;

/** Holds parts that were computed again against those of the log, both in order, and keeps the tally. */
export class PartCheck {
  readonly #expected: readonly BatchPart[];
  readonly #missing: readonly ArchiveFile[];
  readonly #tally: Tally;
  #next = 0;

  /** `missing` are files of the archive that are not there any more. */
  constructor(expected: readonly BatchPart[], missing: readonly ArchiveFile[], tally: Tally) {
    this.#expected = expected;
    this.#missing = missing;
    this.#tally = tally;
  }

  /** Takes the next part that was found; false when something differs and nothing more need be looked at. */
  found(part: FoundPart): boolean {
    if (!this.#pass((expected) => isBefore(expected, part))) return false;
    const expected = this.#expected[this.#next];
    if (expected === undefined || isBefore(part, expected)) {
      return this.#differs(part, `${counted(part.count)} of which the log knows nothing`, part.ends());
    }
    this.#next += 1;
    if (expected.count === part.count && sameHash(expected.hash, part.hash)) {
      this.#tally.parts += 1;
      this.#tally.receipts += part.count;
      this.#tally.bytes += part.bytes;
      return true;
    }
    if (part.count < expected.count && this.#wasRemoved(expected)) return this.#remove(expected);
    const what =
      part.count === expected.count
        ? `${counted(part.count)}, and not as they were recorded: their hash is another than the log's`
        : `${counted(part.count)} where the log has ${expected.count}`;
    return this.#differs(part, what, part.ends());
  }

  /** Says that no more parts come. */
  end(): boolean {
    return this.#pass(() => true);
  }

  /** Passes over expected parts of which nothing was found. */
  #pass(isPassed: (expected: BatchPart) => boolean): boolean {
    for (;;) {
      const expected = this.#expected[this.#next];
      if (expected === undefined || !isPassed(expected)) return true;
      this.#next += 1;
      if (this.#wasRemoved(expected)) this.#remove(expected);
      else return this.#differs(expected, `none of the ${counted(expected.count)} that the log has is there`);
    }
  }

  #wasRemoved({ kind, day }: BatchPart): boolean {
    if (day === undefined) return false;
    const [from, until] = [day * DAY_MS, (day + 1) * DAY_MS];
    return this.#missing.some((file) => file.kind === kind && file.from < until && file.until > from);
  }

  #remove({ kind, day, count }: BatchPart): true {
    const name = `${kind} ${dayText(day)}`;
    const before = this.#tally.removed.get(name) ?? { kind, day: dayText(day), parts: 0, receipts: 0 };
    const { parts, receipts } = before;
    this.#tally.removed.set(name, { ...before, parts: parts + 1, receipts: receipts + count });
    return true;
  }

  #differs({ batch, kind, day }: BatchPart, what: string, ends?: ReceiptEnds): false {
    this.#tally.difference = {
      ...{ batch, kind, day: dayText(day), what },
      ...(ends === undefined ? {} : ends.first === ends.last ? { receipt: ends.first } : { among: ends }),
    };
    return false;
  }
}
