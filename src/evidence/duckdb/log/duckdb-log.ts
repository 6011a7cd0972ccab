import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { parseCheckpoint } from '../../log/checkpoint.js';
import { entryOf } from '../../log/entry.js';
import { LogError } from '../../log/errors.js';
import { TILE_WIDTH } from '../../log/level-files.js';
import type { Notary } from '../../log/notary.js';
import { noteText, type VerifierKey } from '../../log/note.js';
import { type Proof, pathText } from '../../log/proof.js';
import { consistencyRanges, inclusionRanges, type LeafRange } from '../../log/tree.js';
import type { EvidenceLog, LogPlace, LogProgress, LogVerdict, Provable } from '../../log.js';
import { failureOf } from '../engine-failure.js';
import { interruptible } from '../interrupt.js';
import type { Archive, Reach } from '../retention/archive.js';
import type { SeriesTable } from '../series-table.js';
import type { BatchLog } from './batch-log.js';
import { batchOf, proveReceipt, type ReceiptProof, reachOf } from './prove.js';
import { recompute } from './recompute.js';
import { readBatches } from './tables.js';

/** What the log of the embedded store works on. */
export interface LogParts {
  readonly instance: DuckDBInstance;
  readonly origin: string;
  readonly log: BatchLog;
  readonly notary: Notary;
  readonly archive: Archive;
  readonly series: SeriesTable;
  /** Reads the store, and the archive as far as the reach goes. */
  readonly read: <T>(reach: Reach, work: (connection: DuckDBConnection) => Promise<T>) => Promise<T>;
}

/** The log of the embedded store: see {@link EvidenceLog}. */
export class DuckDbLog implements EvidenceLog {
  readonly #parts: LogParts;

  constructor(parts: LogParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#parts.log.levels.size;
  }

  get origin(): string {
    return this.#parts.origin;
  }

  get verifier(): VerifierKey {
    return this.#parts.notary.verifier;
  }

  get rotations(): readonly string[] {
    return this.#parts.notary.rotations.map(({ note }) => noteText(note));
  }

  get signedSize(): number {
    return this.#parts.notary.signedSize;
  }

  get fault(): string | undefined {
    return this.#parts.notary.fault;
  }

  get cosigned(): string | undefined {
    const { cosigned } = this.#parts.notary;
    return cosigned && noteText(cosigned.note);
  }

  checkpoint(): Promise<string> {
    return this.#parts.notary.checkpoint();
  }

  async tile(level: number, index: number, width: number): Promise<Uint8Array | undefined> {
    const hashes = await this.#parts.log.levels.hashes(level, index * TILE_WIDTH, width);
    return hashes.length < width ? undefined : Buffer.concat(hashes);
  }

  async entries(index: number, width: number): Promise<readonly string[] | undefined> {
    const { log, read } = this.#parts;
    const first = log.before + index * TILE_WIDTH + 1;
    const last = first + width - 1;
    if (last > log.before + log.levels.size) return undefined;
    const batches = await read({}, (connection) => readBatches(connection, { first, last }, log.before));
    return batches.length < width ? undefined : batches.map(entryOf);
  }

  async consistency(from: number, to: number): Promise<readonly Uint8Array[]> {
    return await this.#roots(consistencyRanges(from, to));
  }

  async #roots(ranges: readonly LeafRange[]): Promise<readonly Uint8Array[]> {
    return await Promise.all(ranges.map((range) => this.#parts.log.levels.root(range)));
  }

  async placeOf(named: Provable): Promise<LogPlace | undefined> {
    const { log, read, series } = this.#parts;
    const batch = await read(reachOf(named), (connection) => batchOf(connection, named, series));
    if (batch === undefined) return undefined;
    return { batch, leaf: batch > log.before ? batch - log.before - 1 : undefined };
  }

  async prove(named: Provable, iri: string, size?: number): Promise<Proof | undefined> {
    const place = await this.placeOf(named);
    if (place === undefined) return undefined;
    const { batch, leaf } = place;
    if (leaf === undefined) {
      throw new LogError('log-unproven', `${iri} was recorded before there was a log: nothing proves it.`);
    }
    const { log, read, series } = this.#parts;
    const found = await read(reachOf(named), (connection) =>
      proveReceipt(connection, named, { number: batch, before: log.before }, series),
    );
    return found === undefined ? undefined : await this.#proofOf(iri, found, leaf, size);
  }

  /**
   * The cosigned checkpoint where that has this leaf and no size is asked for; else the last one, waiting for one that has
   * it where that is from a moment ago.
   */
  async #checkpointFor(leaf: number, wanted: number | undefined): Promise<string> {
    const { notary } = this.#parts;
    const last = await notary.checkpoint(leaf + 1);
    const { cosigned } = notary;
    return wanted === undefined && cosigned !== undefined && leaf < cosigned.size
      ? noteText(cosigned.note)
      : last;
  }

  async #proofOf(iri: string, found: ReceiptProof, leaf: number, wanted?: number): Promise<Proof> {
    const checkpoint = await this.#checkpointFor(leaf, wanted);
    const { size } = parseCheckpoint(checkpoint);
    if (wanted !== undefined && wanted > size) {
      throw new LogError(
        'bad-proof',
        `There is no tree of ${wanted} batches yet: the checkpoint has ${size}.`,
      );
    }
    const isHeld = wanted !== undefined && leaf < wanted;
    const of = isHeld ? wanted : size;
    return {
      ...{ format: 'genchi-proof/1', iri, ...found, checkpoint, rotations: [...this.rotations] },
      leaf: { index: leaf, size: of, path: pathText(await this.#roots(inclusionRanges(leaf, of))) },
      ...(wanted === undefined || isHeld
        ? {}
        : { consistency: { from: wanted, path: pathText(await this.consistency(wanted, size)) } }),
    };
  }

  cosign(checkpoint: string, witnesses: readonly VerifierKey[]): Promise<string> {
    return this.#parts.notary.cosign(checkpoint, witnesses);
  }

  rotateKey(): Promise<VerifierKey> {
    return this.#parts.notary.rotate();
  }

  async verify(options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: LogProgress) => void;
  }): Promise<LogVerdict> {
    const { signal, onProgress = () => undefined } = options;
    const { instance, log, notary, archive, series } = this.#parts;
    const connection = await instance.connect();
    const { signed } = notary;
    try {
      return await interruptible(connection, signal, () =>
        recompute(connection, { log, archive, series, signed, signal, onProgress }),
      );
    } catch (cause) {
      signal?.throwIfAborted();
      throw failureOf(cause, 'read');
    } finally {
      connection.closeSync();
    }
  }
}
