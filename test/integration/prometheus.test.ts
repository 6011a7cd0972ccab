import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Exporter, startExporter } from './exporter.js';
import { type Monitoring, startMonitoring } from './monitoring.js';
import { freePort, isInstalled, type Program, startGenchi, until } from './programs.mjs';

const needed = ['prometheus', 'prometheus-alertmanager'];
const missing = needed.filter((program) => !isInstalled(program));
const required = process.env.GENCHI_REQUIRE_PROMETHEUS === '1';
if (missing.length > 0 && !required) console.warn(`skipped: ${missing.join(' and ')} not installed`);

/** The shortest that there is: an analysis compares the minute before the alert with what was before it. */
const SETTINGS = ['--incident-window-minutes', '1'];

/** How many seconds of good health there must be before the release, a sample each: that minute and some more. */
const BASELINE_SAMPLES = 75;

const incidentShape = z.object({
  id: z.string(),
  iri: z.string(),
  service: z.string().nullable(),
  runbookUrl: z.string().nullable(),
  candidates: z.array(
    z.object({
      causeKind: z.string(),
      service: z.string(),
      cause: z.object({ iri: z.string() }).nullable(),
      supporting: z.array(z.object({ sentence: z.string(), cites: z.array(z.object({ iri: z.string() })) })),
    }),
  ),
});

const incidentsAnswer = z.object({
  data: z.object({ incidents: z.object({ nodes: z.array(incidentShape) }) }),
});
const bindingsAnswer = z.object({
  results: z.object({ bindings: z.array(z.record(z.string(), z.object({ value: z.string() }))) }),
});
const prometheusAnswer = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

