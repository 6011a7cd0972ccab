import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EARLIEST,
  eventKinds,
  Iris,
  identityOf,
  instantOf,
  type Named,
  parsePath,
  pathOf,
} from '../../src/model/index.js';

const identities = fc.string().map((text) => identityOf(text));
const instants = fc.integer({ min: EARLIEST, max: Date.parse('2100-01-01') }).map(instantOf);
const names = fc.string({ minLength: 1, unit: 'binary' }).filter((name) => name.isWellFormed());
const named: fc.Arbitrary<Named> = fc.oneof(
  fc.record({
    type: fc.constant('event' as const),
    kind: fc.constantFrom(...eventKinds),
    at: instants,
    id: identities,
  }),
  fc.record({ type: fc.constant('sample' as const), at: instants, series: identities }),
  fc.record({ type: fc.constant('series' as const), series: identities }),
  fc.record({ type: fc.constantFrom('service' as const, 'runbook' as const, 'slo' as const), name: names }),
  fc.record({ type: fc.constant('incident' as const), id: names }),
);

describe('IRIs', () => {
  const iris = new Iris('http://127.0.0.1:4600/');

  it('name what they were made for, whatever the names hold', () => {
    fc.assert(
      fc.property(named, (one) => {
        expect(parsePath(pathOf(one))).toEqual(one);
        expect(iris.parse(iris.of(one))).toEqual(one);
        expect(iris.of(one)).toMatch(/^http:\/\/127\.0\.0\.1:4600\/id\/[\w.~%/-]+$/);
      }),
    );
  });

  it.each([
    'failure',
    'failure/20260102T030405.678Z',
    'unknown/20260102T030405.678Z/0123456789abcdef0123456789abcdef',
    'failure/20260230T030405.678Z/0123456789abcdef0123456789abcdef',
    'failure/20260102T030405.678Z/xyz',
    'series/xyz',
    'service/',
    'service/%ff',
    'service/a/b/c',
    '',
  ])('that this server could not have made are not read: %j', (path) => {
    expect(parsePath(path)).toBeUndefined();
  });

  it('of another server are not read', () => {
    expect(iris.parse('http://elsewhere/id/service/a')).toBeUndefined();
  });
});
