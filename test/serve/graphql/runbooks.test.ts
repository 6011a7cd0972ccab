import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../src/serve/pages/runbook-page.js';
import { ask, HOSTILE, incident, openScene, type Scene } from './scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

interface Match {
  readonly reason: string;
  readonly url: string | null;
  readonly runbook: { readonly name: string } | null;
  readonly candidate: { readonly rank: number } | null;
  readonly markdown: string | null;
  readonly html: string | null;
}

describe('runbooks', () => {
  it('are listed with what they are for, and shown by name', async () => {
    const { data, errors } = await ask(
      scene.server,
      '{ runbooks { name origin steps } runbookFaults runbook(name: "memory-leak") { iri title } none: runbook(name: "x") { name } }',
    );
    expect(errors).toBeUndefined();
    const { runbooks, ...rest } = data as { runbooks: { name: string; origin: string; steps: string[] }[] };
    expect(runbooks.length).toBeGreaterThanOrEqual(15);
    for (const { origin, steps } of runbooks) expect([origin, steps.length > 0]).toEqual(['shipped', true]);
    expect(rest).toEqual({
      runbookFaults: [],
      runbook: {
        iri: 'http://127.0.0.1:4600/id/runbook/memory-leak',
        title: 'Memory runs out, and processes are killed',
      },
      none: null,
    });
  });

  it('of an incident begin with what its alert names, then those of its candidates, each with the reason', async () => {
    const { data, errors } = await ask(
      scene.server,
      `query ($id: ID!) { incident(id: $id) { runbooksUnasked runbookProposal
        runbooks { reason url runbook { name } candidate { rank } markdown html } } }`,
      { id: incident.id },
    );
    expect(errors).toBeUndefined();
    const { incident: found } = data as {
      incident: { runbooks: Match[]; runbooksUnasked: string[]; runbookProposal: string };
    };
    expect(found.runbooksUnasked).toEqual([]);
    const [named, ...matched] = found.runbooks;
    expect(named).toEqual({
      reason: 'Named by the alert Slow.',
      url: 'https://runbooks.example.com/slow',
      ...{ runbook: null, candidate: null, markdown: null, html: null },
    });
    const deployment = matched.find(({ runbook }) => runbook?.name === 'bad-deployment');
    expect(deployment).toMatchObject({ url: null, candidate: { rank: 1 } });
    expect(deployment?.reason).toMatch(/^Candidate 1 \(payments 2\.0 .*\): it blames a deployment\.$/);
    expect(deployment?.markdown).toContain('before-incident?incident=web%2Fslow%201&since=');
    expect(deployment?.markdown).toContain('tps:service service:web ;');
    expect(deployment?.html).toContain(
      '<a href="/queries/correlation/before-incident?incident=web%2Fslow%201&amp;',
    );
    expect(found.runbookProposal).toMatch(/^---\ntitle: /);
  });

  it('have a page each, on which no HTML of others is left', async () => {
    const page = await scene.server.inject({
      url: '/id/runbook/memory-leak',
      headers: { accept: 'text/html' },
    });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('<h1>Memory runs out, and processes are killed</h1>');
    expect(page.body).toContain('<h2>Mitigation</h2>');
    const open = renderMarkdown('[what changed](/q?incident={incident}), [what it needs](/topology)').text;
    expect(open).toBe('<p>what changed, <a href="/topology">what it needs</a></p>\n');
    const hostile = renderMarkdown('<script>alert(1)</script> [x](javascript:alert(1)) <img src=x>').text;
    expect(hostile).not.toMatch(/<script|<img|href/);
    const turtle = await scene.server.inject({
      url: '/id/runbook/memory-leak',
      headers: { accept: 'text/turtle' },
    });
    expect(turtle.body).toMatch(/#step-1> a tps:RunbookStep;/);
    const none = await scene.server.inject({ url: '/id/runbook/none', headers: { accept: 'text/html' } });
    expect(none.statusCode).toBe(404);
    const { data } = await ask(scene.server, 'query ($id: ID!) { incident(id: $id) { runbookProposal } }', {
      id: incident.id,
    });
    const { runbookProposal } = (data as { incident: { runbookProposal: string } }).incident;
    expect(runbookProposal.slice(runbookProposal.indexOf('## Meaning'))).not.toContain(HOSTILE);
  });
});
