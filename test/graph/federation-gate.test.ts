import { describe, expect, it } from 'vitest';
import { addressOfClause, type ServiceClause } from '../../src/graph/federation-clauses.js';
import { Gate } from '../../src/graph/federation-gate.js';

const EMPTY = '{"head":{"vars":[]},"results":{"bindings":[]}}';
const LIMITS = { maxAnswerBytes: 1_000, maxTotalBytes: 1_500, maxRequests: 3 };
const clause = (name: string): ServiceClause => ({
  endpoint: { name, url: `https://${name}.test/sparql`, headers: { 'x-key': name }, timeoutMs: 1_000 },
  isSilent: false,
});

/** A gate whose network answers with a text and remembers what it was asked. */
function gateWith(text: string, limits = LIMITS) {
  const asked: { readonly url: string; readonly init: RequestInit | undefined }[] = [];
  const network: typeof fetch = async (input, init) => {
    asked.push({ url: String(input), init });
    return new Response(text);
  };
  const gate = new Gate(7, [clause('one'), clause('two')], limits, new Map(), network);
  const ask = (address: string, query: string) =>
    gate.fetch(address, { method: 'POST', body: new URLSearchParams({ query }) });
  return { gate, asked, ask };
}

describe('the gate', () => {
  it('turns a clause into one POST to its endpoint, whether the engine asked by GET or POST', async () => {
    const { gate, asked, ask } = gateWith(EMPTY);
    await ask(addressOfClause(7, 1), 'ASK {}');
    await gate.fetch(`${addressOfClause(7, 0)}?query=${encodeURIComponent('SELECT * { ?s ?p "&=é" }')}`);
    expect(asked.map(({ url }) => url)).toEqual(['https://two.test/sparql', 'https://one.test/sparql']);
    for (const { init } of asked) {
      expect(init).toMatchObject({ method: 'POST', redirect: 'manual' });
      expect(new Headers(init?.headers).get('accept')).toBe('application/sparql-results+json');
    }
    expect(asked.map(({ init }) => new Headers(init?.headers).get('x-key'))).toEqual(['two', 'one']);
    expect(asked[1]?.init?.body?.toString()).toBe(
      new URLSearchParams({ query: 'SELECT * { ?s ?p "&=é" }' }).toString(),
    );
  });

  it('describes an endpoint to the engine without asking it', async () => {
    const { gate, asked } = gateWith(EMPTY);
    const response = await gate.fetch(addressOfClause(7, 0));
    expect(response.headers.get('content-type')).toBe('text/turtle');
    expect(asked).toEqual([]);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data',
    'https://one.test/sparql',
    'file:///etc/passwd',
    'http://service.invalid/7/2',
    'http://service.invalid.evil.test/7/0',
    'http://service.invalid/7/0/../../x',
  ])('lets nothing else pass: %s', async (url) => {
    const { gate, asked, ask } = gateWith(EMPTY);
    await expect(ask(url, 'ASK {}')).rejects.toMatchObject({ code: 'query-service-refused' });
    await expect(gate.failed).rejects.toMatchObject({ code: 'query-service-refused' });
    expect(gate.fault?.code).toBe('query-service-refused');
    expect(asked).toEqual([]);
  });

  it('asks nothing for a run that is over, and blames no other run for it', async () => {
    const { gate, asked, ask } = gateWith(EMPTY);
    await expect(ask(addressOfClause(6, 0), 'ASK {}')).rejects.toMatchObject({ code: 'query-timeout' });
    gate.close();
    await expect(ask(addressOfClause(7, 0), 'ASK {}')).rejects.toMatchObject({ code: 'query-timeout' });
    expect([asked, gate.fault]).toEqual([[], undefined]);
  });

  it('asks the same of the same clause once, and no more often than its limit', async () => {
    const { asked, ask } = gateWith(EMPTY);
    const first = addressOfClause(7, 0);
    for (const query of ['a', 'a', 'b', 'a', 'c']) await ask(first, query);
    expect(asked).toHaveLength(3);
    await expect(ask(addressOfClause(7, 1), 'a')).rejects.toMatchObject({
      code: 'query-unbounded',
      message: expect.stringContaining('the endpoint two more than 3 times'),
    });
    expect(asked).toHaveLength(3);
  });

  it('reads no answer beyond its limit, nor all together beyond theirs', async () => {
    const large = gateWith(`${' '.repeat(1_000)}${EMPTY}`);
    await expect(large.ask(addressOfClause(7, 0), 'a')).rejects.toThrow(/more than 1000 bytes/);
    const several = gateWith(`${' '.repeat(700)}${EMPTY}`);
    await several.ask(addressOfClause(7, 0), 'a');
    await several.ask(addressOfClause(7, 0), 'b');
    await expect(several.ask(addressOfClause(7, 0), 'c')).rejects.toThrow(/more than 1500 bytes in all/);
  });
});
