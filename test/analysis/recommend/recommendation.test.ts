import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byRank, byUrgency, type Proposal, ranked } from '../../../src/analysis/index.js';

const proposal: Proposal = {
  ...{ source: 'pillar', subject: 'kanban_latency_p99_ms', service: 'checkout', priority: 2 },
  ...{ title: 't', action: 'a', evidence: [], effort: 'medium', gainBasis: 'g' },
  expectedGainPercent: 45.9459,
};

describe('ranked', () => {
  it('divides the gain by the hours of the effort', () => {
    expect(ranked(proposal)).toMatchObject({ expectedGainPercent: 45.9, rank: 11.47 });
    expect(ranked({ ...proposal, effort: 'small' }).rank).toBe(30.6);
    expect(ranked({ ...proposal, effort: 'large' }).rank).toBe(5.74);
  });

  it('holds gains within 0..100 %', () => {
    expect(ranked({ ...proposal, expectedGainPercent: 480 }).expectedGainPercent).toBe(100);
    expect(ranked({ ...proposal, expectedGainPercent: -3 }).expectedGainPercent).toBe(0);
  });

  it('names a proposal by what it is about, whatever its figures are', () => {
    const id = ranked(proposal).id;
    expect(ranked({ ...proposal, priority: 1, expectedGainPercent: 1, title: 'other' }).id).toBe(id);
    expect(id).toBe('pillar/checkout/kanban_latency_p99_ms');
    fc.assert(
      fc.property(fc.tuple(fc.string(), fc.string()), fc.tuple(fc.string(), fc.string()), (a, b) => {
        const named = ([service, subject]: readonly [string, string]) =>
          ranked({ ...proposal, service, subject }).id;
        expect(named(a) === named(b)).toBe(a[0] === b[0] && a[1] === b[1]);
      }),
    );
  });
});

describe('orders', () => {
  const urgent = ranked({ ...proposal, priority: 1, expectedGainPercent: 5, subject: 'urgent' });
  const cheap = ranked({ ...proposal, priority: 3, effort: 'small', subject: 'cheap' });
  const dear = ranked({ ...proposal, priority: 3, effort: 'large', subject: 'dear' });

  it('puts what is urgent first, and gain for effort first among improvements', () => {
    expect([dear, cheap, urgent].toSorted(byUrgency)).toEqual([urgent, cheap, dear]);
    expect([dear, urgent, cheap].toSorted(byRank)).toEqual([cheap, dear, urgent]);
  });
});
