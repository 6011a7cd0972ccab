import { afterEach, describe, expect, it } from 'vitest';
import { type PoolJob, WorkerPool } from '../../src/graph/workers.js';

const encoder = new TextEncoder();
let pool: WorkerPool | undefined;
afterEach(() => pool?.close());

/** Counts the triples of a slice of so many, beside one of knowledge. */
function counting(triples: number): PoolJob {
  const lines = Array.from({ length: triples }, (_, n) => `<http://a/${n}> <http://p> "${n}" .\n`);
  return {
    knowledge: { version: 1, text: '<http://k> <http://p> "k" .\n' },
    chunks: [encoder.encode(lines.join(''))],
    query: 'SELECT (COUNT(*) AS ?n) { ?s ?p ?o }',
    format: 'text/csv',
    maxResultBytes: 1_000,
  };
}

async function countOf(asked: WorkerPool, triples: number): Promise<number> {
  const body = await asked.run(counting(triples), AbortSignal.timeout(20_000));
  return Number(new TextDecoder().decode(body).split(/\r?\n/)[1]);
}

/** Memory of all threads of this process, in MiB. */
const residentMib = (): number => process.memoryUsage.rss() / 1_048_576;

describe('a pool of workers', () => {
  it.each([
    { when: 'at once', held: { restingBytes: 1, mostBytes: 1, restMs: 60_000 } },
    { when: 'when it rests', held: { restingBytes: 1, mostBytes: 1e12, restMs: 1 } },
    { when: 'not while it may go on', held: { restingBytes: 1e12, mostBytes: 1e12, restMs: 1 } },
  ])(
    'replaces a worker that holds much, $when, which is no restart, and tells it again what it knew',
    async ({ held }) => {
      pool = new WorkerPool(1, undefined, held);
      expect(await countOf(pool, 3)).toBe(4);
      expect(await countOf(pool, 5)).toBe(6);
      expect(pool.restarts).toBe(0);
    },
  );

  it('tells at once of a query whose thread ends, and answers the next one', async () => {
    const ending = `require('node:worker_threads').parentPort.once('message', () => process.exit(3))`;
    const script = new URL(
      `data:text/javascript,import { createRequire } from 'node:module'; const require = createRequire('/'); ${ending}`,
    );
    pool = new WorkerPool(1, { script });
    await expect(countOf(pool, 1)).rejects.toMatchObject({
      code: 'query-crashed',
      message: expect.stringContaining('ended with 3'),
    });
    await expect(countOf(pool, 1)).rejects.toMatchObject({ code: 'query-crashed' });
    expect(pool.restarts).toBe(2);
  });

  it('gives the memory of a large slice back', async () => {
    pool = new WorkerPool(1);
    expect(await countOf(pool, 10)).toBe(11);
    const before = residentMib();
    expect(await countOf(pool, 300_000)).toBe(300_001);
    await expect.poll(() => residentMib() - before, { timeout: 10_000, interval: 100 }).toBeLessThan(100);
    expect(await countOf(pool, 10)).toBe(11);
  });
});
