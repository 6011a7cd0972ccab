import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { budgets } from '../../../src/serve/graphql/budget.js';
import { queryLimits } from '../../../src/serve/graphql/limits.js';
import { ask, openScene, type Scene } from './scene.js';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});

afterAll(() => scene.close());

const codesOf = async (query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  (await ask(scene.server, query, variables)).errors?.map(({ extensions }) => extensions?.code);

/** So deep a query whose lists come every second level. */
const nested = (depth: number): string => {
  const levels = Array.from({ length: depth - 2 }, (_, level) =>
    level % 2 === 0 ? 'dependencies' : 'caller',
  );
  const leaf = levels.at(-1) === 'dependencies' ? 'kind' : 'name';
  return `{ service(name: "web") { ${levels.map((level) => `${level} { `).join('')}${leaf}${' }'.repeat(depth - 2)} } }`;
};

const aliases = (count: number, field: string): string =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');

describe('a query', () => {
  it('nests no deeper than it may, by fragments neither', async () => {
    expect(await codesOf(nested(queryLimits.depth))).toBeUndefined();
    expect(await codesOf(nested(queryLimits.depth + 1))).toEqual(['query-too-complex']);
    const byFragments = `{ services { ...f0 } } ${Array.from({ length: 12 }, (_, index) => `fragment f${index} on Service { callees { ${index < 11 ? `...f${index + 1}` : 'name'} } }`).join(' ')}`;
    expect(await codesOf(byFragments)).toEqual(['query-too-complex']);
  });

  it('asks no more questions and fields than it may, however often its fragments repeat them', async () => {
    const { rootFields, fields } = queryLimits;
    expect(await codesOf(`{ ${aliases(rootFields, 'dependencies { kind }')} }`)).toBeUndefined();
    expect(await codesOf(`{ ${aliases(rootFields + 1, 'dependencies { kind }')} }`)).toEqual([
      'query-too-complex',
    ]);
    expect(await codesOf(`{ services { ${aliases(fields, 'name')} } }`)).toEqual(['query-too-complex']);
    const laughs = Array.from(
      { length: 20 },
      (_, index) => `fragment f${index} on Service { ${aliases(2, `callees { ...f${index + 1} }`)} }`,
    );
    const bomb = `{ services { ...f0 } } ${laughs.join(' ')} fragment f20 on Service { name }`;
    expect(await codesOf(bomb)).toContain('query-too-complex');
  });

  it('costs no more than it may at the sizes of its pages, told with the figures', async () => {
    const deep = (first: string) =>
      `query { incidents(first: ${first}) { nodes { candidates { supporting { cites { receipt { fields { values } } } } } } } }`;
    // 1 + n candidates of 5, each with 5 arguments of 5 citations, each with a receipt of 5 fields.
    expect(await codesOf(deep('100'))).toBeUndefined();
    const twice = deep('100').replace(
      'supporting',
      'opposing { cites { receipt { fields { values name } labels { name value } } } } supporting',
    );
    const { errors } = await ask(scene.server, twice);
    expect(errors).toMatchObject([
      {
        extensions: {
          code: 'query-too-complex',
          cost: expect.any(Number) as number,
          limit: queryLimits.cost,
        },
      },
    ]);
    expect(errors?.[0]?.message).toMatch(/^the query costs \d+: .*; 250000 are allowed/);
    expect(await codesOf(twice.replace('first: 100', 'first: 10'))).toBeUndefined();
    const byVariable = twice.replace('query ', 'query ($n: Int)').replace('first: 100', 'first: $n');
    expect(await codesOf(byVariable, { n: 100 })).toEqual(['query-too-complex']);
    expect(await codesOf(byVariable, { n: 10 })).toBeUndefined();
    // The query was read and found valid by now; its variables are looked at all the same.
    expect(await codesOf(byVariable, { n: 100 })).toEqual(['query-too-complex']);
    expect(await codesOf('{ services { name nothing } }')).toHaveLength(1);
    expect(await codesOf('{ services { name nothing } }')).toHaveLength(1);
  });

  it('costs what its fragments and aliases repeat, and lists within lists', async () => {
    const callees = (depth: number): string => (depth === 0 ? 'name' : `callees { ${callees(depth - 1)} }`);
    expect(await codesOf(`{ services(first: 1) { ${callees(5)} } }`)).toBeUndefined();
    expect(await codesOf(`{ services(first: 100) { ${callees(6)} } }`)).toEqual(['query-too-complex']);
    const spread = `{ services(first: 100) { ...a } } fragment a on Service { callees { ...b } } fragment b on Service { ${callees(5)} }`;
    expect(await codesOf(spread)).toEqual(['query-too-complex']);
  });

  it('has no more tokens and bytes than it may', async () => {
    const { errors } = await ask(scene.server, `{ services { ${'name '.repeat(queryLimits.tokens)} } }`);
    expect(errors?.[0]?.message).toContain(`${queryLimits.tokens} tokens`);
    expect(await codesOf(`{ services { name } } # ${'x'.repeat(queryLimits.bytes)}`)).toEqual([
      'query-too-complex',
    ]);
    const body = {
      method: 'POST',
      url: '/graphql',
      payload: { query: '{ x }', variables: { x: 'x'.repeat(300_000) } },
    } as const;
    const response = await scene.server.inject(body);
    expect(response.statusCode).toBe(413);
    expect(response.json()).toMatchObject({ code: 'body-too-large' });
  });

  it('ends when a fragment is in itself', async () => {
    const { errors } = await ask(
      scene.server,
      '{ services { ...f } } fragment f on Service { callees { ...f } }',
    );
    expect(errors?.[0]?.message).toContain('Cannot spread fragment "f" within itself');
  });

  it('cannot unfold introspection', async () => {
    const unfold = (depth: number): string =>
      depth === 0 ? '{ name }' : `{ fields { type ${unfold(depth - 1)} } }`;
    const { errors } = await ask(scene.server, `{ __schema { types ${unfold(6)} } }`);
    expect(errors?.[0]?.message).toContain('Maximum introspection depth exceeded');
  });

  it('gets pages, windows and times only within their bounds', async () => {
    expect(await codesOf('{ incidents(first: 101) { nodes { id } } }')).toEqual(['bad-request']);
    expect(await codesOf('{ events(first: 0) { nodes { iri } } }')).toEqual(['bad-request']);
    expect(await codesOf('{ events(after: "bm9uc2Vuc2U") { nodes { iri } } }')).toEqual(['bad-request']);
    expect(await codesOf('{ incidents(after: "bm9uc2Vuc2U") { nodes { id } } }')).toEqual(['bad-request']);
    expect(await codesOf('{ health(windowMinutes: 1441) { score } }')).toEqual(['bad-request']);
    expect(await codesOf('{ rootCauseCandidates(service: "web", windowMinutes: 0) { reach } }')).toEqual([
      'bad-request',
    ]);
    for (const at of ['yesterday', '2026-01-05T10:00:00', '2026-02-30T10:00:00Z', '1767607200000']) {
      expect(await codesOf(`{ health(at: "${at}") { score } }`), at).toEqual(['bad-request']);
    }
    expect((await ask(scene.server, '{ health(at: 1767607200000) { score } }')).errors).toHaveLength(1);
  });

  it('measures each window once and so many windows', async () => {
    const same = aliases(40, 'health(windowMinutes: 20) { receipts }');
    expect(await codesOf(`{ services { ${same} } }`)).toBeUndefined();
    const windows = Array.from(
      { length: 40 },
      (_, index) => `h${index}: health(windowMinutes: ${index + 1}) { score }`,
    );
    expect(await codesOf(`{ services { ${windows.join(' ')} } }`)).toEqual(
      Array(20).fill('query-too-complex'),
    );
  });

  it('may have only so much work done', async () => {
    const analyses = aliases(budgets.analyses + 1, 'rootCauseCandidates(service: "web") { reach }');
    const { data, errors } = await ask(scene.server, `{ ${analyses} }`);
    expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['query-too-complex']);
    expect(data).toMatchObject({ a0: { reach: ['web', 'payments'] }, [`a${budgets.analyses}`]: null });
    expect(scene.asked).toHaveLength(budgets.analyses);
  });
});

describe('an error', () => {
  it('that nobody foresaw is masked for the client and whole in the log', async () => {
    const { errors } = await ask(scene.server, '{ rootCauseCandidates(service: "broken") { reach } }');
    expect(errors).toMatchObject([{ extensions: { code: 'internal' }, path: ['rootCauseCandidates'] }]);
    expect(JSON.stringify(errors)).not.toContain('secret');
    expect(scene.log.join('')).toContain('a secret of the inside');
  });

  it('of the client does not reach the operator', async () => {
    const before = scene.log.length;
    await ask(scene.server, '{ incidents(first: 101) { nodes { id } } nothing }');
    await ask(scene.server, '{ incidents(first: 101) { nodes { id } } }');
    expect(scene.log).toHaveLength(before);
  });
});
