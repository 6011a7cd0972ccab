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

const nested = (depth: number): string =>
  `{ services ${'{ callees '.repeat(depth - 2)}{ name }${' }'.repeat(depth - 2)} }`;

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
