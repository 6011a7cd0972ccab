import { Iris, parsePath } from '../../model/index.js';
import { TransferError } from './errors.js';
import type { Subject } from './facts.js';
import type { TextFormat } from './format.js';
import { baseOfFolder } from './parquet.js';
import { readJsonLd } from './read-jsonld.js';
import { readNQuads } from './read-nquads.js';
import { readTrig } from './read-trig.js';

/** A file to import, or a folder of Parquet files. */
export interface ImportSource {
  readonly path: string;
  readonly format: TextFormat | 'parquet';
}

/** The subjects of a file of text, as they stand. */
export function subjectsOf(path: string, format: TextFormat): AsyncIterable<readonly Subject[]> {
  switch (format) {
    case 'nquads':
      return readNQuads(path);
    case 'trig':
      return readTrig(path);
    case 'jsonld':
      return readJsonLd(path);
  }
}

function baseOfIri(iri: string): string | undefined {
  const at = iri.indexOf('/id/');
  const named = at === -1 ? undefined : parsePath(iri.slice(at + '/id/'.length));
  const isReceipt = named?.type === 'event' || named?.type === 'sample' || named?.type === 'series';
  return isReceipt ? iri.slice(0, at) : undefined;
}

async function baseOfText(path: string, format: TextFormat): Promise<string | undefined> {
  for await (const subjects of subjectsOf(path, format)) {
    for (const { iri } of subjects) {
      const base = baseOfIri(iri);
      if (base !== undefined) return base;
    }
  }
  return undefined;
}

/**
 * The base IRI that the receipts of these files are named by, read off the first of each file; undefined when there
 * are no receipts. Fails with `bad-file` when they are of several.
 */
export async function baseOfSources(sources: readonly ImportSource[]): Promise<Iris | undefined> {
  let found: { readonly base: string; readonly path: string } | undefined;
  for (const { path, format } of sources) {
    const base = format === 'parquet' ? await baseOfFolder(path) : await baseOfText(path, format);
    if (base === undefined) continue;
    if (found !== undefined && found.base !== base) {
      throw new TransferError(
        `${found.path} holds receipts of ${found.base}, and ${path} of ${base}: import them one after the other`,
      );
    }
    found ??= { base, path };
  }
  return found === undefined ? undefined : new Iris(found.base);
}
