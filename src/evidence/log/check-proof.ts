/** Checks a proof with nothing but keys, offline. */
import {
  canonicalLabels,
  DAY_MS,
  formatInstant,
  type Instant,
  identityOf,
  instantOf,
  parsePath,
} from '../../model/index.js';
import { canonicalJson } from './canonical.js';
import {
  type Checkpoint,
  keyRanges,
  originOf,
  parseCheckpoint,
  parseRotation,
  signerOf,
} from './checkpoint.js';
import { dayText, type LogBatch, lineHash, lineOf, parseEntry } from './entry.js';
import { LogError } from './errors.js';
import { leafHash, sameHash } from './hash.js';
import { fromBase64, isSignedBy, type VerifierKey, verifierText } from './note.js';
import { PIECE_ROWS, readPiece } from './pieces.js';
import { type Proof, type ProofPlace, pathHashes } from './proof.js';
import { isConsistent, rootOfInclusion } from './tree.js';

/** Who is trusted. */
export interface ProofTrust {
  /** Keys of the log; at least one. */
  readonly keys: readonly VerifierKey[];
  /** Witnesses that must have cosigned, all of them. */
  readonly witnesses: readonly VerifierKey[];
  /** A checkpoint that was kept from before, or came from somebody else. */
  readonly checkpoint?: string;
}

/** What a proof shows, once it has been checked. */
export interface Proven {
  readonly iri: string;
  /** What the receipt states: an event's canonical JSON, or a sample's labels and value. */
  readonly receipt: string;
  readonly kind: string;
  readonly happenedAt: Instant;
  readonly batch: number;
  readonly committedAt: Instant;
  readonly leaf: number;
  /** The checkpoint that it was held against, and who signed that. */
  readonly origin: string;
  readonly size: number;
  readonly signer: string;
  readonly witnesses: readonly string[];
  /**
   * Of the checkpoint that was given: whether the receipt was in its tree (`held`), or came after it into a tree that
   * begins with it (`extended`); undefined where none was.
   */
  readonly kept: 'held' | 'extended' | undefined;
}

function wrong(what: string): never {
  throw new LogError('bad-proof', `The proof does not hold: ${what}.`);
}

function rootOf(leaf: Uint8Array, { index, size, path }: ProofPlace): Uint8Array {
  return (
    rootOfInclusion(leaf, { index, size }, pathHashes(path)) ??
    wrong(`a path of ${path.length} hashes for leaf ${index} of ${size}`)
  );
}

/** The path below `/id/` that an IRI ends in. */
function pathIn(iri: string): string {
  const at = iri.indexOf('/id/');
  return at === -1 ? wrong('its IRI names no receipt') : iri.slice(at + '/id/'.length);
}

interface Fact {
  /** The receipt as text, for people. */
  readonly text: string;
  readonly kind: string;
  readonly at: Instant;
  readonly leaf: Uint8Array;
}

/** An event is what its IRI names: kind, time and identity stand in both. */
function eventFact(iri: string, canonical: string): Fact {
  const named = parsePath(pathIn(iri));
  if (named?.type !== 'event') return wrong('its IRI names no event');
  let value: unknown;
  try {
    value = JSON.parse(canonical);
  } catch {
    return wrong('its receipt is no JSON');
  }
  const said = new Map<string, unknown>(Object.entries(value ?? {}));
  const isNamed =
    said.get('kind') === named.kind && said.get('id') === named.id && said.get('at') === named.at;
  if (!isNamed) return wrong('its receipt is not the one that its IRI names');
  return { text: canonical, kind: named.kind, at: named.at, leaf: leafHash(Buffer.from(canonical)) };
}

/** A sample is what its IRI names: its piece has one of the series and the time, and the labels make the series' key. */
function sampleFact(iri: string, labels: Readonly<Record<string, string>>, encoded: string): Fact {
  const named = parsePath(pathIn(iri));
  if (named?.type !== 'sample') return wrong('its IRI names no sample');
  const piece = fromBase64(encoded);
  const rows = piece && readPiece(piece);
  if (piece === undefined || rows === undefined) return wrong('its piece is none');
  const row = rows.find(({ key, at }) => key === named.series && at === named.at);
  if (row === undefined) return wrong('its piece does not hold the sample that its IRI names');
  if (identityOf('series', canonicalLabels(labels)) !== named.series) {
    return wrong('its labels are not those of the series that its IRI names');
  }
  const text = `${canonicalJson(labels)} ${row.value}`;
  return { text, kind: 'sample', at: named.at, leaf: leafHash(piece) };
}

function factOf({ iri, receipt }: Proof): Fact {
  return receipt.type === 'event'
    ? eventFact(iri, receipt.canonical)
    : sampleFact(iri, receipt.labels, receipt.piece);
}

