import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Client } from '../../src/cli/client.js';
import { planOutage } from '../../src/cli/demo/plan.js';
import { play } from '../../src/cli/demo/play.js';
import { encodeRemoteWrite } from '../../src/cli/demo/remote-write.js';
import { timeline } from '../../src/cli/demo/timeline.js';
import { HOUR_MS, type Instant, instantOf, MINUTE_MS, SECOND_MS, shift } from '../../src/model/index.js';
import { run } from '../cli/outside.js';
import { type Importable, importable } from '../dashboards/importable.js';
import { Asking, emptyQueries } from './dashboard-queries.js';
import { freePort, isInstalled, type Program, startGenchi, startPrometheus, until } from './programs.mjs';

const missing = isInstalled('prometheus') ? [] : ['prometheus'];
const required = process.env.GENCHI_REQUIRE_PROMETHEUS === '1';
if (missing.length > 0 && !required) console.warn('skipped: prometheus not installed');

const SEED = 1;

/** The service on which the outage of the demo is seen, and of which the dashboard of a service is looked at. */
const SERVICE = 'frontend';

/** How long Prometheus scrapes, every second, before dashboards are looked at. */
const SCRAPED_SECONDS = 12;

/** The demo's evidence up to now, with the outage such that its alert fired a minute ago. */
function deliveries(now: Instant) {
  const alerted = timeline(SEED, planOutage(SEED, now)).find(({ door }) => door === 'alertmanager');
  const sinceAlert = now - (alerted?.at ?? now);
  const plan = planOutage(SEED, shift(now, sinceAlert - MINUTE_MS));
  return timeline(SEED, plan).filter(({ at }) => at <= now);
}

/** What the shop does not tell of its frontend: tasks, queues, workers, a circuit that closed again, an objective. */
function moreEvidence(now: Instant): readonly unknown[] {
  const event = (kind: string, secondsAgo: number, parts: object) => ({
    ...{ kind, time: new Date(now - secondsAgo * SECOND_MS).toISOString(), service: SERVICE, ...parts },
  });
  const tasks = [5, 20, 70, 80].map((secondsAgo) =>
    event('task_completed', secondsAgo, { latencyMs: 150 + secondsAgo, waitMs: 20 }),
  );
  const worker = (name: string, load: number) => event('worker_activated', 200, { worker: name, load });
  return [
    ...tasks,
    ...[10, 40].map((depth) => event('queue_depth', depth, { queue: 'pages', depth, capacity: 100 })),
    ...[worker('w-1', 0.5), worker('w-2', 0.7), worker('w-3', 0.6)],
    event('worker_deactivated', 100, { worker: 'w-3' }),
    event('circuit_opened', 150, { component: 'search', reason: 'timeouts' }),
    event('circuit_closed', 90, { component: 'search' }),
    event('failure', 30, { component: 'search', reason: 'timeout' }),
    event('slo', 172_800, {
      ...{ slo: 'frontend-latency', metric: 'kanban_queue_depth', direction: 'at_most', target: 50 },
      ...{ objectivePercent: 99, windowMinutes: 1_440 },
    }),
  ];
}

/** A day of a queue that grows, as an exporter of the team's own would have sent it: enough for a trend. */
async function dayOfDepths(now: Instant): Promise<Uint8Array<ArrayBuffer>> {
  const minutes = Array.from({ length: 24 * 60 }, (_, index) => index);
  const at = minutes.map((index) => now - 24 * HOUR_MS + (index + 1) * MINUTE_MS);
  const values = minutes.map((index) => 10 + index / 60 + (index % 7) / 3);
  const labels = { __name__: 'kanban_queue_depth', service: SERVICE, queue: 'pages' };
  return new Uint8Array(await encodeRemoteWrite([{ labels, at, values }]));
}

const exemplarsAnswer = z.object({
  data: z.array(z.object({ exemplars: z.array(z.object({ labels: z.record(z.string(), z.string()) })) })),
});

