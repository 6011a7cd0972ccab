/**
 * A store of triples in a process of its own, asked over messages: `oxigraph` or `comunica` (over an N3.Store).
 * `{ load: paths, limitBytes }` loads one file after the other until so much memory is resident; `{ query }` asks.
 */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

const JSON_RESULTS = 'application/sparql-results+json';

/** @typedef {{ load: (path: string) => Promise<void>, query: (text: string) => Promise<string>, size: () => number }} Peer */

/** @returns {Promise<Peer>} */
async function oxigraph() {
  const { Store } = await import('oxigraph');
  const store = new Store();
  return {
    load: async (path) =>
      store.load(await readFile(path, 'utf8'), {
        format: 'application/n-triples',
        no_transaction: true,
        lenient: true,
      }),
    query: async (text) => String(store.query(text, { results_format: 'json' })),
    size: () => store.size,
  };
}

/** @returns {Promise<Peer>} */
async function comunica() {
  const { QueryEngine } = await import('@comunica/query-sparql');
  const { StreamParser, Store } = await import('n3');
  const engine = new QueryEngine();
  const store = new Store();
  return {
    load: (path) =>
      new Promise((resolve, reject) => {
        const quads = createReadStream(path).pipe(new StreamParser({ format: 'application/n-triples' }));
        store
          .import(quads)
          .on('error', reject)
          .on('end', () => resolve());
      }),
    query: async (text) => {
      const answer = await engine.query(text, { sources: [store] });
      const { data } = await engine.resultToString(answer, JSON_RESULTS);
      let json = '';
      for await (const piece of data) json += piece;
      return json;
    },
    size: () => store.size,
  };
}

const peer = await (process.argv[2] === 'oxigraph' ? oxigraph() : comunica());

/** @param {{ load: string[], limitBytes: number }} message */
async function load({ load: paths, limitBytes }) {
  let loaded = 0;
  const startedAt = performance.now();
  let grownBytes = 0;
  for (const path of paths) {
    const before = process.memoryUsage.rss();
    // The next file takes about as much as the largest one did.
    if (before + grownBytes > limitBytes) break;
    await peer.load(path);
    globalThis.gc?.();
    grownBytes = Math.max(grownBytes, process.memoryUsage.rss() - before);
    loaded += 1;
  }
  return { loaded, ms: performance.now() - startedAt, triples: peer.size(), rss: process.memoryUsage.rss() };
}

process.on('message', async (/** @type {any} */ message) => {
  try {
    if (message.load !== undefined) process.send?.(await load(message));
    else {
      const startedAt = performance.now();
      const json = await peer.query(message.query);
      process.send?.({ ms: performance.now() - startedAt, json });
    }
  } catch (error) {
    process.send?.({ failed: error instanceof Error ? error.message : String(error) });
  }
});
process.send?.({ up: true });
