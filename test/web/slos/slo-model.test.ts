import { describe, expect, it } from 'vitest';
import { defaultLimits, SloReader } from '../../../src/ingest/index.js';
import { instantOf } from '../../../src/model/index.js';
import { faultsIn } from '../../../src/web/forms/faults.js';
import {
  EMPTY_SLO,
  faultsOf,
  formNames,
  inputOf,
  minutesIn,
  SERVER_FIELDS,
  type SloDraft,
} from '../../../src/web/slos/slo-model.js';

const level: SloDraft = { ...EMPTY_SLO, slo: 'a', service: 'web', metric: 'latency_ms', target: '200' };
const ratio: SloDraft = {
  ...EMPTY_SLO,
  slo: 'a',
  service: 'web',
  sort: 'good',
  counted: 'ok_total',
  totalMetric: 'all_total',
};

/** What the server says of a draft. */
function served(draft: SloDraft): readonly string[] {
  const { direction, ...input } = inputOf(draft);
  const fields = direction == null ? input : { ...input, direction: direction.toLowerCase() };
  const read = new SloReader(defaultLimits).read(fields, instantOf(Date.UTC(2026, 0, 1)));
  return 'faults' in read
    ? read.faults.map(({ field = '' }) => Object.keys(formNames({ [field]: '' }))[0] ?? '')
    : [];
}

describe('the form of an objective', () => {
  it('finds well what the server takes', () => {
    for (const draft of [
      level,
      ratio,
      { ...ratio, sort: 'bad' as const },
      { ...level, window: '90m', sliceMinutes: '30' },
    ]) {
      expect([faultsOf(draft), served(draft)]).toEqual([{}, []]);
    }
  });

  it('finds at the same fields what the server refuses', () => {
    const wrong: readonly (readonly [string, SloDraft])[] = [
      ['objectivePercent', { ...level, objectivePercent: '0' }],
      ['window', { ...level, window: '500d' }],
      ['window', { ...level, window: '91m', sliceMinutes: '30' }],
      ['sliceMinutes', { ...level, sliceMinutes: '7' }],
      ['sliceTargetPercent', { ...ratio, sliceTargetPercent: '101' }],
      ['target', { ...level, target: '' }],
    ];
    for (const [field, draft] of wrong) {
      expect(Object.keys(faultsOf(draft)), field).toEqual([field]);
      expect(served(draft), field).toContain(field);
    }
  });

  it('reads durations as people write them', () => {
    expect(['30d', '4w', '1h30m', '90m'].map(minutesIn)).toEqual([43_200, 40_320, 90, 90]);
    expect(['', '30', 'd', '1y', '1h x'].map(minutesIn)).toEqual(Array(5).fill(undefined));
  });

  it('puts what the server says beside the field that it names', () => {
    const detail = 'windowMinutes: is required; target: expected a number; the store is full';
    expect(formNames(faultsIn(detail, SERVER_FIELDS))).toEqual({
      ...{ window: 'is required', target: 'expected a number', '': 'the store is full' },
    });
  });
});
