import { afterAll, describe, expect, it } from 'vitest';
import { QueryParser } from '../../src/graph/parse.js';
import { isSmall, ParseThread } from '../../src/graph/parse-thread.js';

const prefixes = new Map([
  ['tps', 'http://example.com/tps/'],
  ['xsd', 'http://www.w3.org/2001/XMLSchema#'],
]);
const parser = new QueryParser(prefixes);
const never = new AbortController().signal;
// One for all of them, as it takes longer to start than to read.
const thread = new ParseThread(parser, { prefixes, endpoints: [] });
afterAll(() => thread.close());

/** So long that it is read in the thread, and nothing else. */
const large = (query: string): string => `${query} #${' x'.repeat(3_000)}`;

const queries = [
  'SELECT * { ?s ?p ?o }',
  'SELECT ?s (COUNT(?x) AS ?n) { ?s a tps:Service ; tps:name "a"@en, 5, "b" FILTER(?s != <http://a> && ?x > "2026-01-01T00:00:00Z"^^xsd:dateTime) } GROUP BY ?s',
  'SELECT * { VALUES (?a ?b) { (1 UNDEF) ("x"@de <http://b>) } ?a (tps:dependsOn|^tps:name)+ ?b OPTIONAL { ?b tps:name ?n } }',
  'CONSTRUCT { [] tps:name ?n } { GRAPH <http://g> { ?s tps:name ?n } }',
  'DESCRIBE <http://a>',
  'ASK { ?s ?p "" FILTER NOT EXISTS { ?s tps:name ?n MINUS { ?s a ?c } } BIND(NOW() AS ?at) }',
];

describe('the thread that parses large queries', () => {
  it.each(queries)('reads as the parser does: %s', async (query) => {
    const text = large(query);
    expect(isSmall(text)).toBe(false);
    const { algebra, ...read } = await thread.parse(text, never);
    const { algebra: expected, ...others } = parser.parse(text);
    expect(read).toEqual(others);
    expect(algebra).toEqual(expected);
  });

  it('gives terms their methods back', async () => {
    const text = large('SELECT * { VALUES ?a { "1"^^xsd:integer } }');
    const { algebra } = await thread.parse(text, never);
    const found: boolean[] = [];
    const look = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('termType' in node && node.termType === 'Literal')
        found.push('equals' in node && typeof node.equals === 'function' && node.equals(node) === true);
      else for (const child of Object.values(node)) look(child);
    };
    look(algebra);
    expect(found).toEqual([true]);
  });

  it('refuses as the parser does', async () => {
    await expect(thread.parse(large('SELECT * {'), never)).rejects.toMatchObject({ code: 'query-malformed' });
    await expect(thread.parse(large('DELETE WHERE { ?s ?p ?o }'), never)).rejects.toMatchObject({
      code: 'query-is-update',
    });
    await expect(thread.parse('{'.repeat(70_000), never)).rejects.toMatchObject({
      code: 'query-too-complex',
    });
  });

  it('is replaced when a query takes longer than it may, and reads those that wait', async () => {
    const deadline = new AbortController();
    const slow = thread.parse(
      `SELECT * { ${'OPTIONAL { ?a tps:dependsOn ?b '.repeat(60)} ${'}'.repeat(61)}`,
      deadline.signal,
    );
    const waiting = thread.parse(large('ASK {}'), never);
    const reason = new Error('too late');
    deadline.abort(reason);
    await expect(slow).rejects.toBe(reason);
    expect((await waiting).answers).toBe('bindings');
    expect(thread.restarts).toBe(1);
    await expect(thread.parse(large('ASK {}'), AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('fails what is read when it is closed, and all that comes after', async () => {
    const stopping = { code: 'query-overloaded' };
    const reading = expect(thread.parse(large('ASK {}'), never)).rejects.toMatchObject(stopping);
    await thread.close();
    await reading;
    await expect(thread.parse(large('ASK {}'), never)).rejects.toMatchObject(stopping);
  });
});
