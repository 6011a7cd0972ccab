/** Reads folders of runbooks: one Markdown file a known failure. */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GraphError } from '../errors.js';
import { checkRunbook, type RunbookChecks } from './check.js';
import { malformed, parseRunbook } from './parse.js';
import type { Runbook } from './runbook.js';

/** The folder of the runbooks that come with Genchi. */
export const shippedFolder = fileURLToPath(new URL('../../../runbooks/', import.meta.url));

/** A file of a folder that is no runbook, with what is wrong with it. */
export interface RunbookFault {
  /** The name that its runbook would have. */
  readonly name: string;
  readonly error: GraphError;
}

/** The runbooks of a folder, sorted by name, and what is wrong with the files that are none. */
export interface RunbookFolder {
  readonly runbooks: readonly Runbook[];
  readonly faults: readonly RunbookFault[];
}

/** No runbook needs more; anything larger is another file that lies there by mistake. */
const MAX_BYTES = 262_144;

/** Which files are runbooks: Markdown, but for what tells people about the folder, and for hidden files. */
function isRunbook(file: string): boolean {
  return /\.md$/.test(file) && !/(^|\/)(README\.md$|\.|node_modules\/)/i.test(file);
}

type ReadFile = { readonly runbook: Runbook } | { readonly fault: RunbookFault };

async function readOne(
  folder: string,
  name: string,
  origin: Runbook['origin'],
  checks: RunbookChecks | undefined,
): Promise<ReadFile> {
  const where = join(folder, `${name}.md`);
  try {
    const content = await readFile(where, 'utf8');
    if (Buffer.byteLength(content) > MAX_BYTES) throw malformed(where, 1, `larger than ${MAX_BYTES} bytes`);
    const parsed = parseRunbook({ name, where, origin }, content);
    if (checks !== undefined) checkRunbook(parsed, where, content, checks);
    return { runbook: parsed.runbook };
  } catch (cause) {
    const error =
      cause instanceof GraphError ? cause : malformed(where, 1, `cannot be read: ${String(cause)}`);
    return { fault: { name, error } };
  }
}

/**
 * Reads every runbook below a folder. A file that is broken is told of with its line, and the others are read all the
 * same. Fails with `runbook-malformed` when the folder itself cannot be read.
 */
export async function readRunbookFolder(
  folder: string,
  origin: Runbook['origin'],
  checks?: RunbookChecks,
): Promise<RunbookFolder> {
  const files = await readdir(folder, { recursive: true }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GraphError('runbook-malformed', `The runbooks in ${folder} cannot be read: ${reason}`, {
      cause,
    });
  });
  const names = files
    .map((file) => file.replaceAll('\\', '/'))
    .filter(isRunbook)
    .map((file) => file.slice(0, -'.md'.length))
    .sort();
  const read = await Promise.all(names.map((name) => readOne(resolve(folder), name, origin, checks)));
  return {
    runbooks: read.flatMap((one) => ('runbook' in one ? [one.runbook] : [])),
    faults: read.flatMap((one) => ('fault' in one ? [one.fault] : [])),
  };
}

/** Reads the runbooks that come with Genchi, sorted by name; all of them are well. */
export async function readShippedRunbooks(): Promise<readonly Runbook[]> {
  const { runbooks, faults } = await readRunbookFolder(shippedFolder, 'shipped');
  if (faults[0] !== undefined) throw faults[0].error;
  return runbooks;
}
