/** What the port offers of the log: a Merkle tree over all commits, and proofs that receipts are in it. */

/** Receipts of one kind that happened on one day, as far as they are in the log. */
export interface LoggedDay {
  /** A kind of events, `sample` or `series`. */
  readonly kind: string;
  /** The day in UTC, `2026-01-02`; `-` for series. */
  readonly day: string;
}

/** The first thing in which evidence differs from what the log says of it. */
export interface LogDifference extends Partial<LoggedDay> {
  /** The batch, where it is known. */
  readonly batch?: number;
  /** The path below `/id/` of the receipt, where it can be told. */
  readonly receipt?: string;
  /** What differs, as a sentence. */
  readonly what: string;
}

/** Parts that cannot be computed again, since retention's rule or the owner of the archive removed receipts of them. */
export interface RemovedParts extends LoggedDay {
  readonly parts: number;
  readonly receipts: number;
}

/** What a check of the whole log found. */
export interface LogVerdict {
  /** Batches that were committed before there was a log, and receipts that came with them: none of them is proven. */
  readonly before: { readonly batches: number; readonly receipts: number };
  /** Leaves of the log, and its root in hexadecimal digits as computed from the evidence's parts. */
  readonly size: number;
  readonly root: string;
  /** Parts and receipts that were computed again, and are what the log says. */
  readonly parts: number;
  readonly receipts: number;
  readonly removed: readonly RemovedParts[];
  /** Undefined when nothing differs. */
  readonly difference: LogDifference | undefined;
}

/** How far a check has come. */
export interface LogProgress {
  readonly what: 'batches' | 'evidence';
  readonly done: number;
  readonly total: number;
}

/** The log of a store. */
export interface EvidenceLog {
  /** How many batches are in it. */
  readonly size: number;
  /**
   * Computes the whole log again from the store and the archive and answers the first difference; days of a kind are
   * read in the order of their batches, at most some million receipts at a time. A signal stops it.
   */
  verify(options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: LogProgress) => void;
  }): Promise<LogVerdict>;
}
