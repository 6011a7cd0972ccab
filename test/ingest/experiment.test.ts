import { describe, expect, it } from 'vitest';
import { defaultLimits, EventsDecoder } from '../../src/ingest/index.js';
import { json, now, registry } from './fixture.js';

const experiment = {
  kind: 'experiment_started',
  time: '2026-03-01T11:58:00.000Z',
  service: 'checkout',
  experiment: 'cache',
  metric: 'kanban_latency_p99_ms',
};
const improvement = {
  kind: 'improvement',
  time: '2026-03-01T11:58:00.000Z',
  service: 'checkout',
  improvement: 'pool-20',
  title: 'A pool of 20 connections',
  state: 'done',
};

/** The fields that are refused, each with why; none when the event is recorded. */
function refused(value: Readonly<Record<string, unknown>>): readonly string[] {
  const { intern } = registry();
  const { faults } = new EventsDecoder({ intern, limits: defaultLimits }).decode(json(value), now);
  return faults.map(({ field, message }) => `${field}: ${message}`);
}

describe('an experiment', () => {
  it('may say how its canary and its control are told apart, and how long it lasts', () => {
    expect(refused(experiment)).toEqual([]);
    const canary = { treatedSelector: '{track="canary"}', controlSelector: '{track="stable"}' };
    expect(refused({ ...experiment, ...canary, plannedMinutes: 120, expectedChangePercent: -30 })).toEqual(
      [],
    );
  });

  it.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'a selector that cannot be read',
      { treatedSelector: 'track=canary' },
      /^treatedSelector: expected label/,
    ],
    ['a control without a canary', { controlSelector: '{a="b"}' }, /^treatedSelector: is required/],
    ['a plan of nine minutes', { plannedMinutes: 9 }, /^plannedMinutes: expected 10 to 2000/],
    ['a plan of two days', { plannedMinutes: 2_880 }, /^plannedMinutes: expected 10 to 2000/],
    ['no change expected', { expectedChangePercent: 0 }, /^expectedChangePercent: expected a change/],
  ])('is refused with %s', (_, fields, why) => {
    expect(refused({ ...experiment, ...fields })).toEqual([expect.stringMatching(why)]);
  });
});

describe('an improvement', () => {
  it('is taken with its effort, and refused with another one or in another state', () => {
    expect(refused({ ...improvement, effort: 'small' })).toEqual([]);
    expect(refused({ ...improvement, effort: 'tiny' })).toEqual([
      expect.stringMatching(/^effort: expected one/),
    ]);
    expect(refused({ ...improvement, state: 'open' })).toEqual([
      expect.stringMatching(/^state: expected one/),
    ]);
  });
});