/** Whether a part stands in an entry, in a line of its own or in the tree that one line is the root of. */
function checkPart({ part, receipt, line }: Proof, fact: Fact, batch: LogBatch): void {
  const day = Math.floor(fact.at / DAY_MS);
  if (part.kind !== fact.kind || part.day !== dayText(day)) wrong('its part is of another kind or day');
  const leaves = receipt.type === 'event' ? part.count : Math.ceil(part.count / PIECE_ROWS);
  if (leaves !== part.place.size) wrong('its part counts other receipts than its tree has leaves for');
  const hash = rootOf(fact.leaf, part.place);
  const own = lineOf({ kind: part.kind, day, count: part.count, hash });
  const folded = batch.parts.find(({ kind }) => kind === 'parts');
  const isThere =
    line === undefined
      ? batch.parts.some((other) => lineOf(other) === own)
      : folded?.count === line.size && sameHash(rootOf(lineHash(own), line), folded.hash);
  if (!isThere) wrong('the hash of its part is not in the entry of its batch');
}

/** Verifies who signed a checkpoint, and that the witnesses did. */
function checkSigned(checkpoint: Checkpoint, proof: Proof, { keys, witnesses }: ProofTrust): VerifierKey {
  const ranges = keyRanges(keys, proof.rotations.map(parseRotation));
  const signer = signerOf(checkpoint, ranges);
  if (signer === undefined) {
    return wrong(
      `its checkpoint of ${checkpoint.size} batches is not signed by a key that is trusted for that size`,
    );
  }
  for (const witness of witnesses) {
    if (!isSignedBy(checkpoint.note, witness))
      wrong(`the witness ${witness.name} has not cosigned the checkpoint`);
  }
  return signer;
}

/** What the checkpoint that was given says of the proof. */
function checkKept(proof: Proof, kept: Checkpoint, own: Checkpoint): 'held' | 'extended' {
  if (kept.origin !== own.origin) wrong(`the checkpoint is of ${kept.origin}, the proof of ${own.origin}`);
  if (kept.size === proof.leaf.size) return 'held';
  const { consistency } = proof;
  if (consistency?.from !== kept.size) {
    throw new LogError(
      'bad-proof',
      `The proof is made for a tree of ${proof.leaf.size} batches, the checkpoint has ${kept.size}: ask for one with size=${kept.size}.`,
    );
  }
  if (!isConsistent(kept, own, pathHashes(consistency.path))) {
    wrong('the log does not begin with the tree of the checkpoint: it was rewritten');
  }
  return 'extended';
}

/** Checks a proof; fails with `bad-proof`, saying what does not hold. */
export function checkProof(proof: Proof, trust: ProofTrust): Proven {
  const fact = factOf(proof);
  const batch = parseEntry(proof.entry);
  checkPart(proof, fact, batch);
  const root = rootOf(leafHash(Buffer.from(proof.entry)), proof.leaf);
  const own = parseCheckpoint(proof.checkpoint);
  if (originOf(proof.iri.slice(0, proof.iri.indexOf('/id/'))) !== own.origin) {
    wrong(`its IRI is not one of the server whose log is ${own.origin}`);
  }
  const given = trust.checkpoint === undefined ? undefined : parseCheckpoint(trust.checkpoint);
  const kept = given && checkKept(proof, given, own);
  const held = kept === 'held' && given !== undefined ? given : own;
  const signer = checkSigned(held, proof, trust);
  if (kept === 'extended' && given !== undefined) checkSigned(given, proof, { ...trust, witnesses: [] });
  if (held.size !== proof.leaf.size || !sameHash(held.root, root)) {
    wrong(`its batch is not in the tree of ${held.size} batches that was signed`);
  }
  return {
    ...{ iri: proof.iri, receipt: fact.text, kind: fact.kind, happenedAt: fact.at, kept },
    ...{ batch: batch.number, committedAt: batch.committedAt, leaf: proof.leaf.index },
    ...{ origin: held.origin, size: held.size, signer: verifierText(signer) },
    witnesses: trust.witnesses.map(({ name }) => name),
  };
}

/** A proven receipt as sentences: what was shown, and by what. */
export function provenText(proven: Proven): string {
  const { iri, receipt, kind, happenedAt, batch, committedAt, leaf, origin, size, signer, witnesses, kept } =
    proven;
  const of = { held: ', the one that you kept', extended: '' };
  const after =
    kept === 'extended'
      ? 'The receipt came after the checkpoint that you kept, and the log still begins with that.\n'
      : '';
  return [
    `Proven: ${iri}\n`,
    `${receipt}\n`,
    `is a receipt of the kind ${kind}, of ${formatInstant(instantOf(happenedAt))}, and has not changed since it was logged.\n`,
    `It is in batch ${batch} (leaf ${leaf}), which says that it was committed at ${formatInstant(committedAt)}.\n`,
    `The batch is in the tree of ${size} batches of ${origin}${kept === undefined ? '' : of[kept]}, signed by ${signer}.\n`,
    witnesses.length === 0 ? '' : `Cosigned by ${witnesses.join(', ')}.\n`,
    after,
  ].join('');
}
