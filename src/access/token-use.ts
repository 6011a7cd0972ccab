/** When tokens were used last, in a file of the data folder that only its server writes: losing it loses nothing else. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { formatInstant, type Instant, parseInstant } from '../model/index.js';
import { writePrivately } from './private-file.js';

const fileOf = (folder: string): string => join(folder, 'token-use.json');
const shape = z.record(z.string(), z.string());

/** When tokens were used last, by their ids; empty where nobody wrote it down. */
export async function readTokenUse(folder: string): Promise<ReadonlyMap<string, Instant>> {
  const text = await readFile(fileOf(folder), 'utf8').catch(() => '{}');
  const found = shape.safeParse(parsed(text)).data ?? {};
  return new Map(
    Object.entries(found).flatMap(([id, written]) => {
      const at = parseInstant(written);
      return at === undefined ? [] : [[id, at] as const];
    }),
  );
}

/** Writes it down. */
export async function writeTokenUse(folder: string, used: ReadonlyMap<string, Instant>): Promise<void> {
  const times = Object.fromEntries([...used].map(([id, at]) => [id, formatInstant(at)]));
  await writePrivately(fileOf(folder), `${JSON.stringify(times, undefined, 2)}\n`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
