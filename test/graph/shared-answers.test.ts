import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EvidenceStore, Recorder } from '../../src/evidence/index.js';
import { type Graph, openGraph, type QueryAnswer } from '../../src/graph/index.js';
import { SharedAnswers } from '../../src/graph/shared-answers.js';
import type { Instant } from '../../src/model/index.js';
import { eventOf, freshStore, iris, START, samplesOf } from './fixture.js';

const answerOf = (text: string): QueryAnswer => ({
  contentType: 'text/csv',
  body: Buffer.from(text),
  cost: { receipts: 7, sliceBytes: 70, sliceMs: 1, queryMs: 2 },
});
const textOf = ({ body }: QueryAnswer) => Buffer.from(body).toString();
const still = () => new AbortController().signal;

/** Work that ends when it is told to, and notes how often it was begun and what stopped it. */
class Work {
  begun = 0;
  stoppedBy: unknown;
  readonly #ends: { resolve: (answer: QueryAnswer) => void; reject: (reason: unknown) => void }[] = [];

  readonly run = (signal: AbortSignal): Promise<QueryAnswer> => {
    this.begun += 1;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        this.stoppedBy = signal.reason;
        reject(signal.reason);
      });
      this.#ends.push({ resolve, reject });
    });
  };

  finish(text: string): void {
    this.#ends.shift()?.resolve(answerOf(text));
  }

  fail(reason: Error): void {
    this.#ends.shift()?.reject(reason);
  }
}

describe('an answer that many ask for', () => {
  const question = { key: 'q', state: '1' };

  it('is worked out once for all who ask while it is under way, and costs the others nothing', async () => {
    const [shared, work] = [new SharedAnswers(), new Work()];
    const asked = Array.from({ length: 20 }, () => shared.ask(question, still(), work.run));
    work.finish('rows');
    const answers = await Promise.all(asked);
    expect(answers.map(textOf)).toEqual(Array(20).fill('rows'));
    expect(answers.map(({ cost }) => cost.receipts)).toEqual([7, ...Array(19).fill(0)]);
    expect(work.begun).toBe(1);
  });

  it('is told again until the state changes, and no later', async () => {
    const [shared, work] = [new SharedAnswers(), new Work()];
    const first = shared.ask(question, still(), work.run);
    work.finish('old');
    await first;
    expect(textOf(await shared.ask(question, still(), work.run))).toBe('old');
    const second = shared.ask({ ...question, state: '2' }, still(), work.run);
    work.finish('new');
    expect(textOf(await second)).toBe('new');
    expect(work.begun).toBe(2);
  });

  it('is worked out anew for who asks after a change, though the one from before is under way', async () => {
    const [shared, work] = [new SharedAnswers(), new Work()];
    const before = shared.ask(question, still(), work.run);
    const after = shared.ask({ ...question, state: '2' }, still(), work.run);
    work.finish('old');
    await before;
    // What was begun before the change must not be kept for the state after it.
    const joined = shared.ask({ ...question, state: '2' }, still(), work.run);
    work.finish('new');
    expect((await Promise.all([before, after, joined])).map(textOf)).toEqual(['old', 'new', 'new']);
    expect(work.begun).toBe(2);
  });

  it('is one for each question', async () => {
    const [shared, work] = [new SharedAnswers(), new Work()];
    const both = ['a', 'b'].map((key) => shared.ask({ key, state: '1' }, still(), work.run));
    work.finish('A');
    work.finish('B');
    expect((await Promise.all(both)).map(textOf)).toEqual(['A', 'B']);
  });

  it('reaches those who stay when another one goes; the work stops when the last has gone', async () => {
    const [shared, work] = [new SharedAnswers(), new Work()];
    const [one, other] = [new AbortController(), new AbortController()];
    const goes = shared.ask(question, one.signal, work.run);
    const stays = shared.ask(question, still(), work.run);
    one.abort(new Error('gone'));
    await expect(goes).rejects.toThrow('gone');
    expect(work.stoppedBy).toBeUndefined();
    work.finish('rows');
    expect(textOf(await stays)).toBe('rows');

    const alone = shared.ask({ key: 'other', state: '1' }, other.signal, work.run);
    other.abort(new Error('out of time'));
    await expect(alone).rejects.toThrow('out of time');
    expect(work.stoppedBy).toMatchObject({ message: 'out of time' });
  });

  it('is begun anew for who comes after one whose time was over, so that none waits without end', async () => {
    const [shared, work] = [new SharedAnswers(), new Work()];
    const first = new AbortController();
    const asked = [first.signal, still()].map((signal) => shared.ask(question, signal, work.run));
    first.abort(new Error('out of time'));
    const late = shared.ask(question, still(), work.run);
    expect(work.begun).toBe(2);
    work.finish('first');
    work.finish('second');
    const ends = await Promise.allSettled([...asked, late]);
    expect(ends.map((end) => (end.status === 'fulfilled' ? textOf(end.value) : 'failed'))).toEqual([
      'failed',
      'first',
      'second',
    ]);
  });

  it('that fails fails for all who wait, and is tried again by the next', async () => {
    const [shared, work] = [new SharedAnswers(), new Work()];
    const asked = [0, 1].map(() => shared.ask(question, still(), work.run));
    work.fail(new Error('unbounded'));
    for (const one of asked) await expect(one).rejects.toThrow('unbounded');
    const next = shared.ask(question, still(), work.run);
    work.finish('rows');
    expect(textOf(await next)).toBe('rows');
  });

  it('is kept within a bound: what was not asked for longest goes first, and what is large is not kept', async () => {
    const shared = new SharedAnswers(450);
    const tell = async (key: string, length = 98) => {
      let begun = false;
      await shared.ask({ key, state: '1' }, still(), async () => {
        begun = true;
        return answerOf('x'.repeat(length));
      });
      return begun ? 'worked' : 'kept';
    };
    for (const key of ['a', 'b', 'c', 'd']) expect(await tell(key)).toBe('worked');
    expect(await tell('a')).toBe('kept');
    expect(await tell('e')).toBe('worked');
    expect([await tell('a'), await tell('e'), await tell('b')]).toEqual(['kept', 'kept', 'worked']);
    expect([await tell('large', 200), await tell('large', 200)]).toEqual(['worked', 'worked']);
  });
});

