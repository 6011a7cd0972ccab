/** Questions kept as files: `queries/FOLDER/NAME.rq`, described by lines that begin with `#+` (YAML, as grlc reads it). */
import { readdir, readFile } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { readDescription } from './description.js';
import { GraphError } from './errors.js';
import type { Pack, PackParameter } from './graph.js';
import { bindPack, termOf } from './pack-binding.js';

const ownFolder = new URL('../../queries/', import.meta.url);

const parameterSchema = z.object({
  name: z.string().regex(/^[a-z][A-Za-z0-9]*$/),
  type: z.enum(['text', 'number', 'integer', 'instant', 'service', 'incident']),
  description: z.string().optional(),
  default: z.string().optional(),
  example: z.string(),
});

const headSchema = z.object({
  summary: z.string(),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  parameters: z.array(parameterSchema).default([]),
});

/** Where the lines of a file's description are, so that what is wrong with one is told by its line. */
interface Head {
  /** The YAML with every other line of the file left empty. */
  readonly yaml: string;
  readonly text: string;
}

function headOf(file: string): Head {
  const isHead = (line: string) => line.startsWith('#+');
  const lines = file.split(/\r?\n/);
  const yaml = lines.map((line) => (isHead(line) ? line.slice(2) : ''));
  const indent = Math.min(...yaml.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  const text = lines.filter((line) => !isHead(line)).join('\n');
  return { yaml: yaml.map((line) => line.slice(indent)).join('\n'), text: text.trim() };
}

function refused(where: string, line: number, reason: string): GraphError {
  return new GraphError('query-malformed', `${where}:${line}: ${reason}`);
}

function packOf(name: string, where: string, file: string): Pack {
  const { yaml, text } = headOf(file);
  const head = readDescription(yaml, headSchema, 'the lines of #+', (line, reason) =>
    refused(where, line, reason),
  );
  const parameters = head.parameters.map(
    ({ default: usual, description, ...rest }): PackParameter => ({
      ...rest,
      ...(description === undefined ? {} : { description }),
      ...(usual === undefined ? {} : { default: usual }),
    }),
  );
  return { ...head, name, text, parameters };
}

/** Packs of a folder, and what is wrong with the files that are none. */
export interface PackFolder {
  readonly packs: readonly Pack[];
  readonly faults: readonly GraphError[];
}

/** Checks that a pack's query can be read with its examples in place; throws what speaks against it. */
export type PackCheck = (text: string) => void;

function lineOfFault(file: string, message: string): number {
  const line = Number(/line (\d+)/.exec(message)?.[1] ?? 1);
  const start = file.split('\n').findIndex((one) => !one.startsWith('#+') && one.trim() !== '');
  return Math.max(0, start) + line;
}

/** Does what may fail; tells of the failure by the line that it lies in. */
function at(where: string, lineOfMessage: (message: string) => number, act: () => void): void {
  try {
    act();
  } catch (cause) {
    if (!(cause instanceof GraphError)) throw cause;
    throw refused(where, lineOfMessage(cause.message), cause.message);
  }
}

function checkPack(pack: Pack, where: string, file: string, check: PackCheck): void {
  const lines = file.split('\n');
  for (const parameter of pack.parameters) {
    const named = new RegExp(`^#\\+.*\\bname:\\s*${parameter.name}\\b`);
    const line = lines.findIndex((one) => named.test(one)) + 1;
    at(
      where,
      () => Math.max(1, line),
      () => {
        termOf(parameter, parameter.example);
        if (parameter.default !== undefined) termOf(parameter, parameter.default);
      },
    );
  }
  const examples = Object.fromEntries(pack.parameters.map(({ name, example }) => [name, example]));
  at(
    where,
    (message) => lineOfFault(file, message),
    () => check(bindPack(pack, examples)),
  );
}

type ReadFile = { readonly pack: Pack } | { readonly fault: GraphError };

function readPack(name: string, where: string, file: string, check: PackCheck): ReadFile {
  try {
    const pack = packOf(name, where, file);
    checkPack(pack, where, file, check);
    return { pack };
  } catch (cause) {
    if (cause instanceof GraphError) return { fault: cause };
    throw cause;
  }
}

/**
 * Reads every question in a folder, sorted by name; `check` sees each with its examples filled in. A file that is
 * broken is told of with its line, and the others are read all the same.
 */
export async function readPackFolder(folder: URL, check: PackCheck): Promise<PackFolder> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.rq')).sort();
  const read = await Promise.all(
    files.map(async (file) => {
      const name = file.replaceAll('\\', '/').slice(0, -'.rq'.length);
      const where = new URL(file.split(sep).map(encodeURIComponent).join('/'), folder);
      return readPack(name, fileURLToPath(where), await readFile(where, 'utf8'), check);
    }),
  );
  return {
    packs: read.flatMap((one) => ('pack' in one ? [one.pack] : [])),
    faults: read.flatMap((one) => ('fault' in one ? [one.fault] : [])),
  };
}

/** Reads every question that comes with Genchi, sorted by name; all of them are well. */
export async function readPacks(): Promise<readonly Pack[]> {
  const { packs, faults } = await readPackFolder(ownFolder, () => undefined);
  if (faults[0] !== undefined) throw faults[0];
  return packs;
}

/**
 * Reads the questions that come with Genchi and those of a folder beside them. A name that is taken is a fault of the
 * file in that folder. Fails with `query-malformed` when the folder cannot be read.
 */
export async function readAllPacks(folder: string | undefined, check: PackCheck): Promise<PackFolder> {
  const own = await readPacks();
  if (folder === undefined) return { packs: own, faults: [] };
  const url = pathToFileURL(`${resolve(folder)}/`);
  const { packs, faults } = await readPackFolder(url, check).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GraphError('query-malformed', `The query packs in ${folder} cannot be read: ${reason}`, {
      cause,
    });
  });
  const taken = new Set(own.map(({ name }) => name));
  const clashes = packs
    .filter(({ name }) => taken.has(name))
    .map(({ name }) =>
      refused(resolve(folder, `${name}.rq`), 1, `${name} comes with Genchi: give it another name.`),
    );
  const all = [...own, ...packs.filter(({ name }) => !taken.has(name))];
  return {
    packs: all.sort((a, b) => (a.name < b.name ? -1 : 1)),
    faults: [...faults, ...clashes],
  };
}
