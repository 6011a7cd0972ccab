/** What the port offers of the log: a Merkle tree over all commits, and proofs that receipts are in it. */

import type { Named } from '../model/index.js';
import type { VerifierKey } from './log/note.js';
import type { Proof } from './log/proof.js';

/** A receipt that a proof can be asked for: an event or a sample. */
export type Provable = Extract<Named, { readonly type: 'event' | 'sample' }>;

/** Where a receipt is in the log. */
export interface LogPlace {
  readonly batch: number;
  /** The leaf of its batch; undefined where that was committed before there was a log. */
  readonly leaf: number | undefined;
}

/** Receipts of one kind that happened on one day, as far as they are in the log. */
export interface LoggedDay {
  /** A kind of events, `sample` or `series`. */
  readonly kind: string;
  /** The day in UTC, `2026-01-02`; `-` for series. */
  readonly day: string;
}

/** The paths below `/id/` of the first and the last of some receipts, in the order in which they are hashed. */
export interface ReceiptEnds {
  readonly first: string;
  readonly last: string;
}

/** The first thing in which evidence differs from what the log says of it. */
export interface LogDifference extends Partial<LoggedDay> {
  /** The batch, where it is known. */
  readonly batch?: number;
  /** The path below `/id/` of the receipt, where it can be told. */
  readonly receipt?: string;
  /** Else the receipts that it is among: the log keeps one hash for all of one batch, kind and day. */
  readonly among?: ReceiptEnds;
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
  /** How many bytes these are in the form that is hashed. */
  readonly bytes: number;
  readonly removed: readonly RemovedParts[];
  /** Undefined when nothing differs. */
  readonly difference: LogDifference | undefined;
}

/** How far a check has come. */
export interface LogProgress {
  readonly what: 'batches' | 'evidence';
  readonly done: number;
  readonly total: number;
  /** Bytes that were hashed, of `evidence`. */
  readonly bytes?: number;
}

/** The log of a store. */
export interface EvidenceLog {
  /** How many batches are in it. */
  readonly size: number;
  /** The first line of its checkpoints. */
  readonly origin: string;
  /** The key that signs now. */
  readonly verifier: VerifierKey;
  /** The notes by which older keys handed over to newer ones, the first one first. */
  readonly rotations: readonly string[];
  /** How many batches the last checkpoint has. */
  readonly signedSize: number;
  /** Why nothing is signed any more; undefined while all is well. */
  readonly fault: string | undefined;
  /**
   * The signed checkpoint, on disk before it is answered; it is signed anew when the log has grown, at most once a
   * second. Fails with `log-inconsistent` where the log does not go on from the last one that was signed.
   */
  checkpoint(): Promise<string>;
  /** Hashes of a tile of C2SP's tlog-tiles; undefined where it has not so many. */
  tile(level: number, index: number, width: number): Promise<Uint8Array | undefined>;
  /** The entries of a bundle; undefined where there are not so many. */
  entries(index: number, width: number): Promise<readonly string[] | undefined>;
  /** The hashes that prove that the tree of `to` batches begins with that of `from`; 0 <= from <= to <= {@link size}. */
  consistency(from: number, to: number): Promise<readonly Uint8Array[]>;
  /** Where a receipt is; undefined when there is none. */
  placeOf(named: Provable): Promise<LogPlace | undefined>;
  /**
   * The proof of a receipt in the tree of the signed checkpoint; of `size` batches where the receipt lies in so many, and
   * else with what shows that the checkpoint goes on from these. Undefined when there is no such receipt; fails with
   * `log-unproven` for one from before the log, and with `log-differs` for one that is not as it was recorded.
   */
  prove(named: Provable, iri: string, size?: number): Promise<Proof | undefined>;
  /** The newest checkpoint that witnesses cosigned; undefined while none is. */
  readonly cosigned: string | undefined;
  /**
   * Keeps the signatures of witnesses that a checkpoint of this log carries, and answers it with them; it need not be the
   * last one. Fails with `bad-proof` for one that this log did not sign, or where a later one is cosigned already.
   */
  cosign(checkpoint: string, witnesses: readonly VerifierKey[]): Promise<string>;
  /** Makes a new key, which the old one names in a note. */
  rotateKey(): Promise<VerifierKey>;
  /**
   * Computes the whole log again from the store and the archive and answers the first difference; days of a kind are
   * read in the order of their batches, at most some million receipts at a time. A signal stops it.
   */
  verify(options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: LogProgress) => void;
  }): Promise<LogVerdict>;
}
