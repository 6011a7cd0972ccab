/** The tokens of a data folder, in a file that the command line writes and the server reads. */
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { formatInstant, parseInstant } from '../model/index.js';
import { AccessError } from './errors.js';
import { writePrivately } from './private-file.js';
import { scopes } from './scopes.js';

/** The most tokens of a folder, those that ended among them. */
export const MOST_TOKENS = 1_000;

const LOCK_TRIES = 250;
const LOCK_PAUSE_MS = 20;
/** Writing takes milliseconds: a lock this old was left by a process that was killed. */
const LOCK_STALE_MS = 30_000;

const instant = z.string().transform((text, context) => {
  const at = parseInstant(text);
  if (at !== undefined) return at;
  context.addIssue({ code: 'custom', message: 'expected a time as of RFC 3339' });
  return z.NEVER;
});

const record = z.strictObject({
  id: z.string().regex(/^[0-9A-Za-z]{10}$/),
  name: z.string().min(1).max(100),
  /** SHA-256 of the whole token. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  scopes: z.array(z.enum(scopes)).min(1),
  createdAt: instant,
  createdBy: z.string(),
  expiresAt: instant.optional(),
  revokedAt: instant.optional(),
  revokedBy: z.string().optional(),
});

const fileShape = z.strictObject({ version: z.literal(1), tokens: z.array(record).max(MOST_TOKENS) });

/** A token as it is kept: never the token itself. */
export type TokenRecord = Readonly<z.output<typeof record>>;

/** Where the tokens of a data folder are kept. */
export const tokenFileOf = (folder: string): string => join(folder, 'tokens.json');

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
const isThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';

function parse(file: string, text: string): readonly TokenRecord[] {
  try {
    return fileShape.parse(JSON.parse(text)).tokens;
  } catch (cause) {
    throw new AccessError(
      'bad-file',
      `${file} is not what \`genchi token\` writes: restore it from a backup, or delete it and make new tokens`,
      { cause },
    );
  }
}

/** The tokens of a data folder, in the order they were made; none where no file is. Fails with `bad-file`. */
export async function readTokens(folder: string): Promise<readonly TokenRecord[]> {
  const file = tokenFileOf(folder);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  return text === undefined ? [] : parse(file, text);
}

const written = (token: TokenRecord) => ({
  ...token,
  createdAt: formatInstant(token.createdAt),
  ...(token.expiresAt === undefined ? {} : { expiresAt: formatInstant(token.expiresAt) }),
  ...(token.revokedAt === undefined ? {} : { revokedAt: formatInstant(token.revokedAt) }),
});

/** Takes the lock of a file: two that change it at once would lose one change. Answers how to let go of it. */
async function lock(file: string): Promise<() => Promise<void>> {
  const path = `${file}.lock`;
  for (let tried = 0; tried < LOCK_TRIES; tried++) {
    try {
      await (await open(path, 'wx', 0o600)).close();
      return () => rm(path, { force: true });
    } catch (error) {
      if (!isThere(error)) throw error;
      const held = await stat(path).catch(() => undefined);
      if (held !== undefined && Date.now() - held.mtimeMs > LOCK_STALE_MS) await rm(path, { force: true });
      else await pause(LOCK_PAUSE_MS);
    }
  }
  throw new AccessError('bad-file', `${path} is held by another process; try again`);
}

/** Changes the tokens of a data folder, one change after the other whichever process makes it. Fails with `bad-file`. */
export async function changeTokens(
  folder: string,
  change: (tokens: readonly TokenRecord[]) => readonly TokenRecord[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = tokenFileOf(folder);
  const release = await lock(file);
  try {
    const tokens = change(await readTokens(folder)).map(written);
    await writePrivately(file, `${JSON.stringify({ version: 1, tokens }, undefined, 2)}\n`);
  } finally {
    await release();
  }
}
