import type { SloRevision } from '../../../src/analysis/index.js';
import type { EvidenceStore } from '../../../src/evidence/index.js';
import { type Instant, identityOf, type Labels, MINUTE_MS, shift } from '../../../src/model/index.js';
import { blockOf, T0 } from '../../evidence/fixture.js';

/** So many minutes after {@link T0}. */
export const at = (minutes: number): Instant => shift(T0, minutes * MINUTE_MS);

/** A revision of an objective, recorded so many minutes after {@link T0}. */
export function revision(minutes: number, fields: Omit<Partial<SloRevision>, 'kind'>): SloRevision {
  const slo = fields.slo ?? 'checkout-latency';
  return {
    kind: 'slo',
    id: identityOf('slo', slo, String(minutes)),
    at: at(minutes),
    receivedAt: at(minutes),
    door: 'events',
    ...fields,
    slo,
  };
}

/** At most 200 ms at the 99th percentile, in 99 % of an hour's minutes. */
export const latency = (minutes: number, fields: Omit<Partial<SloRevision>, 'kind'> = {}): SloRevision =>
  revision(minutes, {
    service: 'checkout',
    metric: 'kanban_latency_p99_ms',
    direction: 'at_most',
    target: 200,
    objectivePercent: 99,
    windowMinutes: 60,
    ...fields,
  });

/** 99 % of an hour's requests must be good. */
export const success = (minutes: number, fields: Omit<Partial<SloRevision>, 'kind'> = {}): SloRevision =>
  revision(minutes, {
    slo: 'checkout-success',
    service: 'checkout',
    goodMetric: 'requests_good_total',
    totalMetric: 'requests_total',
    objectivePercent: 99,
    windowMinutes: 60,
    ...fields,
  });

/** Records one sample a minute of a series, the first one `from` minutes after {@link T0}; undefined leaves one out. */
export async function minutely(
  store: EvidenceStore,
  labels: Labels,
  from: number,
  values: readonly (number | undefined)[],
): Promise<void> {
  const rows = values.flatMap((value, place) =>
    value === undefined ? [] : [[labels, (from + place) * MINUTE_MS, value] as const],
  );
  await store.append({ events: [], samples: blockOf(store, rows) });
}

/** So many times the same value. */
export const times = (many: number, value: number | undefined): readonly (number | undefined)[] =>
  Array.from({ length: many }, () => value);

/** A counter that starts at 0 and grows by these steps. */
export function counter(steps: readonly number[]): readonly number[] {
  let sum = 0;
  return [
    0,
    ...steps.map((step) => {
      sum += step;
      return sum;
    }),
  ];
}
