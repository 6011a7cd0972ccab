import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricNames, metricTableOf } from '../../src/analysis/index.js';
import { type DashboardFile, dashboardFiles, parseCustomDashboard } from '../../src/dashboards/index.js';
import { readOntologyTerms } from '../../src/graph/index.js';
import { type Importable, importable } from './importable.js';

const table = metricTableOf(await readOntologyTerms());
const settings = {
  ...{ genchiUrl: 'https://genchi.example.com/base', datasource: 'prom-1' },
  ...{ prometheusUrl: 'http://prometheus:9090', dashboardsPath: '/var/lib/grafana/genchi' },
};
const guide = `title: Payment Service SLO Dashboard
description: Real-time SLO tracking
time_range: 24h
panels:
  - title: Latency P99 vs SLO
    query: kanban_latency_p99_ms
    panel_type: graph
    ylabel: ms
    min: 0
    max: 200
`;
const files = dashboardFiles(table, settings, [parseCustomDashboard('payments.yaml', guide)]);
const dashboards = files.filter(({ path }) => path.startsWith('dashboards/'));

function textOf(path: string, among: readonly DashboardFile[] = files): string {
  const file = among.find((each) => each.path === path);
  if (file === undefined) throw new TypeError(`no ${path}`);
  return file.text;
}

const read = (name: string): Importable => importable.parse(JSON.parse(textOf(`dashboards/${name}.json`)));

function panelOf({ panels }: Importable, title: string) {
  for (const panel of panels) if (panel.type !== 'row' && panel.title === title) return panel;
  throw new TypeError(`no panel ${title}`);
}

const stepsOf = (dashboard: Importable, title: string) =>
  panelOf(dashboard, title).fieldConfig.defaults.thresholds?.steps;

