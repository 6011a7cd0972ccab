/** The worker thread: one Oxigraph, one query at a time, a fresh store for each. */
import { parentPort } from 'node:worker_threads';
import oxigraph from 'oxigraph';
import { free } from './engine-memory.js';
import type { Job, JobEnd } from './job.js';

const NTRIPLES = { format: 'application/n-triples', no_transaction: true, lenient: true };

let knowledge = '';

function answer(job: Job): JobEnd {
  const store = new oxigraph.Store();
  store.load(knowledge, NTRIPLES);
  for (const chunk of job.chunks) store.load(chunk, NTRIPLES);
  const answered = store.query(job.query, { results_format: job.format });
  const body = new TextEncoder().encode(String(answered));
  // Not in a finally block: a store in a broken engine cannot be freed, and the thread ends with it.
  free(store);
  return body.byteLength > job.maxResultBytes
    ? {
        type: 'refused',
        code: 'query-result-too-large',
        message: `The answer has ${body.byteLength} bytes, more than the ${job.maxResultBytes} that one may have: use LIMIT, or ask for less.`,
      }
    : { type: 'answered', body };
}

function isTrap(error: unknown): boolean {
  return (
    error instanceof WebAssembly.RuntimeError || error instanceof RangeError || !(error instanceof Error)
  );
}

function endOf(job: Job): JobEnd {
  try {
    return answer(job);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return isTrap(error)
      ? { type: 'crashed', message }
      : { type: 'refused', code: 'query-malformed', message };
  }
}

parentPort?.on('message', (job: Job) => {
  if (job.knowledge !== undefined) knowledge = job.knowledge;
  const end = endOf(job);
  parentPort?.postMessage(end, end.type === 'answered' ? [end.body.buffer] : []);
});
