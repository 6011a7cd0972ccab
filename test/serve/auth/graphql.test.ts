import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { changeTokens } from '../../../src/access/index.js';
import { instantOf } from '../../../src/model/index.js';
import { guardedServer } from './server.js';

let server: Awaited<ReturnType<typeof guardedServer>>;
beforeAll(async () => {
  server = await guardedServer();
});
afterAll(() => server?.close());

const RECORD = `mutation { recordEvent(input: { kind: failure, service: "a", fields: { component: "b", reason: "c" } }) { isNew } }`;
const ACKNOWLEDGE = 'mutation { acknowledgeIncident(input: { incident: "x", author: "a" }) { id } }';
const READ = '{ incidents(first: 1) { nodes { title } } }';
const INTROSPECT = '{ __schema { queryType { name } } }';

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

async function outcome(query: string, token?: string): Promise<Answer> {
  const response = await server.graphql(query, token);
  const body = (await response.json()) as {
    errors?: { message: string; extensions?: { code?: string } }[];
    code?: string;
    detail?: string;
  };
  const [error] = body.errors ?? [];
  return {
    status: response.status,
    code: error?.extensions?.code ?? body.code,
    message: error?.message ?? body.detail,
  };
}

describe('an operation of GraphQL', () => {
  it.each([
    [READ, 'ingest', 'forbidden'],
    [READ, 'read', undefined],
    [READ, 'operate', undefined],
    [INTROSPECT, 'ingest', 'forbidden'],
    [INTROSPECT, 'read', undefined],
    ['{ __typename }', 'ingest', undefined],
    [RECORD, 'ingest', undefined],
    [RECORD, 'read', 'forbidden'],
    [RECORD, 'operate', undefined],
    [ACKNOWLEDGE, 'read', 'forbidden'],
    [ACKNOWLEDGE, 'ingest', 'forbidden'],
    [ACKNOWLEDGE, 'admin', 'unknown-incident'],
    [READ, 'expired', 'unauthenticated'],
  ] as const)('%s is, of who has %s, %s', async (query, holder, code) => {
    expect((await outcome(query, server.tokens[holder])).code).toBe(code);
  });

  it('is open to nobody who does not say who they are, introspection included', async () => {
    for (const query of [READ, RECORD, INTROSPECT, '{ __typename }']) {
      expect(await outcome(query), query).toMatchObject({ status: 401, code: 'unauthenticated' });
    }
  });

  it('says which scope is missing, of which field, before anything of it is done', async () => {
    const both = `mutation { one: ${RECORD.slice(11, -2)} two: ${ACKNOWLEDGE.slice(11, -2)} }`;
    expect(await outcome(both, server.tokens.ingest)).toEqual({
      status: 403,
      code: 'forbidden',
      message: 'acknowledgeIncident needs the scope operate; you have ingest',
    });
  });

  it('hides no field behind a fragment', async () => {
    const hidden = `mutation { ...A } fragment A on Mutation { ... on Mutation { ...B } } fragment B on Mutation { ${ACKNOWLEDGE.slice(11, -2)} }`;
    expect((await outcome(hidden, server.tokens.read)).code).toBe('forbidden');
  });

  it('changes nothing by GET, whoever asks', async () => {
    const path = `/graphql?query=${encodeURIComponent(RECORD)}`;
    const answer = await server.ask(path, {
      token: server.tokens.admin,
      headers: { accept: 'application/json' },
    });
    expect(answer.status).toBe(405);
  });

  it('is answered alone to those who may not ask the same, even at the same time', async () => {
    const answers = await Promise.all(
      (['read', 'ingest', 'read', 'ingest'] as const).map((holder) => outcome(READ, server.tokens[holder])),
    );
    expect(answers.map(({ code }) => code)).toEqual([undefined, 'forbidden', undefined, 'forbidden']);
  });
});

describe('a subscription', () => {
  const PATH = `/graphql?query=${encodeURIComponent('subscription { incidentChanged { type } }')}`;
  const listen = (headers: Record<string, string>) =>
    server.ask(PATH, { headers: { accept: 'text/event-stream', ...headers } });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('is refused to who may not read', async () => {
    expect(await (await listen(bearer(server.tokens.ingest))).text()).toContain('forbidden');
  });

  it('ends when its token is revoked, and others go on', async () => {
    const token = await server.token('passing', ['read']);
    await vi.waitFor(async () => expect((await server.graphql(READ, token)).status).toBe(200), 5_000);
    const [leaving, staying] = await Promise.all([listen(bearer(token)), listen(bearer(server.tokens.read))]);
    expect([leaving.status, staying.status]).toEqual([200, 200]);
    await changeTokens(server.data, (all) =>
      all.map((one) => (one.name === 'passing' ? { ...one, revokedAt: server.now() } : one)),
    );
    expect(await leaving.text()).toContain('event: complete');
    const reader = staying.body?.getReader();
    const ended = await Promise.race([
      reader?.read().then(({ value }) => new TextDecoder().decode(value)),
      server.ask('/-/healthy').then(() => 'goes on'),
    ]);
    expect(ended).not.toContain('complete');
    await reader?.cancel();
  });

  it('ends when its token expires, and when its session is closed', async () => {
    const token = await server.token('short', ['read'], instantOf(server.now() + 60_000));
    await vi.waitFor(async () => expect((await server.graphql(READ, token)).status).toBe(200), 5_000);
    const login = await server.ask('/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: server.tokens.read }),
    });
    const cookie = String(login.headers.get('set-cookie')).split(';')[0] ?? '';
    const [byToken, bySession] = await Promise.all([listen(bearer(token)), listen({ cookie })]);
    await server.ask('/session', { method: 'DELETE', headers: { cookie, 'sec-fetch-site': 'same-origin' } });
    expect(await bySession.text()).toContain('event: complete');
    server.clock.aheadMs = 60_000;
    expect(await byToken.text()).toContain('event: complete');
    server.clock.aheadMs = 0;
  });
});

describe('GraphiQL', () => {
  it('is not there where those who ask must say who they are, unless it is asked for', async () => {
    const headers = { accept: 'text/html' };
    const answer = await server.ask('/graphql', { token: server.tokens.read, headers });
    expect(await answer.text()).not.toContain('GraphiQL');
    const asked = await guardedServer({ graphiql: true });
    const page = await asked.ask('/graphql', { token: asked.tokens.read, headers });
    expect(await page.text()).toContain('<title>Genchi GraphQL');
    await asked.close();
  });
});
