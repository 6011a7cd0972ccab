/** Colours of values, and units, from what the ontology says of the metrics of the pillars. */
import type { Judgement, MetricSpec } from '../analysis/index.js';
import type { Zone } from './spec.js';

/** Health as the rules give its bands. */
export const HEALTH_ZONES: readonly Zone[] = [
  { from: null, color: 'red' },
  { from: 40, color: 'orange' },
  { from: 60, color: 'yellow' },
  { from: 80, color: 'green' },
];

/**
 * Values above a bound are beyond it, and Grafana colours from a bound on: of what comes in whole numbers, the first one
 * above it is one more.
 */
function above(bound: number | undefined, unit: string): number | undefined {
  return bound === undefined ? undefined : unit === 'count' ? bound + 1 : bound;
}

function zonesBelow({ target, alert }: Bounds, unit: string): readonly Zone[] {
  const [warn, red] = [above(target, unit), above(alert, unit)];
  const yellow: readonly Zone[] =
    warn === undefined || (red !== undefined && warn >= red) ? [] : [{ from: warn, color: 'yellow' }];
  const end: readonly Zone[] = red === undefined ? [] : [{ from: red, color: 'red' }];
  return [{ from: null, color: 'green' }, ...yellow, ...end];
}

function zonesAbove({ target, alert }: Bounds): readonly Zone[] {
  const good: readonly Zone[] = target === undefined ? [] : [{ from: target, color: 'green' }];
  if (alert === undefined) return [{ from: null, color: target === undefined ? 'green' : 'yellow' }, ...good];
  return [{ from: null, color: 'red' }, { from: alert, color: 'yellow' }, ...good];
}

type Bounds = Pick<Extract<Judgement, { readonly better: 'lower' | 'higher' }>, 'target' | 'alert'>;

/** Green within the target, yellow past it, red past the alert threshold; a metric without a good side is blue. */
export function zonesOf({ judged, unit }: MetricSpec): readonly Zone[] {
  switch (judged.better) {
    case 'lower':
      return zonesBelow(judged, unit);
    case 'higher':
      return zonesAbove(judged);
    case 'band':
      return [
        { from: null, color: 'red' },
        { from: judged.alert, color: 'yellow' },
        { from: judged.low, color: 'green' },
        { from: judged.high, color: 'yellow' },
      ];
    case 'trend':
      return [{ from: null, color: 'blue' }];
  }
}

const units: Readonly<Record<string, string>> = {
  '%': 'percent',
  '1/min': 'cpm',
  s: 's',
  ms: 'ms',
  tasks: 'short',
  count: 'short',
  '0..1': 'none',
};

/** Grafana's name of a unit of the rules. */
export function grafanaUnitOf({ unit }: MetricSpec): string {
  return units[unit] ?? 'short';
}

/** The least and the most that a metric of this unit can be, where its unit says. */
export function rangeOf({ unit }: MetricSpec): { readonly min?: number; readonly max?: number } {
  if (unit === '%') return { min: 0, max: 100 };
  return unit === '0..1' ? { min: 0, max: 1 } : { min: 0 };
}
