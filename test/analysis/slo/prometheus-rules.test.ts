import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { prometheusRules, type SloRevision } from '../../../src/analysis/index.js';
import { isInstalled } from '../../integration/programs.mjs';
import { latency, revision, success } from './fixture.js';

const promtool = promisify(execFile);

const slos: readonly SloRevision[] = [
  latency(0, { slo: 'checkout "p99" \\ {{ .x }}', windowMinutes: 43_200, owner: 'shop' }),
  latency(0, { slo: 'day', windowMinutes: 1_440, direction: 'at_least', target: 0.5, sliceMinutes: 5 }),
  success(0, { slo: 'success', windowMinutes: 43_200, objectivePercent: 99.5 }),
  revision(0, {
    slo: 'errors',
    service: 'checkout',
    windowMinutes: 40_320,
    objectivePercent: 99.9,
    selector: '{job="shop",path!~"/health|/ready"}',
    badMetric: 'http_requests_total',
    badSelector: '{code=~"5.."}',
    totalMetric: 'http_requests_total',
  }),
  success(0, { slo: 'sliced', windowMinutes: 10_080, sliceTargetPercent: 95, objectivePercent: 90 }),
];

describe('rule files for Prometheus', () => {
  it('ask of series what Genchi asks of them', () => {
    const { rules } = prometheusRules(slos.slice(2, 4), 'slo.yml');
    const { groups } = parse(rules) as {
      groups: { rules: { record?: string; alert?: string; expr: string }[] }[];
    };
    const exprs = groups.map((group) => group.rules.map(({ record, expr }) => [record, expr]));
    expect(exprs[0]?.[0]).toEqual([
      'slo:bad_share:5m',
      'clamp_min(1 - (sum(rate(requests_good_total{service="checkout"}[5m])) or vector(0)) / (sum(rate(requests_total{service="checkout"}[5m])) > 0), 0)',
    ]);
    expect(exprs[0]?.at(-4)).toEqual([
      undefined,
      'slo:bad_share:1h{slo="success"} > 0.072 and slo:bad_share:5m{slo="success"} > 0.072',
    ]);
    // The job tells the service already.
    expect(exprs[1]?.[0]?.[1]).toContain(
      'http_requests_total{job="shop",path!~"/health|/ready",code=~"5.."}',
    );
  });

  it.skipIf(!isInstalled('promtool') && process.env.GENCHI_REQUIRE_PROMETHEUS !== '1')(
    'are clean, fire by what is bad and stay silent by what is good, says promtool',
    { timeout: 120_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'genchi-slo-rules-'));
      try {
        const { rules, tests } = prometheusRules(slos, 'slo.yml');
        await writeFile(join(folder, 'slo.yml'), rules);
        await writeFile(join(folder, 'slo-test.yml'), tests);
        const checked = await promtool('promtool', ['check', 'rules', join(folder, 'slo.yml')]);
        expect(checked.stdout).toContain('SUCCESS');
        const tested = await promtool('promtool', ['test', 'rules', join(folder, 'slo-test.yml')]);
        expect(tested.stdout).toContain('SUCCESS');
        // Tests fail by rules that never fire.
        const one = prometheusRules(slos.slice(2, 3), 'slo.yml');
        await writeFile(join(folder, 'slo.yml'), one.rules.replaceAll(' > 0.072', ' > 72'));
        await writeFile(join(folder, 'slo-test.yml'), one.tests);
        const failing = promtool('promtool', ['test', 'rules', join(folder, 'slo-test.yml')]);
        await expect(failing).rejects.toThrow('FAILED');
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});
