/** Signs the tree of the log: only one that goes on from the last that was signed, and only after that is on disk. */
import { join } from 'node:path';
import type { Clock } from '../../model/index.js';
import {
  type Checkpoint,
  checkpointText,
  type KeyRange,
  keyRanges,
  parseCheckpoint,
  type Rotation,
  rotationText,
  signerOf,
} from './checkpoint.js';
import { CosignedCheckpoint, withCosignatures } from './cosigned.js';
import { LogError } from './errors.js';
import { sameHash } from './hash.js';
import { openKey, readRotations, writeRotation } from './key-files.js';
import type { LevelFiles } from './level-files.js';
import { isSignedBy, noteText, type VerifierKey } from './note.js';
import { makeKey, readIfThere, type SigningKey, signedText, signNote, writeWhole } from './signing-key.js';
import { consistencyRanges, isConsistent, type TreeHead } from './tree.js';

/** A new checkpoint is signed at most so often, in milliseconds. */
const SIGN_EVERY_MS = 1_000;
const CHECKPOINT_FILE = 'checkpoint';

/** What signing needs. */
export interface NotaryParts {
  /** The folder of the log. */
  readonly folder: string;
  readonly origin: string;
  readonly levels: LevelFiles;
  readonly clock: Clock;
  /** Makes the files of the tree anew from the store. */
  readonly rebuild: () => Promise<void>;
  /** Hears why nothing is signed any more, once. */
  readonly onFault: (why: string) => void;
}

/** The notary of one data folder. */
export class Notary {
  readonly #parts: NotaryParts;
  #key: SigningKey;
  #rotations: readonly Rotation[];
  #last: Checkpoint | undefined;
  #cosigned: CosignedCheckpoint | undefined;
  #signedAt = Number.NEGATIVE_INFINITY;
  #fault: string | undefined;
  #working: Promise<unknown> = Promise.resolve();

  private constructor(parts: NotaryParts, key: SigningKey, rotations: readonly Rotation[]) {
    this.#parts = parts;
    this.#key = key;
    this.#rotations = rotations;
  }

  /** Opens the notary and checks the tree against what was signed last. */
  static async open(parts: NotaryParts): Promise<Notary> {
    const { folder, origin } = parts;
    const rotations = await readRotations(folder);
    const notary = new Notary(parts, await openKey(folder, origin, rotations), rotations);
    await notary.#recall();
    notary.#cosigned = await CosignedCheckpoint.open(
      folder,
      async (checkpoint) => (await notary.#ownOf(checkpoint)) !== undefined,
    );
    return notary;
  }

  /** Why nothing is signed any more; undefined while all is well. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** The key that signs now. */
  get verifier(): VerifierKey {
    return this.#key.verifier;
  }

  get rotations(): readonly Rotation[] {
    return this.#rotations;
  }

  /** How many batches the last checkpoint has; 0 when none was signed. */
  get signedSize(): number {
    return this.#last?.size ?? 0;
  }

  /** Every tree that was signed and is known. */
  get signed(): readonly TreeHead[] {
    return [...this.#rotations, ...(this.#last === undefined ? [] : [this.#last])];
  }

  /** Reads the last checkpoint; one that is not what the tree begins with ends all signing. */
  async #recall(): Promise<void> {
    const { folder, rebuild } = this.#parts;
    const text = await readIfThere(join(folder, CHECKPOINT_FILE));
    if (text === undefined) return;
    try {
      this.#last = parseCheckpoint(text);
    } catch (cause) {
      if (!(cause instanceof LogError)) throw cause;
    }
    if (this.#last === undefined || signerOf(this.#last, this.#ranges) === undefined) {
      this.#refuse(
        `the last checkpoint in ${folder} is not one that the key there signed; put that key back`,
      );
      return;
    }
    if (!(await this.#isHeld(this.#last))) await rebuild();
    if (!(await this.#isHeld(this.#last))) {
      this.#refuse(
        `the ${this.#parts.levels.size} batches of the store do not begin with the ${this.#last.size} that were signed`,
      );
    }
  }

  /** The sizes that each key of this log may sign, from the first one on. */
  get #ranges(): readonly KeyRange[] {
    return keyRanges([this.#rotations[0]?.previous ?? this.#key.verifier], this.#rotations);
  }

  /** Whether the tree begins with one that was signed. */
  async #isHeld({ size, root }: TreeHead): Promise<boolean> {
    const { levels } = this.#parts;
    return size <= levels.size && sameHash((await levels.head(size)).root, root);
  }

  #refuse(why: string): void {
    this.#fault = why;
    this.#parts.onFault(why);
  }

