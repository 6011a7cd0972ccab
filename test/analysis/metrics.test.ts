import { describe, expect, it } from 'vitest';
import {
  AnalysisError,
  healthSettingsOf,
  metricNames,
  metricTableOf,
  type PillarMetric,
  pillars,
  standingOf,
} from '../../src/analysis/index.js';
import { readOntologyTerms } from '../../src/graph/index.js';

const terms = await readOntologyTerms();
const table = metricTableOf(terms);
const standings = (metric: PillarMetric, values: readonly number[]) =>
  values.map((value) => standingOf(table[metric], value));

describe('standingOf', () => {
  it('crosses targets and alert thresholds on the bad side only', () => {
    const latency = standings('kanban_latency_p99_ms', [99, 100, 101, 500, 501]);
    expect(latency).toEqual(['met', 'met', 'warn', 'warn', 'alert']);
    expect(standings('jidoka_success_rate', [99.9, 99.5, 98])).toEqual(['met', 'warn', 'alert']);
  });

  it('wants a band kept from both sides', () => {
    expect(standings('heijunka_worker_utilization', [49, 60, 75, 90])).toEqual([
      'alert',
      'warn',
      'met',
      'warn',
    ]);
  });

  it('alerts on a single critical alert and judges no trend', () => {
    expect(standings('andon_critical_alerts', [0, 1])).toEqual(['met', 'alert']);
    expect(standings('heijunka_workers_idle', [900])).toEqual(['unjudged']);
    expect(standings('andon_alert_types_total', [20, 21])).toEqual(['met', 'alert']);
  });
});

describe('metricTableOf', () => {
  /** The ontology with another value, or none, of a predicate of one concept. */
  const changed = (name: string, predicate: string, value?: string) =>
    terms.map((term) => {
      if (term.facts.get('notation')?.[0] !== name) return term;
      const facts = new Map(term.facts);
      if (value === undefined) facts.delete(predicate);
      else facts.set(predicate, [value]);
      return { ...term, facts };
    });
  const reading =
    (...change: Parameters<typeof changed>) =>
    () =>
      metricTableOf(changed(...change));

  it('has the figures of the rules, by the unit and the direction that they are judged in', () => {
    const shown = metricNames.map((name) => {
      const { unit, judged } = table[name];
      const figures = Object.values(judged).filter((value) => typeof value === 'number');
      return [name, unit, judged.better, ...figures].join(' ');
    });
    expect(shown).toEqual([
      'jidoka_circuit_open_percent % lower 5 10',
      'jidoka_failure_rate 1/min lower 1 5',
      'jidoka_success_rate % higher 99.9 99',
      'jidoka_recovery_time_secs s lower 60 180',
      'kanban_queue_depth tasks lower 50 100',
      'kanban_latency_p50_ms ms lower 50',
      'kanban_latency_p95_ms ms lower 100',
      'kanban_latency_p99_ms ms lower 100 500',
      'kanban_throughput_per_min 1/min higher 10',
      'kanban_wait_time_secs s lower 5 30',
      'kanban_queue_saturation % lower 80 95',
      'andon_alerts_per_min 1/min lower 2 5',
      'andon_mttd_secs s lower 60 300',
      'andon_alert_types_total count lower 20',
      'andon_critical_alerts count lower 0 0',
      'heijunka_load_balance_coeff 0..1 higher 0.85 0.7',
      'heijunka_worker_utilization % band 70 85 50',
      'heijunka_queue_variance tasks lower 20 50',
      'heijunka_workers_active count trend',
      'heijunka_workers_idle count trend',
    ]);
  });

  it('names each metric after the pillar it is below, and every pillar has some', () => {
    for (const name of metricNames) expect(name.startsWith(`${table[name].pillar}_`)).toBe(true);
    expect(new Set(metricNames.map((name) => table[name].pillar))).toEqual(new Set(pillars));
  });

  it('judges by what the ontology says, and by nothing else', () => {
    const strict = metricTableOf(changed('kanban_latency_p99_ms', 'alertThreshold', '120'));
    expect(standingOf(strict.kanban_latency_p99_ms, 130)).toBe('alert');
    expect(healthSettingsOf(table)).toEqual({ targetThroughputPerMin: 10 });
    const busy = metricTableOf(changed('kanban_throughput_per_min', 'target', '1800'));
    expect(healthSettingsOf(busy)).toEqual({ targetThroughputPerMin: 1_800 });
  });

  it('refuses a metric that is missing, or not declared as its direction asks, by its name', () => {
    expect(() => metricTableOf([])).toThrow(AnalysisError);
    expect(reading('kanban_queue_depth', 'notation', 'depth')).toThrow(/kanban_queue_depth/);
    expect(reading('kanban_queue_depth', 'target', 'few')).toThrow(/kanban_queue_depth\.judged\.target/);
    expect(reading('kanban_queue_depth', 'direction', 'down')).toThrow(/kanban_queue_depth\.judged\.better/);
    expect(reading('kanban_queue_depth', 'direction', 'trend')).toThrow(/kanban_queue_depth\.judged/);
    expect(reading('heijunka_worker_utilization', 'targetLow')).toThrow(/judged\.low/);
    expect(reading('andon_mttd_secs', 'definition')).toThrow(/andon_mttd_secs\.meaning/);
    expect(() => healthSettingsOf(reading('kanban_throughput_per_min', 'target')())).toThrow(/no target/);
  });
});
