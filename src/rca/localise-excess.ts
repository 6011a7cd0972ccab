import type { Topology } from '../graph/index.js';
import { measuredCallees, type ServiceEvidence } from './localise-evidence.js';
import type { Reading } from './onset.js';
import { isWorse } from './vocabulary.js';
import { EXPLAINED_WHEN_LATER, ORDER_SLACK_MS } from './weights.js';

/**
 * What each service adds to the symptom, measured in the symptom's own metric: latency or failure shares beyond the
 * usual, times how often the service is asked, less what the services that it waits for add already.
 */
export interface OwnExcess {
  /** 0..1 by service, as a share of the service that adds most; only services that have the symptom's metric. */
  readonly shares: ReadonlyMap<string, number>;
  /** What of each service's excess its callees have too. */
  readonly explained: ReadonlyMap<string, ExplainedExcess>;
}

/** What of a service's excess its callees have too. */
export interface ExplainedExcess {
  /** 0..1 */
  readonly part: number;
  /** The callee with most of it, and whether it is the only one with any. */
  readonly by: string | undefined;
  readonly alone: boolean;
}

/** The share of the services that must have a metric of load for it to tell how often they are asked. */
const COMMON_TO = 0.9;

function alike(a: Reading, b: Reading): boolean {
  return (
    a.series.metric === b.series.metric &&
    a.shift.figure === b.shift.figure &&
    a.series.labels.quantile === b.series.labels.quantile &&
    a.shift.baselineCount > 0
  );
}

/**
 * By how much the mean since is worse than usual; what lies within one spread is chance, and what began after the
 * symptom is hardly a part of it.
 */
function worsening({ shift, group }: Reading, symptom: Reading): number {
  const change = shift.recentMean - shift.baselineMedian;
  if (!isWorse(group, Math.sign(change))) return 0;
  const [begun, felt] = [shift.onsetAt, symptom.shift.onsetAt];
  const late = begun !== undefined && felt !== undefined && begun > felt + ORDER_SLACK_MS;
  return Math.max(0, Math.abs(change) - shift.baselineSpread) * (late ? EXPLAINED_WHEN_LATER : 1);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The metric of load that most of these services have in common; undefined when fewer than all but a few have one. */
function commonLoad(services: readonly ServiceEvidence[]): string | undefined {
  const having = new Map<string, number>();
  for (const { readings } of services) {
    const metrics = new Set(
      readings.filter(({ role }) => role === 'load').map(({ series }) => series.metric),
    );
    for (const metric of metrics) having.set(metric, (having.get(metric) ?? 0) + 1);
  }
  const [best] = [...having].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  return best !== undefined && best[1] >= COMMON_TO * services.length ? best[0] : undefined;
}

/** How often a service is asked, in whatever unit its metric of load has; undefined when it has none. */
function loadOf({ readings }: ServiceEvidence, metric: string): number | undefined {
  const loads = readings.filter(({ series }) => series.metric === metric);
  return loads.length === 0 ? undefined : sumOf(loads.map(({ shift }) => shift.recentMean));
}

/** What the readings of one service add up to: rates are totals already, means go by what they were divided by. */
function amountOf(evidence: ServiceEvidence, symptom: Reading, load: string | undefined): number | undefined {
  const own = evidence.readings.filter((reading) => alike(reading, symptom));
  if (own.length === 0) return undefined;
  switch (symptom.shift.figure) {
    case 'rate':
      return sumOf(own.map((reading) => worsening(reading, symptom)));
    case 'mean':
      return sumOf(
        own.map((reading) => {
          const counts = evidence.readings.find(({ series }) => series.ref === reading.divisor?.ref);
          return worsening(reading, symptom) * (counts?.shift.recentMean ?? 1);
        }),
      );
    case 'value':
    case 'p50':
    case 'p95':
    case 'p99':
      return (
        meanOf(own.map((reading) => worsening(reading, symptom))) *
        (load === undefined ? 1 : (loadOf(evidence, load) ?? 0))
      );
  }
}

/** Takes what the callees add off each service's excess; undefined when no service has any. */
export function ownExcess(
  evidence: ReadonlyMap<string, ServiceEvidence>,
  topology: Topology,
  symptom: Reading,
): OwnExcess | undefined {
  const having = [...evidence.values()].filter(({ readings }) => readings.some((one) => alike(one, symptom)));
  const load = commonLoad(having);
  const amounts = new Map(having.map((one) => [one.service, amountOf(one, symptom, load) ?? 0]));
  const explained = new Map<string, ExplainedExcess>();
  const own = [...amounts].map(([service, amount]): readonly [string, number] => {
    const callees = measuredCallees(service, topology, evidence)
      .map((callee) => ({ by: callee.service, amount: amounts.get(callee.service) ?? 0 }))
      .sort((a, b) => b.amount - a.amount);
    const taken = Math.min(amount, sumOf(callees.map((callee) => callee.amount)));
    explained.set(service, {
      part: amount === 0 ? 0 : taken / amount,
      by: taken === 0 ? undefined : callees[0]?.by,
      alone: callees.filter((callee) => callee.amount > 0).length === 1,
    });
    return [service, amount - taken];
  });
  const most = Math.max(0, ...own.map(([, amount]) => amount));
  if (most === 0) return undefined;
  return { shares: new Map(own.map(([service, amount]) => [service, amount / most])), explained };
}