  /**
   * The checkpoint of the tree as it stands, or as it stood a second ago if it had `least` batches then: signed when it
   * has grown, written to disk, and only then answered. Fails with `log-inconsistent` where the tree is not one that goes
   * on from the last.
   */
  async checkpoint(least = 0): Promise<string> {
    return await this.#alone(() => this.#checkpoint(least));
  }

  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const step = this.#working.then(work);
    this.#working = step.catch(() => undefined);
    return await step;
  }

  async #checkpoint(least: number): Promise<string> {
    this.#assertSound();
    const { clock, levels } = this.#parts;
    const last = this.#last;
    const sinceMs = clock() - this.#signedAt;
    const isRecent = sinceMs >= 0 && sinceMs < SIGN_EVERY_MS && last !== undefined && last.size >= least;
    if (last !== undefined && (last.size === levels.size || isRecent)) return noteText(last.note);
    const head = await levels.head(levels.size);
    await this.#assertGrown(head);
    return await this.#sign(head);
  }

  #assertSound(): void {
    if (this.#fault === undefined) return;
    throw new LogError(
      'log-inconsistent',
      `Nothing is signed any more: ${this.#fault}. Evidence is still taken and answered; \`genchi verify --data DIR\` names what differs.`,
    );
  }

  async #assertGrown(head: TreeHead): Promise<void> {
    const last = this.#last;
    if (last === undefined) return;
    const { levels } = this.#parts;
    const path = await Promise.all(
      consistencyRanges(last.size, head.size).map((range) => levels.root(range)),
    );
    if (isConsistent(last, head, path) && (await this.#isHeld(last))) return;
    this.#refuse(`the ${head.size} batches of the store do not begin with the ${last.size} that were signed`);
    this.#assertSound();
  }

  async #sign(head: TreeHead): Promise<string> {
    const { folder, origin, levels, clock } = this.#parts;
    const text = signedText(checkpointText(origin, head), this.#key);
    await levels.sync();
    await writeWhole(join(folder, CHECKPOINT_FILE), text);
    this.#last = parseCheckpoint(text);
    this.#signedAt = clock();
    return text;
  }

  /** The newest checkpoint with signatures of witnesses. */
  get cosigned(): Checkpoint | undefined {
    return this.#cosigned?.newest;
  }

  /** Keeps signatures of witnesses on a checkpoint of this log, the last one or an earlier one. */
  async cosign(text: string, keys: readonly VerifierKey[]): Promise<string> {
    return await this.#alone(() => this.#cosign(text, keys));
  }

  async #cosign(text: string, keys: readonly VerifierKey[]): Promise<string> {
    this.#assertSound();
    const given = parseCheckpoint(text);
    const own = await this.#ownOf(given);
    if (own === undefined) {
      throw new LogError('bad-proof', 'The cosignature is of a checkpoint that this log did not sign.');
    }
    const cosigned = withCosignatures(own, given, keys);
    await this.#cosigned?.keep(cosigned);
    if (this.#last?.note.text !== cosigned.note.text) return noteText(cosigned.note);
    await writeWhole(join(this.#parts.folder, CHECKPOINT_FILE), noteText(cosigned.note));
    this.#last = cosigned;
    return noteText(cosigned.note);
  }

  /** A checkpoint with no other signatures than are known: undefined where this log did not sign it, or has another tree. */
  async #ownOf(given: Checkpoint): Promise<Checkpoint | undefined> {
    const known = [this.#last, this.cosigned].find((one) => one?.note.text === given.note.text);
    if (known !== undefined) return known;
    const signer = signerOf(given, this.#ranges);
    if (signer === undefined || !(await this.#isHeld(given))) return undefined;
    const { text, signatures } = given.note;
    const own = signatures.filter((one) => isSignedBy({ text, signatures: [one] }, signer));
    return { ...given, note: { text, signatures: own } };
  }

  /** Makes a new key, to which the old one hands over in a note; signs the tree with the new one. */
  async rotate(): Promise<VerifierKey> {
    return await this.#alone(() => this.#rotate());
  }

  async #rotate(): Promise<VerifierKey> {
    this.#assertSound();
    const { folder, origin, levels } = this.#parts;
    const head = await levels.head(levels.size);
    await this.#assertGrown(head);
    const next = makeKey(origin);
    const rotation = { ...head, origin, previous: this.#key.verifier, next: next.verifier };
    const note = signNote(rotationText(rotation), this.#key);
    const rotations = [...this.#rotations, { ...rotation, note }];
    await writeRotation(folder, rotations, next);
    this.#key = next;
    this.#rotations = rotations;
    await this.#sign(head);
    return next.verifier;
  }
}
