import { describe, expect, it } from 'vitest';
import { defaultLimits, EventsDecoder } from '../../../src/ingest/index.js';
import { json, now, registry } from '../fixture.js';

const base = { kind: 'slo', time: '2026-03-01T11:58:00.000Z', service: 'checkout', slo: 'checkout-latency' };
const threshold = {
  ...base,
  metric: 'kanban_latency_p99_ms',
  direction: 'at_most',
  target: 200,
  windowMinutes: 43_200,
};
const ratio = {
  ...base,
  goodMetric: 'requests_good',
  totalMetric: 'requests',
  objectivePercent: 99.9,
  windowMinutes: 43_200,
};

/** The fields that are refused, each with why; none when the objective is recorded. */
function refused(value: Readonly<Record<string, unknown>>): readonly string[] {
  const { intern } = registry();
  const { faults } = new EventsDecoder({ intern, limits: defaultLimits }).decode(json(value), now);
  return faults.map(({ field, message }) => `${field}: ${message}`);
}

describe('a service level objective', () => {
  it('holds a metric against a target, or counts good or bad events of all', () => {
    expect(refused(threshold)).toEqual([]);
    expect(refused(ratio)).toEqual([]);
    const { goodMetric, ...rest } = ratio;
    expect(refused({ ...rest, badMetric: 'requests_failed' })).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ['has neither', { ...base, windowMinutes: 60 }, /^metric: is required/],
    ['has both', { ...threshold, totalMetric: 'requests' }, /^totalMetric: not beside metric/],
    ['has no target', { ...threshold, target: undefined }, /^target: is required/],
    ['has no direction', { ...threshold, direction: undefined }, /^direction: is required/],
    [
      'has another direction',
      { ...threshold, direction: 'lower' },
      /^direction: expected at_most or at_least/,
    ],
    ['has no total', { ...ratio, totalMetric: undefined }, /^totalMetric: is required/],
    ['counts good and bad', { ...ratio, badMetric: 'requests_failed' }, /^goodMetric: expected either/],
    ['counts neither', { ...ratio, goodMetric: undefined }, /^goodMetric: expected either/],
    ['promises more than all', { ...ratio, objectivePercent: 101 }, /^objectivePercent: expected a share/],
    ['spans more than a year', { ...ratio, windowMinutes: 527_041 }, /^windowMinutes: expected at most/],
    ['has slices that leave a rest', { ...ratio, sliceMinutes: 7 }, /^sliceMinutes: expected one of 1, 2/],
    [
      'is no whole slices',
      { ...ratio, windowMinutes: 61, sliceMinutes: 5 },
      /^windowMinutes: expected a multiple/,
    ],
    [
      'judges slices twice',
      { ...threshold, sliceTargetPercent: 99 },
      /^sliceTargetPercent: not beside metric/,
    ],
    ['selects what it has not', { ...ratio, badSelector: '{a="b"}' }, /^badSelector: not without badMetric/],
    ['selects by nothing known', { ...ratio, selector: 'code==2' }, /^selector: expected matchers/],
    ['promises nothing', { ...ratio, objectivePercent: 0 }, /^objectivePercent: expected a share/],
    ['has no window', { ...ratio, windowMinutes: undefined }, /^windowMinutes: is required/],
    ['has an empty window', { ...ratio, windowMinutes: 0 }, /^windowMinutes: expected a number/],
  ])('is refused where it %s', (_, value, expected) => {
    const faults = refused(value);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(expected);
  });

  it('needs nothing but its name to be retired', () => {
    expect(refused({ ...base, retired: true })).toEqual([]);
    expect(refused({ ...base, retired: false })).not.toEqual([]);
  });
});