describe('dashboardFiles', () => {
  it.each(dashboards)('makes $path such that Grafana imports it', ({ text }) => {
    const checked = importable.safeParse(JSON.parse(text));
    expect(checked.error?.issues).toBeUndefined();
  });

  it('gives every panel, query and mark the data source that was named', () => {
    for (const { text } of dashboards) {
      const uids = [...text.matchAll(/"type": "prometheus",\s+"uid": "([^"]+)"/g)].map(([, uid]) => uid);
      expect(new Set(uids)).toEqual(new Set(['prom-1']));
    }
  });

  it('is the same from the same', () => {
    const again = dashboardFiles(table, settings, [parseCustomDashboard('payments.yaml', guide)]);
    expect(again).toEqual(files);
  });

  it('lays the four pillars out as the guide does', () => {
    const kaizen = read('genchi-kaizen');
    const place = (title: string) => panelOf(kaizen, title).gridPos;
    const [jidoka, kanban, andon, heijunka] = [
      ...['Jidoka: open circuits', 'Kanban: flow', 'Andon: critical alerts', 'Heijunka: level work'],
    ].map(place);
    expect([jidoka, kanban, andon, heijunka]).toEqual([
      { x: 0, y: 0, w: 6, h: 9 },
      { x: 6, y: 0, w: 12, h: 9 },
      { x: 18, y: 0, w: 6, h: 9 },
      { x: 0, y: 9, w: 24, h: 9 },
    ]);
  });

  it('has the zones of the guide, from the ontology: circuits 5 and 10 %, any critical alert red', () => {
    const kaizen = read('genchi-kaizen');
    expect(stepsOf(kaizen, 'Jidoka: open circuits')).toEqual([
      { value: null, color: 'green' },
      { value: 5, color: 'yellow' },
      { value: 10, color: 'red' },
    ]);
    expect(stepsOf(kaizen, 'Andon: critical alerts')).toEqual([
      { value: null, color: 'green' },
      { value: 1, color: 'red' },
    ]);
  });

  it('has a panel with the target of each metric in the dashboard of a service', () => {
    const service = read('genchi-service');
    for (const metric of metricNames) {
      expect(panelOf(service, metric).targets.map(({ expr }) => expr)).toEqual([
        `${metric}{service="$service"}`,
      ]);
    }
    expect(stepsOf(service, 'heijunka_worker_utilization')).toEqual([
      { value: null, color: 'red' },
      { value: 50, color: 'yellow' },
      { value: 70, color: 'green' },
      { value: 85, color: 'yellow' },
    ]);
    expect(stepsOf(service, 'jidoka_success_rate')).toEqual([
      { value: null, color: 'red' },
      { value: 99, color: 'yellow' },
      { value: 99.9, color: 'green' },
    ]);
  });

  it('uses every choice that it offers, and offers every one that it uses', () => {
    for (const { path, text } of dashboards) {
      const { templating, ...rest } = importable.loose().parse(JSON.parse(text));
      const offered = (templating.list ?? []).map(({ name }) => name);
      const used = [...JSON.stringify(rest).matchAll(/\$(?:\{)?([a-z]\w*)/g)].map(([, name]) => name);
      expect([path, [...new Set(used)].sort()]).toEqual([path, offered.sort()]);
    }
  });

  it('gives every panel a unit, and zones to each that shows a metric with a target', () => {
    const judged = metricNames.filter((name) => table[name].judged.better !== 'trend');
    let zoned = 0;
    for (const { path, text } of dashboards) {
      for (const panel of importable.parse(JSON.parse(text)).panels) {
        if (panel.type === 'row' || panel.type === 'table') continue;
        const { unit, thresholds } = panel.fieldConfig.defaults;
        const ofSeries = panel.fieldConfig.overrides
          .filter(({ properties }) => properties.some(({ id }) => id === 'unit'))
          .map(({ matcher }) => matcher.options);
        const bare = panel.targets.filter(
          ({ legendFormat = '' }) => unit === undefined && !ofSeries.includes(legendFormat),
        );
        expect([path, panel.title, bare]).toEqual([path, panel.title, []]);
        const asked = panel.targets.map(({ expr }) => /^[a-z_0-9]+/.exec(expr)?.[0]);
        const [metric] = judged.filter((name) => asked.every((one) => one === name));
        if (metric === undefined) continue;
        expect([path, panel.title, thresholds?.steps.length]).not.toEqual([path, panel.title, undefined]);
        expect(thresholds?.steps.length).toBeGreaterThan(1);
        zoned += 1;
      }
    }
    expect(zoned).toBeGreaterThanOrEqual(judged.length);
  });

  it('leads from values to the pages of Genchi', () => {
    expect(textOf('dashboards/genchi-incidents.json')).toContain(
      `"url": "${settings.genchiUrl}/id/incident/\${__data.fields.Incident:percentencode}"`,
    );
    expect(textOf('dashboards/genchi-service.json')).toContain(
      `"url": "${settings.genchiUrl}/id/service/\${service:percentencode}"`,
    );
  });

  it('makes the dashboard of the guide’s example, with the target of the metric that it asks for', () => {
    const [custom] = dashboards.filter(({ path }) => path.includes('payment-service-slo'));
    const made = importable.parse(JSON.parse(custom?.text ?? ''));
    expect(made.time.from).toBe('now-24h');
    const panel = panelOf(made, 'Latency P99 vs SLO');
    expect(panel.type).toBe('timeseries');
    expect(panel.fieldConfig.defaults).toMatchObject({ unit: 'ms', min: 0, max: 200 });
    expect(stepsOf(made, 'Latency P99 vs SLO')?.map(({ value }) => value)).toEqual([null, 100, 500]);
  });

  it('refuses two dashboards of one title', () => {
    const twice = [1, 2].map(() => parseCustomDashboard('payments.yaml', guide));
    expect(() => dashboardFiles(table, settings, twice)).toThrow(/two dashboards have the title Payment/);
  });

  it('tells Grafana where the receipts behind exemplars are, and Prometheus what to scrape', () => {
    const source = parse(textOf('provisioning/datasources/genchi.yaml'));
    expect(source.datasources[0]).toMatchObject({ uid: 'prom-1', url: 'http://prometheus:9090' });
    expect(source.datasources[0].jsonData.exemplarTraceIdDestinations[0]).toMatchObject({
      ...{ name: 'receipt', url: 'https://genchi.example.com/base$${__value.raw}' },
    });
    const provider = parse(textOf('provisioning/dashboards/genchi.yaml'));
    expect(provider.providers[0].options.path).toBe('/var/lib/grafana/genchi');
    expect(parse(textOf('prometheus/genchi.yaml')).scrape_configs[0]).toMatchObject({
      ...{ scheme: 'https', metrics_path: '/base/metrics', honor_labels: true },
      static_configs: [{ targets: ['genchi.example.com'] }],
    });
  });

  it('asks for no series that the exporter has no name for', async () => {
    const sources = ['incident-families', 'latest-changes', 'receipt-figures', 'slo-families', 'sources'];
    const more = ['standing-families', 'standing-text', 'trend-families'];
    const code = await Promise.all(
      [...sources, ...more].map((name) => readFile(`src/serve/metrics/${name}.ts`, 'utf8')),
    );
    const asked = dashboards.flatMap(({ text }) =>
      [...text.matchAll(/\bgenchi_(?!system_|service_)\w+/g)].map(([name]) => name.replace(/_bucket$/, '')),
    );
    const unknown = [...new Set(asked)].filter((name) => !code.some((each) => each.includes(name)));
    expect(unknown).toEqual([]);
  });
});
