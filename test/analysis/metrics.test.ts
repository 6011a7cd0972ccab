import { describe, expect, it } from 'vitest';
import { metricNames, pillarMetrics, pillars, standingOf } from '../../src/analysis/index.js';

describe('standingOf', () => {
  it('crosses targets and alert thresholds on the bad side only', () => {
    const latency = [99, 100, 101, 500, 501].map((value) => standingOf('kanban_latency_p99_ms', value));
    expect(latency).toEqual(['met', 'met', 'warn', 'warn', 'alert']);
    const success = [99.9, 99.5, 98].map((value) => standingOf('jidoka_success_rate', value));
    expect(success).toEqual(['met', 'warn', 'alert']);
  });

  it('wants a band kept from both sides', () => {
    const utilization = [49, 60, 75, 90].map((value) => standingOf('heijunka_worker_utilization', value));
    expect(utilization).toEqual(['alert', 'warn', 'met', 'warn']);
  });

  it('alerts on a single critical alert and judges no trend', () => {
    expect([0, 1].map((value) => standingOf('andon_critical_alerts', value))).toEqual(['met', 'alert']);
    expect(standingOf('heijunka_workers_idle', 900)).toBe('unjudged');
    expect([20, 21].map((value) => standingOf('andon_alert_types_total', value))).toEqual(['met', 'alert']);
  });
});

describe('pillarMetrics', () => {
  it('are named after the pillar they belong to, and every pillar has some', () => {
    for (const name of metricNames) expect(name.startsWith(`${pillarMetrics[name].pillar}_`)).toBe(true);
    expect(new Set(metricNames.map((name) => pillarMetrics[name].pillar))).toEqual(new Set(pillars));
  });
});
