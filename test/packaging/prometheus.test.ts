import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { isLeftOut, PACKAGING, ROOT, runLinter } from './linters.js';

const RULES = `${PACKAGING}/prometheus/genchi-alerts.yml`;
const folder = mkdtempSync(join(tmpdir(), 'genchi-alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          annotations: z.object({ summary: z.string(), description: z.string(), runbook: z.string() }),
        }),
      ),
    }),
  ),
});

const alerts = file.parse(parse(readFileSync(RULES, 'utf8'))).groups.flatMap(({ rules }) => rules);

describe('the alerts about Genchi', () => {
  it.skipIf(isLeftOut('promtool'))('are rules that fire when they should, and only then', () => {
    expect(runLinter('promtool', ['check', 'rules', RULES])).toMatchObject({ status: 0 });
    const { status, said } = runLinter('promtool', ['test', 'rules', RULES.replace('.yml', '-test.yml')]);
    expect(status, said).toBe(0);
  });

  it('ask for metrics that Genchi exports', () => {
    const sources = readdirSync(`${ROOT}/src/serve/metrics`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(`${ROOT}/src/serve/metrics/${name}`, 'utf8'))
      .join('');
    const asked = alerts.flatMap(({ expr }) => expr.match(/\bgenchi_\w+/g) ?? []);
    expect(asked.length).toBeGreaterThan(8);
    for (const name of asked) expect(sources).toContain(`'${name.replace(/_(bucket|count|sum)$/, '')}'`);
  });

  it('each lead to what to do about them', () => {
    const guide = readFileSync(`${ROOT}/docs/running.md`, 'utf8');
    const anchors = (guide.match(/^#+ .*$/gm) ?? []).map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const { alert, annotations } of alerts) {
      expect(anchors, alert).toContain(annotations.runbook.replace('docs/running.md#', ''));
    }
  });
});

describe('the example of Prometheus beside Genchi', () => {
  it.skipIf(isLeftOut('promtool'))('is a config that Prometheus takes', () => {
    cpSync(RULES, join(folder, 'genchi-alerts.yml'));
    const token = join(folder, 'token');
    writeFileSync(token, 'genchi_example');
    mkdirSync(join(folder, 'config'), { recursive: true });
    const text = readFileSync(`${PACKAGING}/compose/prometheus.yml`, 'utf8');
    // A container has its secret elsewhere.
    writeFileSync(join(folder, 'prometheus.yml'), text.replaceAll('/run/secrets/prometheus-token', token));
    const { status, said } = runLinter('promtool', ['check', 'config', join(folder, 'prometheus.yml')]);
    expect(status, said).toBe(0);
  });

  it.skipIf(isLeftOut('amtool'))(
    'has an Alertmanager with a config that it takes, as the README shows one',
    () => {
      const readme = readFileSync(`${ROOT}/README.md`, 'utf8');
      const [, receivers = ''] = /```yaml\n(receivers:\n[^`]*)```/.exec(readme) ?? [];
      const shown = join(folder, 'alertmanager.yml');
      writeFileSync(shown, `route: { receiver: genchi }\n${receivers}`);
      for (const config of [shown, `${PACKAGING}/compose/alertmanager.yml`]) {
        const { status, said } = runLinter('amtool', ['check-config', config]);
        expect(status, said).toBe(0);
        expect(said).toMatch(/1 receivers/);
      }
      writeFileSync(shown, receivers);
      expect(runLinter('amtool', ['check-config', shown]).status).not.toBe(0);
    },
  );

  it.skipIf(isLeftOut('promtool'))('sends as the README shows it', () => {
    const readme = readFileSync(`${ROOT}/README.md`, 'utf8');
    const [, remote = ''] = /```yaml\n(remote_write:\n[^`]*)```/.exec(readme) ?? [];
    const config = join(folder, 'readme-prometheus.yml');
    writeFileSync(config, remote);
    const { status, said } = runLinter('promtool', ['check', 'config', config]);
    expect(status, said).toBe(0);
    expect(parse(remote).remote_write).toHaveLength(1);
  });

  it('gives every container a network of its own host only, and an image of one version', () => {
    const service = z.object({ image: z.string().regex(/:v?\d+\.\d+\.\d+$/), ports: z.array(z.string()) });
    const compose = z.object({ services: z.record(z.string(), service) });
    const { services } = compose.parse(parse(readFileSync(`${PACKAGING}/compose/compose.yaml`, 'utf8')));
    expect(Object.keys(services)).toEqual(['genchi', 'prometheus', 'alertmanager']);
    for (const { ports } of Object.values(services)) expect(ports.join()).toMatch(/^127\.0\.0\.1:/);
  });
});
