/** Checkpoints that were signed before a kill, as somebody outside keeps them, held against what is signed after it. */
import { parseVerifierKey } from '../../dist/evidence/index.js';
import { parseCheckpoint } from '../../dist/evidence/log/checkpoint.js';
import { isSignedBy } from '../../dist/evidence/log/note.js';
import { isConsistent } from '../../dist/evidence/log/tree.js';

/** @typedef {ReturnType<typeof parseCheckpoint>} Signed */

/**
 * @param {string} url
 * @param {string} path
 */
async function textOf(url, path) {
  const response = await fetch(url + path);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${text}`);
  return text;
}

/**
 * What a server signs now.
 * @param {string} url
 * @returns {Promise<Signed>}
 */
export async function signedBy(url) {
  return parseCheckpoint(await textOf(url, '/log/checkpoint'));
}

/**
 * Proves by `/log/consistency` that what a server signs now goes on from every checkpoint that was kept, all by one key.
 * @param {string} url
 * @param {readonly Signed[]} kept
 */
export async function proveSigned(url, kept) {
  const now = await signedBy(url);
  const key = parseVerifierKey(JSON.parse(await textOf(url, '/log/keys')).key);
  const faults = [];
  for (const before of [...kept, now]) {
    const { path } = JSON.parse(await textOf(url, `/log/consistency?from=${before.size}&to=${now.size}`));
    const hashes = path.map((/** @type {string} */ hash) => Buffer.from(hash, 'base64'));
    if (!isSignedBy(before.note, key))
      faults.push(`the checkpoint of ${before.size} is not signed by the key`);
    if (!isConsistent(before, now, hashes))
      faults.push(`the checkpoint of ${now.size} does not go on from that of ${before.size}`);
  }
  return { checkpoints: kept.length, faults };
}
