/** The live evaluation as the server runs it: what it finds reaches those who hear of alerts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startApp } from '../../src/app.js';
import type { RunningApp } from '../../src/cli/index.js';

let folder: string;
let app: RunningApp;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'genchi-live-'));
  const settings = { port: 0, data: join(folder, 'data'), evaluationEveryMs: 200 };
  app = await startApp(settings, { logger: pino({ level: 'silent' }) });
  await app.ready;
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

async function post(path: string, body: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${app.url}${path}`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
  return await answer.json();
}

const opened = z.object({
  data: z.object({
    incidents: z.object({
      nodes: z.array(
        z.object({
          service: z.string().nullable(),
          title: z.string(),
          severity: z.string(),
          candidates: z.array(z.object({ causeKind: z.string(), service: z.string() })),
        }),
      ),
    }),
  }),
});

async function incidents() {
  const query = `{ incidents { nodes {
    service title severity candidates { causeKind service }
  } } }`;
  return opened.parse(await post('/graphql', JSON.stringify({ query }))).data.incidents.nodes;
}

test('an objective whose budget burns too fast opens an incident, with what was changed before', async () => {
  const now = Date.now();
  const minutes = Array.from({ length: 120 }, (_, index) => now - (120 - index) * 60_000);
  const time = (at: number): string => new Date(at).toISOString();
  const changedAt = now - 30 * 60_000;
  const levels = minutes.map((at) => ({
    kind: 'metric',
    service: 'checkout',
    time: time(at),
    metric: 'latency_ms',
    value: at < changedAt + 60_000 ? 100 + (at % 7) : 900 + (at % 7),
  }));
  const change = {
    kind: 'config_change',
    service: 'checkout',
    time: time(changedAt),
    key: 'pool.size',
    from: '20',
    to: '2',
  };
  await post('/api/v1/events', JSON.stringify([...levels, change]));
  const query = `mutation { registerSlo(input: {
    slo: "fast", service: "checkout", metric: "latency_ms", target: 200, objectivePercent: 99, direction: AT_MOST, windowMinutes: 1440
  }) { __typename } }`;
  expect(await post('/graphql', JSON.stringify({ query }))).not.toHaveProperty('errors');

  const [incident] = await vi.waitFor(async () => {
    const found = await incidents();
    expect(found).not.toEqual([]);
    expect(found[0]?.candidates).not.toEqual([]);
    return found;
  }, 20_000);
  expect(incident).toMatchObject({ service: 'checkout', severity: 'critical' });
  expect(incident?.title).toContain('SloBudgetBurn');
  expect(incident?.candidates[0]).toEqual({ causeKind: 'config_change', service: 'checkout' });
});
