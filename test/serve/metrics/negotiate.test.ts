import { expect, it } from 'vitest';
import { formatFor } from '../../../src/serve/metrics/negotiate.js';

const OPEN = 'application/openmetrics-text';

it.each([
  [
    'what Prometheus 2.42 sends',
    `${OPEN};version=1.0.0,${OPEN};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
    'open',
  ],
  ['OpenMetrics alone', OPEN, 'open'],
  ['an older OpenMetrics', `${OPEN};version=0.0.1`, 'classic'],
  ['OpenMetrics less than text', `${OPEN};q=0.3,text/plain`, 'classic'],
  ['OpenMetrics refused', `${OPEN};q=0,text/plain;q=0.1`, 'classic'],
  ['a browser', 'text/html,*/*;q=0.8', 'classic'],
  ['nothing', undefined, 'classic'],
  ['nonsense', ';;q=x', 'classic'],
] as const)('answers %s in its format', (_, accept, format) => {
  expect(formatFor(accept)).toBe(format);
});
