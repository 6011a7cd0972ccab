/** Health scores from readings: every score names its inputs, the missing ones too, and what cost it most. */
import type { EvidenceStore } from '../evidence/index.js';
import type { Window } from '../model/index.js';
import { AnalysisError } from './errors.js';
import { type MetricTable, type Pillar, type PillarMetric, pillars } from './metrics.js';
import { type Measured, measureSteps, type Readings, type Sources } from './pillars.js';
import { clamp, mean } from './statistics.js';

/** GREEN from 80, YELLOW from 60, ORANGE from 40, else RED. */
export type Band = 'GREEN' | 'YELLOW' | 'ORANGE' | 'RED';

/** An input of a score: its value, and how many of the 100 points it took away; no points without a score. */
export interface HealthInput {
  readonly metric: PillarMetric;
  readonly value: number;
  readonly cost: number | undefined;
}

/** The score of one pillar; without a score there was not enough data for one. */
export interface PillarHealth {
  readonly pillar: Pillar;
  /** 0..100 */
  readonly score: number | undefined;
  readonly band: Band | undefined;
  readonly inputs: readonly HealthInput[];
  /** Inputs that had no data; a score given without them could only have been lower with them. */
  readonly missing: readonly PillarMetric[];
  /** The input that took the most points away; undefined when none did. */
  readonly costMost: PillarMetric | undefined;
}

/** The health of a service or of the whole system over a window. */
export interface Health {
  readonly service: string | undefined;
  readonly window: Window;
  /** The mean of the pillars that have a score, 0..100; undefined when none has. */
  readonly score: number | undefined;
  readonly band: Band | undefined;
  readonly pillars: readonly PillarHealth[];
  readonly readings: Readings;
  /** How many receipts it was measured from. */
  readonly receipts: number;
}

/** Settings of the scores. */
export interface HealthSettings {
  /** Completed tasks per minute that a service should reach; above it there is nothing more to gain. */
  readonly targetThroughputPerMin: number;
}

/** The settings that the targets of the metrics come to; fails with `bad-ontology` where throughput has none. */
export function healthSettingsOf({ kanban_throughput_per_min: { judged } }: MetricTable): HealthSettings {
  if (judged.better === 'higher' && judged.target !== undefined) {
    return { targetThroughputPerMin: judged.target };
  }
  throw new AnalysisError('bad-ontology', 'kanban_throughput_per_min has no target that is better above.');
}

/** The band of a score. */
export function bandOf(score: number): Band {
  if (score >= 80) return 'GREEN';
  if (score >= 60) return 'YELLOW';
  return score >= 40 ? 'ORANGE' : 'RED';
}

/** The inputs of a score as `[metric, cost of its value]`, and whether it can do without some of them. */
interface Formula {
  /** `any`: costs add up, and each counts by itself. `all`: factors, which say nothing alone. */
  readonly needs: 'any' | 'all';
  readonly costs: readonly (readonly [PillarMetric, (value: number, readings: Readings) => number])[];
}

/** What is left of 100 points is taken away by a factor below 1. */
const factorCost = (points: number, factor: number): number =>
  clamp(points, 0, 100) * (1 - clamp(factor, 0, 1));

function formulaOf(pillar: Pillar, settings: HealthSettings): Formula {
  switch (pillar) {
    case 'jidoka':
      return {
        needs: 'any',
        costs: [
          ['jidoka_circuit_open_percent', (percent) => percent * 2],
          ['jidoka_failure_rate', (rate) => rate * 0.5],
        ],
      };
    case 'kanban':
      return {
        needs: 'all',
        costs: [
          ['kanban_latency_p99_ms', (latencyMs) => latencyMs / 5],
          [
            'kanban_throughput_per_min',
            (throughput, readings) =>
              factorCost(
                100 - (readings.get('kanban_latency_p99_ms') ?? 0) / 5,
                throughput / settings.targetThroughputPerMin,
              ),
          ],
        ],
      };
    case 'andon':
      return {
        needs: 'any',
        costs: [
          ['andon_alerts_per_min', (rate) => rate * 10],
          ['andon_mttd_secs', (seconds) => seconds / 30],
        ],
      };
    case 'heijunka':
      return {
        needs: 'all',
        costs: [
          ['heijunka_load_balance_coeff', (coefficient) => factorCost(100, coefficient)],
          [
            'heijunka_worker_utilization',
            (percent, readings) =>
              factorCost((readings.get('heijunka_load_balance_coeff') ?? 0) * 100, percent / 80),
          ],
        ],
      };
  }
}

/** Scores one pillar from readings. */
export function healthOfPillar(pillar: Pillar, readings: Readings, settings: HealthSettings): PillarHealth {
  const formula = formulaOf(pillar, settings);
  const costs: (HealthInput & { readonly cost: number })[] = [];
  const missing: PillarMetric[] = [];
  for (const [metric, costOf] of formula.costs) {
    const value = readings.get(metric);
    if (value === undefined) missing.push(metric);
    else costs.push({ metric, value, cost: costOf(value, readings) });
  }
  const enough = formula.needs === 'all' ? missing.length === 0 : costs.length > 0;
  if (!enough) {
    const inputs = costs.map((input) => ({ ...input, cost: undefined }));
    return { pillar, score: undefined, band: undefined, inputs, missing, costMost: undefined };
  }
  const score = clamp(100 - costs.reduce((sum, input) => sum + input.cost, 0), 0, 100);
  const worst = costs.reduce((most, input) => (input.cost > most.cost ? input : most));
  const costMost = worst.cost > 0 ? worst.metric : undefined;
  return { pillar, score, band: bandOf(score), inputs: costs, missing, costMost };
}

const NOTHING: Readings = new Map();

/** Scores what was measured over a window. */
export function healthOf(measured: Measured, window: Window, settings: HealthSettings): Health {
  const { service, readings, receipts } = measured;
  const scored = pillars.map((pillar) => healthOfPillar(pillar, readings, settings));
  const score = mean(scored.flatMap((each) => (each.score === undefined ? [] : [each.score])));
  const band = score === undefined ? undefined : bandOf(score);
  return { service, window, score, band, pillars: scored, readings, receipts };
}

/** The health of a scope that nothing is known of. */
export function unmeasured(service: string | undefined, window: Window): Health {
  const pillarHealth = pillars.map((pillar) =>
    healthOfPillar(pillar, NOTHING, { targetThroughputPerMin: 1 }),
  );
  return {
    service,
    window,
    score: undefined,
    band: undefined,
    pillars: pillarHealth,
    readings: NOTHING,
    receipts: 0,
  };
}

/** The health of the whole system and of every service that has data, the system first, from one pass over evidence. */
export async function assessAll(
  store: EvidenceStore,
  window: Window,
  settings: HealthSettings,
  sources: Sources = {},
  signal?: AbortSignal,
): Promise<readonly Health[]> {
  const stepMs = window.to - window.from;
  const all = await measureSteps(store, { window, stepMs, ...sources }, signal);
  const scopes = all.map((each) => healthOf(each, window, settings));
  return scopes[0]?.service === undefined && scopes.length > 0
    ? scopes
    : [unmeasured(undefined, window), ...scopes];
}
