/** The keys of a data folder: the one that signs, and the notes by which older ones handed over to it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseRotation, type Rotation } from './checkpoint.js';
import { LogError } from './errors.js';
import { noteText, verifierText } from './note.js';
import { makeKey, readIfThere, readKey, type SigningKey, writeKey, writeWhole } from './signing-key.js';

/** The folder of the log, below that of the data. */
export const LOG_FOLDER = 'log';
const KEY_FILE = 'key';
const NEXT_KEY_FILE = 'key.next';
/** The notes of all rotations, the first one first, as a JSON list of texts. */
const ROTATIONS_FILE = 'rotations.json';
const rotationsShape = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'expected JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.array(z.string()));

/** The notes of all rotations, the first one first; fails with `log-key-unusable` on another file. */
export async function readRotations(folder: string): Promise<readonly Rotation[]> {
  const text = await readIfThere(join(folder, ROTATIONS_FILE));
  const notes = rotationsShape.safeParse(text === undefined ? '[]' : text);
  if (notes.success) return notes.data.map(parseRotation);
  throw new LogError(
    'log-key-unusable',
    `${join(folder, ROTATIONS_FILE)} is no list of notes: put it back from a copy.`,
  );
}

/** The key that signs now: that of the last rotation where there was one, even if a crash kept it from its place. */
export async function openKey(
  folder: string,
  origin: string,
  rotations: readonly Rotation[],
): Promise<SigningKey> {
  const path = join(folder, KEY_FILE);
  const key = await readKey(path);
  const wanted = rotations.at(-1)?.next.id;
  if (key !== undefined && (wanted === undefined || key.verifier.id === wanted)) return key;
  const next = wanted === undefined ? makeKey(origin) : await readKey(join(folder, NEXT_KEY_FILE));
  if (next === undefined || (wanted !== undefined && next.verifier.id !== wanted)) {
    throw new LogError(
      'log-key-unusable',
      `${path} is not the key of the last rotation, ${wanted}: put it back from a copy.`,
    );
  }
  await writeKey(path, next);
  await rm(join(folder, NEXT_KEY_FILE), { force: true });
  return next;
}

/** The public side of a log's keys, as texts. */
export interface LogKeys {
  /** The verifier key of the one that signs now. */
  readonly key: string;
  /** The notes by which older keys handed over, the first one first. */
  readonly rotations: readonly string[];
}

/** Reads the keys of a data folder, whoever has it open; undefined when it has none. */
export async function readLogKeys(dataFolder: string): Promise<LogKeys | undefined> {
  const folder = join(dataFolder, LOG_FOLDER);
  const key = await readKey(join(folder, KEY_FILE));
  if (key === undefined) return undefined;
  const rotations = await readRotations(folder);
  return { key: verifierText(key.verifier), rotations: rotations.map(({ note }) => noteText(note)) };
}

/** Writes a rotation and its key so that an end at any point leaves a key that can sign, and a note that names it. */
export async function writeRotation(
  folder: string,
  rotations: readonly Rotation[],
  next: SigningKey,
): Promise<void> {
  await writeKey(join(folder, NEXT_KEY_FILE), next);
  const notes = rotations.map((each) => noteText(each.note));
  await writeWhole(join(folder, ROTATIONS_FILE), `${JSON.stringify(notes, undefined, 2)}\n`);
  await writeKey(join(folder, KEY_FILE), next);
  await rm(join(folder, NEXT_KEY_FILE), { force: true });
}
