import { describe, expect, it } from 'vitest';
import {
  bandOf,
  healthOf,
  healthOfPillar,
  healthSettingsOf,
  metricNames,
  metricTableOf,
  type PillarMetric,
} from '../../src/analysis/index.js';
import { readOntologyTerms } from '../../src/graph/index.js';
import { instantOf } from '../../src/model/index.js';

const guide = healthSettingsOf(metricTableOf(await readOntologyTerms()));
const readings = (values: Partial<Record<PillarMetric, number>>) =>
  new Map(
    metricNames.flatMap((metric): [PillarMetric, number][] => {
      const value = values[metric];
      return value === undefined ? [] : [[metric, value]];
    }),
  );

describe('healthOfPillar', () => {
  it("gives the guide's 89 for 5 % open circuits and 2 failures a minute", () => {
    const health = healthOfPillar(
      'jidoka',
      readings({ jidoka_circuit_open_percent: 5, jidoka_failure_rate: 2 }),
      guide,
    );
    expect(health.score).toBe(89);
    expect(health.band).toBe('GREEN');
    expect(health.costMost).toBe('jidoka_circuit_open_percent');
    expect(health.inputs.map((input) => input.cost)).toEqual([10, 1]);
  });

  it("gives the guide's 83.5 for 1.5 alerts a minute and 45 s to detection", () => {
    const health = healthOfPillar(
      'andon',
      readings({ andon_alerts_per_min: 1.5, andon_mttd_secs: 45 }),
      guide,
    );
    expect(health.score).toBeCloseTo(83.5, 10);
    expect(health.costMost).toBe('andon_alerts_per_min');
  });

  it('multiplies latency by the share of the throughput that is reached', () => {
    const slow = readings({ kanban_latency_p99_ms: 200, kanban_throughput_per_min: 5 });
    expect(healthOfPillar('kanban', slow, guide).score).toBeCloseTo((100 - 200 / 5) * 0.5, 10);
    const fast = readings({ kanban_latency_p99_ms: 50, kanban_throughput_per_min: 900 });
    expect(healthOfPillar('kanban', fast, guide)).toMatchObject({
      score: 90,
      costMost: 'kanban_latency_p99_ms',
    });
    const target = { targetThroughputPerMin: 1_800 };
    expect(healthOfPillar('kanban', fast, target).score).toBeCloseTo(45, 10);
  });

  it('multiplies balance by the share of 80 % utilization', () => {
    const half = readings({ heijunka_load_balance_coeff: 0.9, heijunka_worker_utilization: 40 });
    expect(healthOfPillar('heijunka', half, guide)).toMatchObject({
      costMost: 'heijunka_worker_utilization',
    });
    expect(healthOfPillar('heijunka', half, guide).score).toBeCloseTo(45, 10);
  });

  it('never leaves 0..100', () => {
    const bad = readings({ kanban_latency_p99_ms: 9_000, kanban_throughput_per_min: 1 });
    expect(healthOfPillar('kanban', bad, guide).score).toBe(0);
    expect(healthOfPillar('jidoka', readings({ jidoka_failure_rate: 4_000 }), guide).score).toBe(0);
  });

  it('names what is missing, and gives no score where a factor is', () => {
    expect(healthOfPillar('andon', readings({ andon_alerts_per_min: 0 }), guide)).toMatchObject({
      score: 100,
      missing: ['andon_mttd_secs'],
      costMost: undefined,
    });
    expect(healthOfPillar('heijunka', readings({ heijunka_worker_utilization: 80 }), guide)).toEqual({
      pillar: 'heijunka',
      score: undefined,
      band: undefined,
      inputs: [{ metric: 'heijunka_worker_utilization', value: 80, cost: undefined }],
      missing: ['heijunka_load_balance_coeff'],
      costMost: undefined,
    });
  });
});

describe('healthOf', () => {
  const window = { from: instantOf(0), to: instantOf(60_000) };

  it('is the mean of the pillars that have data', () => {
    const measured = {
      service: 'web',
      at: window.to,
      readings: readings({ jidoka_failure_rate: 2, andon_alerts_per_min: 1 }),
      receipts: 3,
    };
    const health = healthOf(measured, window, guide);
    expect(health.pillars.map(({ score }) => score)).toEqual([99, undefined, 90, undefined]);
    expect(health).toMatchObject({ service: 'web', window, score: 94.5, band: 'GREEN', receipts: 3 });
  });

  it('has no score without any evidence, rather than a good one', () => {
    const nothing = { service: undefined, at: window.to, readings: readings({}), receipts: 0 };
    const health = healthOf(nothing, window, guide);
    expect(health).toMatchObject({ score: undefined, band: undefined, receipts: 0 });
    expect(health.pillars.map(({ score }) => score)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('bandOf', () => {
  it('starts each band at its bound', () => {
    expect([100, 80, 79.9, 60, 59.9, 40, 39.9, 0].map(bandOf)).toEqual([
      'GREEN',
      'GREEN',
      'YELLOW',
      'YELLOW',
      'ORANGE',
      'ORANGE',
      'RED',
      'RED',
    ]);
  });
});
