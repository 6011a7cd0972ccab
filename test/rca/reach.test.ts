import { describe, expect, it } from 'vitest';
import { reachOf } from '../../src/rca/reach.js';
import { topologyOf } from './world.js';

describe('reachOf', () => {
  it('holds the service and all it calls, the nearest first, and knows its callers', () => {
    const topology = topologyOf([
      ['web', 'checkout'],
      ['checkout', 'payment'],
      ['checkout', 'cart'],
      ['payment', 'ledger'],
      ['cart', 'ledger'],
    ]);
    const reach = reachOf(topology, 'checkout');
    expect(reach.services).toEqual(['checkout', 'cart', 'payment', 'ledger']);
    expect(reach.distance.get('ledger')).toBe(2);
    expect([...reach.callers]).toEqual(['web']);
    expect(reach.graphKnown).toBe(true);
  });

  it('ends on services that call each other', () => {
    const topology = topologyOf([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
    ]);
    expect(reachOf(topology, 'b').services).toEqual(['b', 'c', 'a']);
  });

  it('is every service when no dependency is known', () => {
    const reach = reachOf(topologyOf([], ['a', 'b', 'c']), 'b');
    expect(reach.services).toEqual(['b', 'a', 'c']);
    expect(reach.graphKnown).toBe(false);
  });

  it('is the service alone when it is in no dependency but others are', () => {
    expect(reachOf(topologyOf([['a', 'b']], ['c']), 'c').services).toEqual(['c']);
  });
});
