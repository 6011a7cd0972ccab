import { describe, expect, it } from 'vitest';
import {
  type Answered,
  type Asked,
  SharedRequests,
  shareKeyOf,
} from '../../../src/serve/graphql/shared-requests.js';

const asking = (body: object | string, more: Partial<Asked> = {}): Asked => ({
  ...{ method: 'POST', search: '', headers: { 'content-type': 'application/json' } },
  scopes: ['read'],
  body: typeof body === 'string' ? body : JSON.stringify(body),
  ...more,
});
/** What the stopwatch shows. */
let nowMs = 0;

const told: Answered = { status: 200, headers: [], body: Buffer.from('{}') };

/** Work that ends when it is told to. */
function slow() {
  let begun = 0;
  let end: (answered: Answered) => void = () => undefined;
  const work = () => {
    begun += 1;
    return new Promise<Answered>((resolve) => {
      end = resolve;
    });
  };
  return { work, begun: () => begun, end: () => end(told) };
}

describe('requests', () => {
  it.each([
    ['a mutation', { query: 'mutation { a }' }],
    ['a mutation among queries', { query: 'query A { a } mutation B { b }', operationName: 'B' }],
    ['a subscription', { query: 'subscription { a }' }],
    ['an operation that is known by its id', { extensions: { persistedQuery: { sha256Hash: 'a' } } }],
    ['what escapes may hide', '{"query":"\\u006dutation { a }"}'],
    ['a batch by id', '[{"id":"a"}]'],
  ])('are answered alone where they may be %s', (_, body) => {
    expect(shareKeyOf(asking(body))).toBeUndefined();
  });

  it('have the same key where body, query string, headers and what may be asked are the same, and else another', () => {
    const query = asking({ query: '{ a }', variables: { n: 1 } });
    const others: readonly Asked[] = [
      asking({ query: '{ a }', variables: { n: 2 } }),
      asking({ query: '{ a }', variables: { n: 1 } }, { headers: { accept: 'application/json' } }),
      asking({ query: '{ a }', variables: { n: 1 } }, { search: '?x' }),
      { method: 'GET', search: '?query={a}', headers: {}, scopes: ['read'] },
      asking({ query: '{ a }', variables: { n: 1 } }, { scopes: ['ingest'] }),
    ];
    expect(shareKeyOf(query)).toBe(shareKeyOf({ ...query }));
    expect(new Set([query, ...others].map(shareKeyOf)).size).toBe(6);
  });

  it('that ask the same within a second are worked out once, and afterwards anew', async () => {
    const shared = new SharedRequests(() => nowMs);
    const { work, begun, end } = slow();
    const answers = [1, 2, 3].map(() => shared.answer('key', '1', work));
    const other = shared.answer('other', '1', async () => ({ ...told, status: 201 }));
    end();
    expect(await Promise.all(answers)).toEqual([told, told, told]);
    expect((await other).status).toBe(201);
    expect(begun()).toBe(1);
    nowMs += 999;
    expect(await shared.answer('key', '1', work)).toBe(told);
    expect(begun()).toBe(1);
    nowMs += 1;
    const again = shared.answer('key', '1', work);
    end();
    await again;
    expect(begun()).toBe(2);
  });

  it('are worked out anew once something was recorded, even while older work goes on', async () => {
    const shared = new SharedRequests(() => nowMs);
    const before = slow();
    const after = slow();
    const older = shared.answer('key', '1', before.work);
    const newer = shared.answer('key', '2', after.work);
    before.end();
    await older;
    const joined = shared.answer('key', '2', after.work);
    after.end();
    await Promise.all([newer, joined]);
    expect([before.begun(), after.begun()]).toEqual([1, 1]);
  });

  it('fail together, and the next one is tried', async () => {
    const shared = new SharedRequests(() => nowMs);
    const failing = () => Promise.reject(new RangeError('no'));
    const both = await Promise.allSettled([
      shared.answer('key', '1', failing),
      shared.answer('key', '1', failing),
    ]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await shared.answer('key', '1', async () => told)).toBe(told);
  });

  it('are worked out anew within the second once something was recorded or evaluated', async () => {
    const shared = new SharedRequests(() => nowMs);
    await shared.answer('key', '1 1', async () => told);
    const newer: Answered = { ...told, body: Buffer.from('{"newer":1}') };
    expect(await shared.answer('key', '1 2', async () => newer)).toBe(newer);
    expect(await shared.answer('key', '1 2', async () => told)).toBe(newer);
  });

  it('are not kept where the answer is no success, or large, and not more than some megabytes of them', async () => {
    const shared = new SharedRequests(() => nowMs);
    const answers = async (key: string, answer: Answered): Promise<boolean> => {
      await shared.answer(key, '1', async () => answer);
      const other: Answered = { ...told };
      return (await shared.answer(key, '1', async () => other)) !== other;
    };
    expect(await answers('refused', { ...told, status: 400 })).toBe(false);
    expect(await answers('large', { ...told, body: Buffer.alloc(300_000) })).toBe(false);
    expect(await answers('first', told)).toBe(true);
    for (let n = 0; n < 50; n++) await answers(`n${n}`, { ...told, body: Buffer.alloc(200_000) });
    const anew: Answered = { ...told };
    expect(await shared.answer('first', '1', async () => anew)).toBe(anew);
  });
});
