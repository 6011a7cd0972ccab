import { formatInstant, type Instant, MINUTE_MS, shift } from '../../src/model/index.js';

const STEP_MS = 15_000;

/** A latency that jumps when a deployment arrives, and the alert on it: the smallest outage with a cause. */
export function outageEvents(alertedAt: Instant): readonly object[] {
  const deployedAt = shift(alertedAt, -5 * MINUTE_MS);
  const samples = Array.from({ length: 280 }, (_, index) => {
    const at = shift(alertedAt, (index - 279) * STEP_MS);
    const value = (at < deployedAt ? 40 : 400) + (index % 5);
    return { kind: 'metric', service: 'checkout', metric: 'latency_ms', value, time: formatInstant(at) };
  });
  return [
    ...samples,
    { kind: 'deployment', service: 'checkout', version: '2.0.0', time: formatInstant(deployedAt) },
    {
      kind: 'alert_fired',
      service: 'checkout',
      name: 'CheckoutSlow',
      severity: 'critical',
      summary: 'checkout is slow',
      metric: 'latency_ms',
      time: formatInstant(alertedAt),
    },
  ];
}
