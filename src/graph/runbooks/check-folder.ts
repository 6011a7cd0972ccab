import { readAllPacks } from '../packs.js';
import { QueryParser } from '../parse.js';
import { suppliedPrefixes } from '../vocabulary.js';
import { type RunbookFolder, readRunbookFolder, shippedFolder } from './read.js';

/**
 * Reads and checks a folder of runbooks without a server; those that come with Genchi when none is given. Their links
 * may lead to packs of `packFolder` too. Fails with `runbook-malformed` when the folder cannot be read.
 */
export async function checkRunbookFolder(folder?: string, packFolder?: string): Promise<RunbookFolder> {
  const parser = new QueryParser(suppliedPrefixes('http://example.com/id/'));
  const query = (text: string) => void parser.parse(text);
  const { packs } = await readAllPacks(packFolder, query);
  const origin = folder === undefined ? 'shipped' : 'own';
  return await readRunbookFolder(folder ?? shippedFolder, origin, { query, packs });
}