describe.skipIf(missing.length > 0 && !required)('a real Prometheus and Alertmanager', () => {
  let folder: string;
  let exporter: Exporter;
  let genchi: Program;
  let monitoring: Monitoring;

  async function post(path: string, contentType: string, body: unknown): Promise<number> {
    const response = await fetch(genchi.url + path, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: JSON.stringify(body),
    });
    await response.text();
    return response.status;
  }

  async function sparql(query: string): Promise<readonly Record<string, string>[]> {
    const response = await fetch(`${genchi.url}/sparql`, {
      method: 'POST',
      headers: { 'content-type': 'application/sparql-query', accept: 'application/sparql-results+json' },
      body: query,
    });
    const answer = bindingsAnswer.parse(await response.json());
    return answer.results.bindings.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, { value }]) => [name, value])),
    );
  }

  async function incidents(): Promise<readonly z.output<typeof incidentShape>[]> {
    const query = `{ incidents(first: 10) { nodes {
      id iri service runbookUrl
      candidates { causeKind service cause { iri } supporting { sentence cites { iri } } }
    } } }`;
    const response = await fetch(`${genchi.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query }),
    });
    return incidentsAnswer.parse(await response.json()).data.incidents.nodes;
  }

  /** The sum of a metric of Prometheus itself, undefined while it has none. */
  async function ownFigure(name: string): Promise<number | undefined> {
    const text = await (await fetch(`${monitoring.prometheus.url}/metrics`)).text();
    const values = text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return values.length === 0
      ? undefined
      : values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  async function samplesInGenchi(): Promise<number> {
    const [row] = await sparql(
      'SELECT (COUNT(?value) AS ?n) WHERE { ?s tps:metric "request_latency_seconds" ; tps:service service:gateway ; tps:metricValue ?value }',
    );
    return Number(row?.n ?? 0);
  }

  beforeAll(async () => {
    expect(missing, 'needed by GENCHI_REQUIRE_PROMETHEUS=1').toEqual([]);
    folder = await mkdtemp(join(tmpdir(), 'genchi-integration-'));
    exporter = await startExporter(1);
    genchi = await startGenchi({
      data: join(folder, 'genchi'),
      port: await freePort(),
      settings: SETTINGS,
    });
    monitoring = await startMonitoring(join(folder, 'monitoring'), exporter.port, genchi.url);
  });

  afterAll(async () => {
    await monitoring?.stop();
    await genchi?.stop();
    await exporter?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  test('an alert on the gateway becomes an incident whose first candidate is the release of the store', async () => {
    const dependency = { kind: 'dependency', from: 'gateway', to: 'store', dependencyKind: 'http' };
    const innocent = { kind: 'dependency', from: 'gateway', to: 'mailer', dependencyKind: 'http' };
    expect(await post('/api/v1/events', 'application/json', [dependency, innocent])).toBeLessThan(300);
    await until('a baseline', 120_000, async () => (await samplesInGenchi()) >= BASELINE_SAMPLES, 1_000);

    const released = {
      specversion: '1.0',
      id: 'release-store-2.0.0',
      source: '/pipelines/release',
      type: 'dev.cdevents.service.upgraded.0.2.0',
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data: {
        context: {
          version: '0.4.1',
          id: 'release-store-2.0.0',
          source: '/pipelines/release',
          type: 'dev.cdevents.service.upgraded.0.2.0',
          timestamp: new Date().toISOString(),
        },
        subject: {
          id: 'store',
          type: 'service',
          content: { environment: { id: 'production' }, artifactId: 'pkg:oci/store?tag=2.0.0' },
        },
      },
    };
    expect(await post('/api/v1/cloudevents', 'application/cloudevents+json', released)).toBeLessThan(300);
    exporter.degrade();

    const incident = await until(
      'the incident with its candidates',
      40_000,
      async () => (await incidents()).find((one) => one.service === 'gateway' && one.candidates.length > 0),
      200,
    );
    const [first] = incident.candidates;
    expect(first).toMatchObject({ causeKind: 'deployment', service: 'store' });
    expect(first?.cause?.iri).toContain('/id/deployment/');
    const cited = first?.supporting.flatMap(({ cites }) => cites.map(({ iri }) => iri)) ?? [];
    expect(cited).toContain(first?.cause?.iri);
    expect(cited.some((iri) => iri.includes('/id/sample/'))).toBe(true);
    expect(incident.runbookUrl).toBe('https://runbooks.example.org/gateway-slow');
  }, 200_000);

  test('SPARQL tells the same first candidate, by the receipt of the release', async () => {
    const rows = await sparql(`
      SELECT ?incident ?version ?alert WHERE {
        ?candidate a tps:Candidate ; tps:rank 1 ; tps:incident ?incident ; tps:cause ?release .
        ?release a tps:Deployment ; tps:service service:store ; tps:version ?version .
        ?fired a tps:Alert ; tps:service service:gateway ; tps:name ?alert .
      }`);
    const [incident] = (await incidents()).filter((one) => one.service === 'gateway');
    expect(rows).toContainEqual({ incident: incident?.id, version: '2.0.0', alert: 'GatewaySlow' });
  });

  test('Prometheus lost nothing on the way, and every sample it has is in Genchi', async () => {
    expect(await ownFigure('prometheus_remote_storage_samples_failed_total')).toBe(0);
    expect(await ownFigure('prometheus_remote_storage_samples_dropped_total')).toBe(0);
    const at = Date.now() - 3_000;
    const count = new URLSearchParams({
      query: 'count_over_time(request_latency_seconds{service="gateway"}[30m])',
      time: String(at / 1_000),
    });
    const answer = await fetch(`${monitoring.prometheus.url}/api/v1/query?${count}`);
    const [kept] = prometheusAnswer.parse(await answer.json()).data.result;
    const latest = `"${new Date(at).toISOString()}"^^xsd:dateTime`;
    const query = `SELECT (COUNT(?v) AS ?n) WHERE {
      ?s tps:metric "request_latency_seconds" ; tps:service service:gateway ; tps:metricValue ?v ; tps:timestamp ?at .
      FILTER(?at <= ${latest})
    }`;
    const found = await until('the samples of 3 seconds ago', 10_000, async () => {
      const [row] = await sparql(query);
      return row?.n === kept?.value[1] ? row : undefined;
    });
    expect(Number(found.n)).toBeGreaterThan(BASELINE_SAMPLES);
  });
});
