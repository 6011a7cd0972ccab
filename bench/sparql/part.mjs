/**
 * Writes a part of the data as N-Triples for stores that keep triples in memory: what services call, the events of the
 * hours before the time of the questions, then spans of samples from that time back, a file each.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDuckDbStore } from '../../dist/evidence/index.js';
import { mappingOf } from '../../dist/graph/mapping.js';
import { Iris } from '../../dist/model/index.js';
import { BASE, timesOf } from './plan.mjs';

const TPS = 'http://example.com/tps/';
const SPAN_MS = 36 * 60_000;

/** @typedef {{ path: string, receipts: number, samples: number }} PartFile */

/**
 * @param {import('../../dist/evidence/index.js').EvidenceStore} store
 * @param {string} path
 */
async function writeServices(store, path) {
  const services = await store.services();
  const calls = await store.events({ kinds: ['dependency'], order: 'oldest-first', limit: 10_000 });
  const iri = (/** @type {string} */ name) => `<${BASE}/id/service/${name}>`;
  const lines = new Set([
    ...services.map(
      (name) => `${iri(name)} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <${TPS}Service> .`,
    ),
    ...services.map((name) => `${iri(name)} <${TPS}name> "${name}" .`),
    ...calls.flatMap((call) =>
      call.kind === 'dependency'
        ? [`${iri(call.service ?? '')} <${TPS}dependsOn> ${iri(call.callee)} .`]
        : [],
    ),
  ]);
  await writeFile(path, `${[...lines].join('\n')}\n`);
}

/**
 * @param {{ folder: string, plan: import('./plan.mjs').Plan, files: number, into: string }} options
 * @returns {Promise<PartFile[]>}
 */
export async function writePart({ folder, plan, files, into }) {
  const { spike } = timesOf(plan);
  const { store } = await openDuckDbStore({
    folder,
    clock: () => /** @type {any} */ (spike),
    memoryMiB: 512,
    threads: 2,
    publicUrl: BASE,
  });
  const rules = mappingOf(new Iris(BASE));
  const write = async (
    /** @type {'sample' | 'event'} */ from,
    /** @type {number} */ since,
    /** @type {number} */ until,
  ) => {
    const bounds = /** @type {any} */ ({ from, since: since + 1, until });
    const receipts = await store.countRows(bounds, 1e7);
    const lines = rules.filter((rule) => rule.table === from).map((rule) => rule.line);
    const path = join(into, `${from}-${until}.nt`);
    await writeFile(path, Buffer.concat(await store.render(bounds, lines)));
    return { path, receipts, samples: from === 'sample' ? receipts : 0 };
  };
  const services = { path: join(into, 'services.nt'), receipts: 0, samples: 0 };
  await writeServices(store, services.path);
  const written = [services, await write('event', spike - files * SPAN_MS, spike)];
  for (let number = 0; number < files; number++) {
    written.push(await write('sample', spike - (number + 1) * SPAN_MS, spike - number * SPAN_MS));
  }
  await store.close();
  return written;
}
