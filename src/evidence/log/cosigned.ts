/** The newest checkpoint that witnesses signed as well: it stays when the log has long gone on. */
import { join } from 'node:path';
import { type Checkpoint, parseCheckpoint } from './checkpoint.js';
import { LogError } from './errors.js';
import { isSignedBy, noteText, type VerifierKey } from './note.js';
import { readIfThere, writeWhole } from './signing-key.js';

const COSIGNED_FILE = 'cosigned';

/** The checkpoint with signatures of witnesses that another note of it carries; fails with `bad-proof` on no new one. */
export function withCosignatures(
  checkpoint: Checkpoint,
  { note: given }: Checkpoint,
  witnesses: readonly VerifierKey[],
): Checkpoint {
  const { note } = checkpoint;
  const fresh = given.signatures.filter(
    ({ name, id }) =>
      witnesses.some((key) => key.name === name && key.id === id && isSignedBy(given, key)) &&
      !note.signatures.some((known) => known.name === name && known.id === id),
  );
  if (fresh.length === 0) {
    throw new LogError('bad-proof', 'There is no new signature of one of these witnesses on the checkpoint.');
  }
  return { ...checkpoint, note: { text: note.text, signatures: [...note.signatures, ...fresh] } };
}

/** The cosigned checkpoint of a log's folder. */
export class CosignedCheckpoint {
  readonly #folder: string;
  #newest: Checkpoint | undefined;

  private constructor(folder: string, newest: Checkpoint | undefined) {
    this.#folder = folder;
    this.#newest = newest;
  }

  /** Reads it back where it is one that the log still stands by. */
  static async open(
    folder: string,
    isOwn: (checkpoint: Checkpoint) => Promise<boolean>,
  ): Promise<CosignedCheckpoint> {
    const text = await readIfThere(join(folder, COSIGNED_FILE));
    if (text === undefined) return new CosignedCheckpoint(folder, undefined);
    try {
      const checkpoint = parseCheckpoint(text);
      return new CosignedCheckpoint(folder, (await isOwn(checkpoint)) ? checkpoint : undefined);
    } catch (cause) {
      if (cause instanceof LogError) return new CosignedCheckpoint(folder, undefined);
      throw cause;
    }
  }

  get newest(): Checkpoint | undefined {
    return this.#newest;
  }

  /** Keeps a cosigned checkpoint, on disk first; fails with `bad-proof` where a later one is kept. */
  async keep(checkpoint: Checkpoint): Promise<void> {
    if (this.#newest !== undefined && this.#newest.size > checkpoint.size) {
      throw new LogError(
        'bad-proof',
        `A later checkpoint, of ${this.#newest.size} batches, is cosigned already: sign that one.`,
      );
    }
    await writeWhole(join(this.#folder, COSIGNED_FILE), noteText(checkpoint.note));
    this.#newest = checkpoint;
  }
}
