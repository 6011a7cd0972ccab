import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startApp } from '../../src/app.js';
import type { RunningApp } from '../../src/cli/index.js';
import { formatInstant, instantOf, MINUTE_MS, shift } from '../../src/model/index.js';
import { run } from './outside.js';

const now = instantOf(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS);
const ago = (minutes: number) => formatInstant(shift(now, -minutes * MINUTE_MS));

let folder: string;
let app: RunningApp;
const ask = (...argv: readonly string[]) => run([...argv, '--url', app.url]);

/** Slow tasks, an alert that flaps, and a metric that fell silent 20 minutes ago. */
const events = [
  ...Array.from({ length: 30 }, (_, i) => ({
    ...{ kind: 'task_completed', service: 'checkout', latencyMs: 250, time: ago(i + 1) },
  })),
  ...Array.from({ length: 5 }, (_, i) =>
    [
      { kind: 'alert_fired', time: ago(600 + i * 4) },
      { kind: 'alert_cleared', time: ago(598 + i * 4) },
    ].map((event) => ({ ...event, service: 'checkout', name: 'Flaps', severity: 'warning' })),
  ).flat(),
  { kind: 'alert_fired', service: 'checkout', name: 'Blips', severity: 'warning', time: ago(500) },
  {
    ...{ kind: 'slo', slo: 'heap', service: 'checkout', metric: 'jvm_heap_bytes', target: 1 },
    ...{ direction: 'at_most', windowMinutes: 20, time: ago(60) },
  },
  ...Array.from({ length: 10 }, (_, i) => ({
    ...{ kind: 'metric', service: 'checkout', metric: 'jvm_heap_bytes', value: i, time: ago(30 - i) },
  })),
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genchi-recommendations-'));
  app = await startApp({ port: 0, data: join(folder, 'data'), logLevel: 'silent' });
  await app.ready;
  const sent = await fetch(`${app.url}/api/v1/events`, {
    ...{ method: 'POST', body: events.map((event) => JSON.stringify(event)).join('\n') },
    headers: { 'content-type': 'application/x-ndjson' },
  });
  expect(await sent.json()).toMatchObject({ refusedItems: 0 });
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

const listed = z.array(
  z.looseObject({ id: z.string(), priority: z.number(), evidence: z.array(z.object({ iri: z.string() })) }),
);

describe('genchi recommendations', () => {
  it('says what to do first, with its gain, its effort and what shows it', async () => {
    const { code, out } = await ask('recommendations');
    expect(code).toBe(0);
    expect(out).toContain('[P3] kanban_latency_p99_ms of checkout is 250 ms, its target is at most 100 ms');
    // (250 - 100) / 250
    expect(out).toContain('Gain 60 %, effort large (a day or more), rank 7.5.');
    // The objective's metric is silent for most of its 20 minutes.
    expect(out).toContain('heap of checkout cannot be judged');
  });

  it('prints JSON whose evidence can be fetched', async () => {
    const { out } = await ask('recommendations', '--json', '--service', 'checkout', '--limit', '100');
    const all = listed.parse(JSON.parse(out));
    expect(all.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['pillar/checkout/kanban_latency_p99_ms', 'metric-stalled/checkout/silent']),
    );
    const iris = [...new Set(all.flatMap(({ evidence }) => evidence.map(({ iri }) => iri)))];
    expect(iris.length).toBeGreaterThan(3);
    for (const iri of iris) {
      const answer = await fetch(iri.replace(/^http:\/\/[^/]+/, app.url));
      expect([iri, answer.status]).toEqual([iri, 200]);
      await answer.arrayBuffer();
    }
  });

  it('shows as many as asked, and says how many more there are', async () => {
    const { out } = await ask('recommendations', '--limit', '1');
    expect(out.match(/^\[P/gm)).toHaveLength(1);
    expect(out).toMatch(/^\d+ more; --limit shows up to 100\.$/m);
  });

  it('finds nothing where nothing was recorded yet', async () => {
    const { out } = await ask('recommendations', '--at', '2020-01-01T00:00:00Z');
    expect(out).toBe('Nothing to recommend.\n');
  });

  it('takes no limit of more than a page', async () => {
    const { code, err } = await ask('recommendations', '--limit', '101');
    expect(code).toBe(1);
    expect(err).toMatch(/first between 1 and 100/);
  });
});

describe('genchi hygiene', () => {
  it('tells of metrics that fell silent and of alerts that flap', async () => {
    const { code, out } = await ask('hygiene');
    expect(code).toBe(0);
    expect(out).toMatch(/^Fell silent: 1\n/m);
    expect(out).toMatch(/checkout +jvm_heap_bytes +\S+ +2[0-9] min/);
    expect(out).toMatch(/^Sent twice: none\n/m);
    expect(out).toMatch(/^6 alerts fired within the day/m);
    expect(out).toMatch(/Flaps +checkout +5/);
  });

  it('shows as many as asked, and says how many it leaves out', async () => {
    const { out } = await ask('hygiene', '--limit', '1');
    expect(out).toMatch(/^Loudest alerts: 2\n(.*\n){3}and 1 more; --limit shows up to 100\n/m);
    const { code, err } = await ask('hygiene', '--limit', '0');
    expect(code).not.toBe(0);
    expect(err).toContain('--limit');
  });

  it('prints JSON', async () => {
    const { out } = await ask('hygiene', '--json', '--service', 'other');
    expect(JSON.parse(out)).toMatchObject({
      dataQuality: { metricCount: 0, stalled: { totalCount: 0, nodes: [] }, gaps: { nodes: [] } },
      alertHygiene: { fired: 6 },
    });
  });
});