describe.skipIf(missing.length > 0 && !required)('dashboards over a Prometheus that scrapes Genchi', () => {
  let folder: string;
  let genchi: Program;
  let prometheus: Program;
  let asking: Asking;

  const metrics = async (): Promise<string> => (await fetch(`${genchi.url}/metrics`)).text();

  async function startScraping(): Promise<void> {
    const custom = join(folder, 'custom.yaml');
    await writeFile(
      custom,
      `title: Latency of the frontend\npanels:\n  - title: Latency P99 vs SLO\n    query: kanban_latency_p99_ms{service=~"$service"}\n    ylabel: ms\n    min: 0\n    max: 200\n`,
    );
    const written = await run(['dashboards', folder, '--genchi-url', genchi.url, '--custom', custom]);
    expect([written.code, written.err]).toEqual([0, '']);
    const scrape = await readFile(join(folder, 'prometheus/genchi.yaml'), 'utf8');
    const config = join(folder, 'prometheus.yml');
    const often = scrape.replace('scrape_interval: 30s', 'scrape_interval: 1s\n    scrape_timeout: 1s');
    // As teams do that send everything they have to Genchi, what came from it among it.
    await writeFile(config, `${often}remote_write:\n  - url: ${genchi.url}/api/v1/write\n`);
    const flags = ['--enable-feature=exemplar-storage'];
    prometheus = await startPrometheus({ folder, port: await freePort(), config, flags });
    asking = new Asking(prometheus.url, SCRAPED_SECONDS);
  }

  async function feed(now: Instant): Promise<void> {
    const client = new Client(genchi.url, { fetch });
    const post = (path: string, headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) =>
      client.text(path, { method: 'POST', headers, body });
    const remoteWrite = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
    await post('/api/v1/write', remoteWrite, await dayOfDepths(now));
    await play(client, deliveries(now), AbortSignal.timeout(60_000));
    const more = JSON.stringify(moreEvidence(now));
    await post('/api/v1/events', { 'content-type': 'application/json' }, more);
  }

  async function dashboards(): Promise<readonly Importable[]> {
    const names = (await readdir(join(folder, 'dashboards'))).sort();
    const texts = names.map((name) => readFile(join(folder, 'dashboards', name), 'utf8'));
    return (await Promise.all(texts)).map((text) => importable.parse(JSON.parse(text)));
  }

  beforeAll(async () => {
    expect(missing, 'needed by GENCHI_REQUIRE_PROMETHEUS=1').toEqual([]);
    folder = await mkdtemp(join(tmpdir(), 'genchi-dashboards-'));
    const settings = ['--evaluation-every-ms', '500', '--minute-grace-ms', '2000'];
    genchi = await startGenchi({ data: join(folder, 'genchi'), port: await freePort(), settings });
    await feed(instantOf(Date.now()));
    const needed = [
      'genchi_incident_top_candidate_confidence_ratio{',
      'genchi_trend_direction{',
      'andon_mttd_secs{',
    ];
    let lacking: readonly string[] = needed;
    const ready = until('what dashboards show at /metrics', 60_000, async () => {
      const text = await metrics();
      lacking = needed.filter((name) => !text.includes(`\n${name}`));
      return lacking.length === 0;
    });
    await ready.catch((cause: unknown) => {
      throw new TypeError(`/metrics lacks ${lacking.join(', ')}`, { cause });
    });
    await startScraping();
    await until('some seconds of scrapes', 30_000, async () => {
      const query = `count_over_time(genchi_standing_timestamp_seconds[1m]) >= ${SCRAPED_SECONDS}`;
      const answer = await asking.series(query, false);
      return typeof answer !== 'string' && answer.length > 0;
    });
  }, 180_000);

  afterAll(async () => {
    await prometheus?.stop();
    await genchi?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  test('no panel of any dashboard is empty, nor any mark or variable', async () => {
    const all = await dashboards();
    expect(all.map(({ uid }) => uid)).toContain('genchi-kaizen');
    expect(all).toHaveLength(5);
    const empty = await Promise.all(
      all.map(async (dashboard) => {
        const found = await emptyQueries(dashboard, asking, { service: SERVICE });
        return found.map((each) => ({ dashboard: dashboard.title, ...each }));
      }),
    );
    expect(empty.flat()).toEqual([]);
  });

  test('a panel that asks for what there is not is found, with its query', async () => {
    const [first] = await dashboards();
    if (first === undefined) throw new TypeError('no dashboard');
    const [panel] = first.panels.flatMap((each) => (each.type === 'row' ? [] : [each]));
    const targets = panel?.targets.map((target) => ({
      ...target,
      expr: 'no_such_series{service="$service"}',
    }));
    const spoilt = importable.parse({ ...first, panels: [{ ...panel, targets }] });
    expect(await emptyQueries(spoilt, asking, { service: SERVICE })).toContainEqual(
      expect.objectContaining({ panel: panel?.title, answer: 'no series' }),
    );
  });

  test('marks stand where changes happened and incidents began, not where they were scraped', async () => {
    const [dashboard] = (await dashboards()).filter(({ uid }) => uid === 'genchi-kaizen');
    const [changes, incidents] = dashboard?.annotations.list ?? [];
    const before = Date.now() - 30 * SECOND_MS;
    const marks = await asking.marks(changes?.expr ?? '');
    const cause = marks.find(
      ({ labels }) => labels.kind === 'config_change' && labels.service === 'payments',
    );
    expect(cause?.at.size).toBe(1);
    expect(cause?.labels.subject).toBe('db.pool.maxConnections');
    const [at = 0] = cause?.at ?? [];
    expect(at).toBeLessThan(before);
    const receipt = await fetch(`${genchi.url}${cause?.labels.receipt}`, {
      headers: { accept: 'text/turtle' },
    });
    expect(await receipt.text()).toContain(`/${new Date(at).toISOString().replace(/[-:]/g, '')}/`);
    const [incident] = await asking.marks(incidents?.expr ?? '');
    expect([...(incident?.at ?? [])][0]).toBeLessThan(before);
  });

  test('exemplars that Prometheus took lead to their receipts', async () => {
    const end = Date.now() / 1_000;
    const parameters = { start: String(end - 7_200 * 2), end: String(end) };
    for (const query of ['genchi_changes_total', 'kanban_latency_histogram_bucket']) {
      const { data } = exemplarsAnswer.parse(await asking.get('query_exemplars', { query, ...parameters }));
      const [receipt] = data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.receipt));
      expect(receipt, query).toMatch(/^\/id\/\w+\/\d{8}T\d{6}\.\d{3}Z\/[0-9a-f]{32}$/);
      expect((await fetch(`${genchi.url}${receipt}`)).status, receipt).toBe(200);
    }
  });

  test('what Genchi computed does not come back to it as evidence', async () => {
    const cameBack = 'genchi_repeated_total{type="own_sample",door="remote-write"}';
    await until('what Prometheus sends back', 20_000, async () => (await metrics()).includes(cameBack));
    const query = `SELECT DISTINCT ?metric WHERE {
      VALUES ?metric { "up" "genchi_service_health_score" "genchi_slo_state" }
      ?sample tps:metric ?metric ; tps:timestamp ?at .
      FILTER(?at >= "${new Date(Date.now() - MINUTE_MS).toISOString()}"^^xsd:dateTime)
    }`;
    const response = await fetch(`${genchi.url}/sparql`, {
      method: 'POST',
      headers: { 'content-type': 'application/sparql-query', accept: 'text/csv' },
      body: query,
    });
    const [, ...rows] = (await response.text()).trim().split(/\r?\n/);
    expect(rows, 'what Prometheus says itself, and nothing that Genchi computed').toContain('up');
    expect(rows.filter((metric) => metric.startsWith('genchi_'))).toEqual([]);
  });
});
