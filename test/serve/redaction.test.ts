import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardedServer } from './auth/server.js';

let server: Awaited<ReturnType<typeof guardedServer>>;
beforeAll(async () => {
  server = await guardedServer({
    auth: 'off',
    redaction: {
      rules: [{ name: 'badge', pattern: 'B-[0-9]{6}', sensitivity: 'personal data' }],
      without: ['email'],
    },
  });
});
afterAll(() => server?.close());

const record = (event: object) =>
  server.ask('/api/v1/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'deployment', service: 'shop', version: '1', ...event }),
  });

describe('what may not be kept', () => {
  it('is taken out by the rules of the settings, said in the answer, counted, and kept nowhere', async () => {
    const answer = await record({ message: 'for B-123456', labels: { owner: 'ops@example.com' } });
    expect(await answer.json()).toMatchObject({
      recorded: 1,
      redacted: [{ item: 0, field: 'message', rule: 'badge' }],
    });
    expect((await record({ labels: { who: 'B-123456' } })).status).toBe(400);
    const mutation = `mutation { recordEvent(input: { kind: deployment, service: "shop",
      fields: { version: "2", message: "by B-654321" } }) { receipt { fields { name values } } } }`;
    expect(await (await server.graphql(mutation)).text()).toContain('by [redacted: badge]');
    const figures = await (await server.ask('/metrics')).text();
    expect(figures).toContain('genchi_sensitive_total{rule="badge"} 3\n');
    const asked = await server.ask(
      `/sparql?query=${encodeURIComponent('SELECT * { ?s tps:message ?m }')}&format=json`,
    );
    const found = await asked.text();
    expect(found).toContain('for [redacted: badge]');
    for (const text of [found, server.lines.join('')]) expect(text).not.toMatch(/B-\d{6}/);
  });
});
