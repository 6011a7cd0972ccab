/** The worker thread: one engine, one query at a time. */
import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import { Engine } from './engine.js';
import type { Job, JobEnd, JobEnded } from './job.js';
import { giveWay } from './worker-engine.js';

giveWay();

const engine = new Engine();

function answer(job: Job): JobEnd {
  if (job.knowledge !== undefined) engine.know(job.knowledge);
  const body = new TextEncoder().encode(engine.query(job.query, job.format, job.chunks));
  return body.byteLength > job.maxResultBytes
    ? {
        type: 'refused',
        code: 'query-result-too-large',
        message: `The answer has ${body.byteLength} bytes, more than the ${job.maxResultBytes} that one may have: ask for a page of it with LIMIT and OFFSET, or for fewer variables.`,
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
  const end = endOf(job);
  const { external_memory, total_heap_size } = getHeapStatistics();
  const ended: JobEnded = { end, heldBytes: external_memory + total_heap_size };
  parentPort?.postMessage(ended, end.type === 'answered' ? [end.body.buffer] : []);
});
