import { describe, expect, it } from 'vitest';
import { type EventContent, instantOf, KnownNames } from '../../src/model/index.js';

const at = instantOf(0);
const failure = (service: string): EventContent => ({
  ...{ kind: 'failure', at, service, component: 'db', reason: 'timeout' },
});
const alert = (name: string): EventContent => ({ kind: 'alert_fired', at, name, severity: 'critical' });
const call = (service: string, callee: string): EventContent => ({ kind: 'dependency', at, service, callee });

describe('KnownNames', () => {
  it('takes names up to the limits, and those that are known however often', () => {
    const names = new KnownNames({ services: 3, alerts: 1 }, { services: ['a'], alerts: [] });
    expect([failure('a'), failure('b'), failure('c'), failure('a')].map((one) => names.admit(one))).toEqual(
      Array(4).fill(undefined),
    );
    expect(names.admit(failure('d'))).toEqual({
      field: 'service',
      message: expect.stringMatching(/^"d" is the name of a new service.*maxServices \(3\)/),
    });
    expect(names.admit(alert('Slow'))).toBeUndefined();
    expect(names.admit(alert('Down'))).toMatchObject({
      field: 'name',
      message: expect.stringContaining('maxAlertNames (1)'),
    });
    expect(names.counts).toEqual({ services: 3, alerts: 1 });
  });

  it('counts both ends of a dependency, and neither when there is room for one alone', () => {
    const names = new KnownNames({ services: 3, alerts: 1 }, { services: ['a', 'b'], alerts: [] });
    expect(names.admit(call('a', 'b'))).toBeUndefined();
    expect(names.admit(call('c', 'd'))).toMatchObject({ field: 'callee' });
    expect(names.counts.services).toBe(2);
    expect(names.admit(call('c', 'c'))).toBeUndefined();
    expect(names.admit(call('a', 'd'))).toMatchObject({ field: 'callee' });
  });

  it('goes on with more names than the limit, when there were more before it was set', () => {
    const names = new KnownNames({ services: 1, alerts: 1 }, { services: ['a', 'b'], alerts: [] });
    expect([names.admit(failure('b')), names.admit(failure('c'))?.field]).toEqual([undefined, 'service']);
  });
});
