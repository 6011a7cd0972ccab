/**
 * Proofs that a receipt is in the log: everything that whoever has only a key needs to check it.
 *
 * The receipt leads to the hash of its part, the part's line stands in the entry of its batch, the entry is a leaf of the
 * tree, and the tree's root stands in a checkpoint that a key signed. All hashes are those of RFC 6962.
 */
import { z } from 'zod';
import { LogError } from './errors.js';
import { fromBase64 } from './note.js';

const MOST_PATH = 64;
const MOST_TEXT = 1_000_000;

const text = z.string().max(MOST_TEXT);
const hash = z.string().max(44);
const path = z.array(hash).max(MOST_PATH);
const number = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** A place in a tree of so many leaves, with the hashes that lead from it to the root, in base64. */
const placeShape = z.strictObject({ index: number, size: number, path });

const eventShape = z.strictObject({
  type: z.literal('event'),
  /** The receipt in the JSON of RFC 8785: its bytes are the leaf of its part. */
  canonical: text,
});

const sampleShape = z.strictObject({
  type: z.literal('sample'),
  /** The labels of its series, `__name__` among them: the key is the identity of these. */
  labels: z.record(text, text),
  /** The piece of its part that holds it, in base64: the leaf of its part. */
  piece: text,
});

/** The shape of a proof as JSON, format `genchi-proof/1`. */
export const proofShape = z.strictObject({
  format: z.literal('genchi-proof/1'),
  /** The IRI of the receipt, and its path below `/id/` of the server. */
  iri: text,
  receipt: z.discriminatedUnion('type', [eventShape, sampleShape]),
  /** Where the receipt is among its part: the receipts of its batch, kind and day. */
  part: z.strictObject({ kind: text, day: text, count: number, place: placeShape }),
  /** Where the part's line is among the lines of its batch; only where these do not stand in the entry. */
  line: placeShape.optional(),
  /** The entry of the batch: a leaf of the log. */
  entry: text,
  leaf: placeShape,
  /** The checkpoint as it was signed. */
  checkpoint: text,
  /** The notes by which older keys of the log handed over to newer ones. */
  rotations: z.array(text).max(1_000),
  /** That the tree of the checkpoint begins with a smaller one that was asked for. */
  consistency: z.strictObject({ from: number, path }).optional(),
});

/** A proof as JSON. */
export type Proof = z.output<typeof proofShape>;

/** A place in a tree with the hashes that lead to its root. */
export type ProofPlace = z.output<typeof placeShape>;

/** Reads a proof from JSON; fails with `bad-proof` on what is none, and says where. */
export function parseProof(json: string): Proof {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new LogError('bad-proof', 'A proof is a JSON document, and this is none.', { cause });
  }
  const proof = proofShape.safeParse(value);
  if (proof.success) return proof.data;
  const [fault] = proof.error.issues;
  throw new LogError('bad-proof', `This is no proof: ${fault?.path.join('.')}: ${fault?.message}`);
}

/** Hashes of a path as JSON has them. */
export const pathText = (hashes: readonly Uint8Array[]): string[] =>
  hashes.map((one) => Buffer.from(one).toString('base64'));

/** Reads the hashes of a path; fails with `bad-proof` on what is no hash. */
export function pathHashes(hashes: readonly string[]): readonly Uint8Array[] {
  return hashes.map((one) => {
    const bytes = fromBase64(one);
    if (bytes?.length === 32) return bytes;
    throw new LogError('bad-proof', 'A path of the proof holds something that is no SHA-256.');
  });
}
