import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MOST_FAILURES } from '../../../src/serve/auth/attempts.js';
import { run } from '../../cli/outside.js';
import { guardedServer } from './server.js';

let server: Awaited<ReturnType<typeof guardedServer>>;
beforeAll(async () => {
  server = await guardedServer();
});
afterAll(() => server?.close());

interface Audited {
  readonly actor: string;
  readonly actorMethod: string;
  readonly action: string;
  readonly actedOn: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly address: string | null;
  readonly folded: string | null;
}

const FIELDS = [
  'actor',
  'actorMethod',
  'action',
  'actedOn',
  'outcome',
  'reason',
  'address',
  'folded',
] as const;

/** The audit records of an action, as SPARQL finds them. */
async function audited(action: string): Promise<readonly Partial<Audited>[]> {
  const optional = FIELDS.slice(3).map((name) => `OPTIONAL { ?a tps:${name} ?${name} }`);
  const query = `SELECT * { ?a a tps:AuditRecord ; tps:actor ?actor ; tps:actorMethod ?actorMethod ; tps:action ?action ;
    tps:timestamp ?time . ${optional.join(' ')} FILTER(?action = ${JSON.stringify(action)}) } ORDER BY ?time`;
  const answer = await server.ask(`/sparql?query=${encodeURIComponent(query)}&format=json`, {
    token: server.tokens.read,
  });
  const { results } = (await answer.json()) as {
    results: { bindings: Record<string, { value: string }>[] };
  };
  return results.bindings.map((row) =>
    Object.fromEntries(FIELDS.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name].value]]))),
  );
}

/** Written in parts, so that no scanner of secrets takes this file for a leak. */
const LEAKED = ['ghp_', 'a'.repeat(36)].join('');
const IMPROVE = `mutation { logImprovement(input: { id: "cache-1", title: "Cache prices", message: "with ${LEAKED}", service: "shop" }) { name } }`;

describe('what somebody does', () => {
  it('is a receipt, with who it was by the name of the token, whatever they say of themselves', async () => {
    const answer = await server.graphql(
      'mutation { resolveIncident(input: { incident: "20260101-x-abc", author: "the president" }) { id } }',
      server.tokens.operate,
    );
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'unknown-incident' } }] });
    expect(await audited('resolveIncident')).toEqual([
      {
        actor: 'operator',
        actorMethod: 'token',
        action: 'resolveIncident',
        actedOn: '20260101-x-abc',
        outcome: 'refused',
        reason: 'unknown-incident',
        address: '127.0.0.1',
      },
    ]);
    const done = await (await server.graphql(IMPROVE, server.tokens.admin)).text();
    expect(done, done).not.toContain('errors');
    const kept = await server.graphql('{ improvement(name: "cache-1") { message } }', server.tokens.read);
    expect(await kept.text()).toContain('with [redacted: github-token]');
    expect(await audited('logImprovement')).toMatchObject([
      { actor: 'keeper', actedOn: 'cache-1', outcome: 'done' },
    ]);
  });

  it('by a route is recorded too, and reading is not', async () => {
    const backup = await server.ask('/backups', {
      token: server.tokens.admin,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"unknown":1}',
    });
    expect(backup.status).toBe(400);
    await vi.waitFor(async () =>
      expect(await audited('POST /backups')).toMatchObject([
        { actor: 'keeper', outcome: 'refused', reason: 'bad-request' },
      ]),
    );
    await server.ask('/backups/last', { token: server.tokens.admin });
    expect(await audited('GET /backups/:id')).toEqual([]);
  });

  it('is recorded where they may not do it, the first of its kind in a minute and how many followed', async () => {
    const acknowledge = 'mutation { acknowledgeIncident(input: { incident: "x", author: "a" }) { id } }';
    const tryIt = async () => (await server.graphql(acknowledge, server.tokens.read)).text();
    const tries = 25;
    for (let tried = 0; tried < tries; tried++) {
      expect(await tryIt()).toContain('needs the scope operate');
      expect((await server.ask('/backups', { token: server.tokens.operate, method: 'POST' })).status).toBe(
        403,
      );
      expect((await server.ask('/backups', { method: 'POST' })).status).toBe(401);
    }
    const first = { outcome: 'refused', reason: 'forbidden', address: '127.0.0.1' };
    expect(await audited('acknowledgeIncident')).toEqual([
      { actor: 'reader', actorMethod: 'token', action: 'acknowledgeIncident', ...first },
    ]);
    server.clock.aheadMs += 61_000;
    await tryIt();
    const folded = String(tries - 1);
    expect(await audited('acknowledgeIncident')).toMatchObject([first, { ...first, folded }, first]);
    const backups = (await audited('POST /backups')).filter(({ reason }) => reason !== 'bad-request');
    expect(backups).toMatchObject([
      { actor: 'operator', reason: 'forbidden' },
      { actor: 'unknown', actorMethod: 'nobody', reason: 'unauthenticated' },
      { folded },
      { folded },
    ]);
  });

  it('to tokens, on the data folder, is recorded once', async () => {
    const data = ['--data', server.data];
    expect((await run(['token', 'create', 'robot', '--scope', 'read', ...data])).code).toBe(0);
    expect((await run(['token', 'revoke', 'robot', ...data])).code).toBe(0);
    await vi.waitFor(
      async () => {
        const revoked = await audited('token.revoked');
        expect(revoked).toMatchObject([{ actorMethod: 'folder', actedOn: 'robot', outcome: 'done' }]);
      },
      { timeout: 5_000 },
    );
    const made = (await audited('token.created')).map(({ actedOn }) => actedOn);
    expect(made.sort()).toEqual(['keeper', 'operator', 'past', 'reader', 'robot', 'sender']);
  });

  it('in vain, many times, to come in is one receipt, and no credential stands anywhere', async () => {
    for (let tried = 0; tried < MOST_FAILURES + 3; tried++) {
      await server.ask('/metrics', { token: `gen_guess${tried}` });
    }
    await vi.waitFor(async () =>
      expect(await audited('login by bearer')).toMatchObject([
        { actor: 'unknown', outcome: 'refused', reason: 'too-many-attempts', address: '127.0.0.1' },
      ]),
    );
    const all = JSON.stringify(await audited('login by bearer')) + server.lines.join('');
    expect(all).not.toContain('gen_guess');
  });

  it('is found by GraphQL among the evidence', async () => {
    const query = '{ events(kinds: [audit], first: 50) { nodes { kind fields { name values } } } }';
    const answer = await (await server.graphql(query, server.tokens.read)).text();
    expect(answer).toContain('logImprovement');
    expect(answer).toContain('keeper');
  });

  it('cannot be forged through a door', async () => {
    const forged = { kind: 'audit', actor: 'keeper', actorMethod: 'token', action: 'x', outcome: 'done' };
    const answer = await server.ask('/api/v1/events', {
      token: server.tokens.admin,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(forged),
    });
    expect(answer.status).toBe(400);
  });
});
