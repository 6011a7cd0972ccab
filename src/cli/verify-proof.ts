import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Proof, Proven, VerifierKey } from '../evidence/index.js';
import { clientOf } from './client.js';
import { CliError } from './exit.js';
import type { Outside } from './outside.js';

/** No proof is larger: a piece of samples, a batch of many parts, and some paths. */
const MOST_BYTES = 16_000_000;

const optionsShape = z.looseObject({
  checkpoint: z.string().optional(),
  key: z.array(z.string()).default([]),
  witness: z.array(z.string()).default([]),
});

async function readText(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new CliError('bad-usage', `${path}: there is no such file`, { cause });
  });
  if (!found.isFile() || found.size > MOST_BYTES)
    throw new CliError('bad-usage', `${path}: expected a small file`);
  return await readFile(path, 'utf8');
}

const isIri = (target: string): boolean => /^https?:\/\//.test(target) || target.startsWith('/id/');

/** How many batches a checkpoint that is to be held against has; anything else is found out when it is checked. */
const sizeIn = (checkpoint: string): string | undefined => /^[^\n]+\n(\d{1,16})\n/.exec(checkpoint)?.[1];

async function proofText(
  target: string,
  checkpoint: string | undefined,
  self: Command,
  outside: Outside,
): Promise<string> {
  if (!isIri(target)) return await readText(target);
  const size = checkpoint === undefined ? undefined : sizeIn(checkpoint);
  const asked = new URLSearchParams({ iri: target, ...(size === undefined ? {} : { size }) });
  return await clientOf(self, outside).text(`/log/proof?${asked}`, {});
}

/** Checks the proof of a file, offline, or of an IRI, which a server is asked for. */
export async function verifyProof(target: string, self: Command, outside: Outside): Promise<Proven> {
  const options = optionsShape.parse(self.opts());
  if (options.key.length === 0) {
    throw new CliError(
      'bad-usage',
      '--key: say whose log it is; `genchi log key` on the server prints the verifier key, get it from somebody you trust',
    );
  }
  const { checkProof, parseProof, parseVerifierKey } = await import('../evidence/index.js');
  const keys: readonly VerifierKey[] = options.key.map(parseVerifierKey);
  const witnesses = options.witness.map(parseVerifierKey);
  const checkpoint = options.checkpoint === undefined ? undefined : await readText(options.checkpoint);
  const proof: Proof = parseProof(await proofText(target, checkpoint, self, outside));
  return checkProof(proof, { keys, witnesses, ...(checkpoint === undefined ? {} : { checkpoint }) });
}
