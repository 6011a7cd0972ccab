import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApp } from '../../src/app.js';
import type { RunningApp } from '../../src/cli/index.js';
import { run } from './outside.js';

let folder: string;
let app: RunningApp;
const ask = (...argv: readonly string[]) => run(['slo', ...argv, '--url', app.url]);
const now = Math.floor(Date.now() / 60_000) * 60_000;

const inFolder = `slo: from-folder
service: checkout
metric: jidoka_success_rate
direction: at_least
target: 99.9
window: 1h
`;

/** An hour of a level: two minutes bad. */
function samples(): string {
  const lines = Array.from({ length: 70 }, (_, minute) =>
    JSON.stringify({
      ...{
        kind: 'metric',
        service: 'checkout',
        metric: 'latency_ms',
        value: minute === 9 || minute === 30 ? 900 : 185,
      },
      time: new Date(now - minute * 60_000).toISOString(),
    }),
  );
  return lines.reverse().join('\n');
}

async function post(path: string, body: string, type: string): Promise<unknown> {
  const response = await fetch(`${app.url}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': type },
  });
  expect(response.ok).toBe(true);
  return await response.json();
}

const graphql = (query: string) => post('/graphql', JSON.stringify({ query }), 'application/json');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genchi-cli-slo-'));
  await mkdir(join(folder, 'slos'));
  await writeFile(join(folder, 'slos', 'a.yaml'), inFolder);
  await writeFile(join(folder, 'slos', 'broken.yml'), 'slo: b\nservice: s\nmetric: m\n');
  app = await startApp({
    port: 0,
    data: join(folder, 'data'),
    logLevel: 'silent',
    slos: join(folder, 'slos'),
  });
  await app.ready;
  await post('/api/v1/events', samples(), 'application/x-ndjson');
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

const latency = [
  'register',
  'latency',
  '--service',
  'checkout',
  '--metric',
  'latency_ms',
  '--at-most',
  '200',
];

describe('genchi slo', () => {
  it('registers what is new and nothing twice, and shows it judged', async () => {
    expect((await ask(...latency, '--window', '1h')).out).toBe('registered\n');
    expect((await ask(...latency, '--window', '1h')).out).toBe('is so already\n');
    const { code, out } = await ask('show', 'latency');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^latency\n {2}latency_ms <= 200, 99 % over 1h\n {2}missed: 96\.\d+ % of (59|60) minutes good/,
    );
    expect(out).toMatch(/headroom 7\.5 %/);
    expect(out).toMatch(
      /96\.\d+ % was attained: take 95 %, then 97 %, then 99 %; there is less than three days/,
    );
    const shown = JSON.parse((await ask('show', 'latency', '--json')).out);
    expect(shown).toMatchObject({ state: 'MISSED', headroomPercent: 7.5, revisions: [{ target: 200 }] });
  });

  it('registers what a folder holds, at once and when it changes, and says what is left of what is gone', async () => {
    expect((await ask('list')).out).toMatch(/^from-folder +checkout +unknown +- /m);
    await writeFile(join(folder, 'slos', 'a.yaml'), inFolder.replace('99.9', '99'));
    await vi.waitFor(
      async () => {
        const { revisions } = JSON.parse((await ask('show', 'from-folder', '--json')).out);
        expect(revisions.map(({ target }: { target: number }) => target)).toEqual([99.9, 99]);
      },
      { timeout: 10_000 },
    );
  });

  it('imports OpenSLO and says what cannot be taken, by file and line', async () => {
    const file = join(folder, 'open.yaml');
    const slo = (name: string, query: string) => `---
apiVersion: openslo/v1
kind: SLO
metadata: { name: ${name} }
spec:
  service: checkout
  indicator: { spec: { thresholdMetric: { metricSource: { type: Prometheus, spec: { query: '${query}' } } } } }
  timeWindow: [{ duration: 1h, isRolling: true }]
  budgetingMethod: Timeslices
  objectives: [{ op: lte, value: 1000, target: 0.99, timeSliceWindow: 1m }]
`;
    await writeFile(file, slo('open', 'latency_ms') + slo('riddle', 'histogram_quantile(0.9, x)'));
    const { code, out, err } = await ask('import', file);
    expect(code).toBe(1);
    expect(out).toBe('1 of 1 objectives are new or changed.\n');
    expect(err).toMatch(
      /open\.yaml:\d+: SLO riddle, spec\.indicator\.spec\.thresholdMetric\..*query: expected one series/,
    );
    expect((await ask('list', '--state', 'met')).out).toMatch(/^open +checkout +met +100 % +99 % +1h/m);
    const checked = await run(['slo', 'check', file]);
    expect([checked.code, checked.out]).toEqual([1, '1 objectives are well.\n']);
  });

  it('refuses what is no name of a label', async () => {
    const { code, err } = await ask('rules', '--service-label', 'a b');
    expect([code, err]).toEqual([2, expect.stringContaining('expected the name of a label')]);
  });

  it('writes rules for Prometheus, and tests of them', async () => {
    const [out, tests] = [join(folder, 'rules.yml'), join(folder, 'rules-test.yml')];
    expect((await ask('rules', '--out', out, '--tests', tests, '--service-label', 'job')).code).toBe(0);
    expect((await ask('rules')).out).toMatch(
      /record: slo:bad_slice\n +expr: max\(avg_over_time\(latency_ms\{service="checkout"\}\[1m\]\)\) > bool 200/,
    );
  });

  it('retires one, whose past can still be judged', async () => {
    const before = new Date().toISOString();
    expect((await ask('retire', 'latency', '--reason', 'replaced')).out).toBe('retired\n');
    expect((await ask('retire', 'latency')).out).toBe('is retired already\n');
    const gone = await ask('show', 'latency');
    expect([gone.code, gone.err]).toEqual([1, 'genchi: there is no objective latency in force\n']);
    expect((await ask('show', 'latency', '--at', before)).out).toContain('missed');
    expect((await ask('retire', 'nobody')).err).toContain('there is no objective nobody');
  });

  it('is a page of a connection and a node in GraphQL, and refuses what is none with the field', async () => {
    const { data } = (await graphql(
      '{ slos(first: 1) { nodes { id name } pageInfo { hasNextPage } } node(id: "Slo:open") { ... on Slo { state } } }',
    )) as { data: unknown };
    expect(data).toMatchObject({
      slos: { nodes: [{ id: 'Slo:from-folder' }], pageInfo: { hasNextPage: true } },
      node: { state: 'MET' },
    });
    const { errors } = (await graphql(
      'mutation { registerSlo(input: { slo: "x", service: "s", metric: "m", windowMinutes: 60 }) { isNew } }',
    )) as { errors: { message: string }[] };
    expect(errors[0]?.message).toContain('target: is required beside metric');
  });

  it('says that there are no rules where no objective is in force', async () => {
    for (const name of ['from-folder', 'open']) {
      expect([name, (await ask('retire', name)).out]).toEqual([name, 'retired\n']);
    }
    const { code, out, err } = await ask('rules');
    expect([code, out, err]).toEqual([
      0,
      expect.stringContaining('groups: []'),
      expect.stringContaining('note: no objective is in force'),
    ]);
  });
});