describe('a graph that many ask the same', () => {
  const clock = () => (START + 3_600_000) as Instant;
  let store: EvidenceStore;
  let remove: () => Promise<void>;
  let graph: Graph;
  let recorder: Recorder;

  beforeAll(async () => {
    ({ store, remove } = await freshStore());
    graph = await openGraph({ store, iris, clock, workers: 1, deadlineMs: 10_000, maxReceipts: 10_000 });
    recorder = new Recorder(store);
    recorder.subscribe((recorded) => graph.hear(recorded));
  });
  afterAll(async () => {
    await graph.close();
    await remove();
  });

  const ask = async (text: string, isFresh = false) =>
    textOf(await graph.query({ text, accept: 'text/csv', isFresh })).trim();

  it.each([
    ['in the store', 'SELECT (COUNT(*) AS ?n) { ?x a tps:JidokaFailure }'],
    [
      'over a slice',
      'SELECT (COUNT(DISTINCT ?x) AS ?n) { ?x a tps:JidokaFailure ; ?p ?o FILTER(isIRI(?x)) }',
    ],
  ])('shows everyone what was acknowledged before they asked, %s', async (_, text) => {
    const head = Number((await ask(text)).split(/\s+/)[1]);
    for (let round = 1; round <= 15; round++) {
      const during = [ask(text), ask(text)];
      const record = recorder.record(
        { events: [eventOf('failure', START + round, { component: 'db', reason: 'x' })] },
        'events',
      );
      await record;
      const after = await Promise.all([ask(text), ask(text)]);
      expect(after).toEqual(Array(2).fill(`n\r\n${head + round}`));
      for (const one of await Promise.all(during)) {
        expect([`n\r\n${head + round - 1}`, `n\r\n${head + round}`]).toContain(one);
      }
    }
  });

  it('shows samples, and services of new series, to who asks after them', async () => {
    const samples = 'SELECT (COUNT(*) AS ?n) { ?x a tps:MetricSample }';
    const services = 'SELECT (COUNT(*) AS ?n) { ?x a tps:Service }';
    for (let round = 1; round <= 5; round++) {
      const labels = { __name__: 'up', service: `service-${round}` };
      const rows = [{ labels, at: START + round, value: 1 }];
      await recorder.record({ events: [], samples: samplesOf(store, rows) }, 'remote-write');
      expect([await ask(samples), await ask(services)]).toEqual(Array(2).fill(`n\r\n${round}`));
    }
  });

  it('tells what it told before while nothing changes, unless it is to work it out anew', async () => {
    const text = 'SELECT ?x { ?x a tps:JidokaFailure } LIMIT 5';
    const [first, second, fresh] = [
      await graph.query({ text }),
      await graph.query({ text }),
      await graph.query({ text, isFresh: true }),
    ];
    expect(second.body).toEqual(first.body);
    expect([first, second, fresh].map(({ cost }) => cost.compiledRows)).toEqual([5, undefined, 5]);
  });

  it.each([
    'SELECT (NOW() AS ?x) {}',
    'SELECT (RAND() AS ?x) {}',
    'SELECT (UUID() AS ?x) {}',
    'SELECT (struuid() AS ?x) {}',
    'SELECT (STR\\u0055UID() AS ?x) {}',
  ])('shares nothing that differs each time: %s', async (text) => {
    const first = await ask(text);
    // Times have milliseconds: the answer that follows at once may have the same one.
    const others = [await ask(text), await ask(text), await ask(text), await ask(text), await ask(text)];
    expect(others.some((other) => other !== first)).toBe(true);
  });

  it('tells each format its own answer', async () => {
    const text = 'SELECT ?x { ?x a tps:JidokaFailure } LIMIT 1';
    const types = ['text/csv', 'application/sparql-results+json', 'text/csv'];
    const told = await Promise.all(types.map((accept) => graph.query({ text, accept })));
    expect(told.map(({ contentType }) => contentType)).toEqual(types);
    expect(textOf(told[1] ?? answerOf(''))).toMatch(/^\{/);
  });
});
