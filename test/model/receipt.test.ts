import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allFields,
  canonicalLabels,
  componentOf,
  describeSeries,
  type EventContent,
  identityOf,
  identityOfContent,
  instantOf,
  type KindSpec,
  kinds,
  type SeriesRef,
  serviceOf,
} from '../../src/model/index.js';

describe('identities', () => {
  it('differ when any part differs, and how parts are divided counts', () => {
    const parts = fc.array(fc.option(fc.string(), { nil: undefined }), { maxLength: 4 });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same =
          JSON.stringify(one.map((p) => p ?? null)) === JSON.stringify(other.map((p) => p ?? null));
        expect(identityOf(...one) === identityOf(...other)).toBe(same);
      }),
    );
    expect(identityOf('ab', 'c')).not.toBe(identityOf('a', 'bc'));
    expect(identityOf('')).not.toBe(identityOf(undefined));
  });

  it('of content do not depend on the order of fields or labels, and change with each of them', () => {
    const at = instantOf(1_767_323_045_000);
    const one: EventContent = {
      kind: 'failure',
      at,
      service: 'a',
      component: 'c',
      reason: 'r',
      labels: { x: '1', y: '2' },
    };
    const turned: EventContent = {
      labels: { y: '2', x: '1' },
      reason: 'r',
      component: 'c',
      service: 'a',
      at,
      kind: 'failure',
    };
    expect(identityOfContent(turned)).toBe(identityOfContent(one));
    const others: EventContent[] = [
      { ...one, reason: 's' },
      { ...one, service: 'b' },
      { ...one, at: instantOf(at + 1) },
      { ...one, labels: { x: '1' } },
      { ...one, queueDepthSnapshot: 0 },
    ];
    expect(new Set([one, ...others].map(identityOfContent)).size).toBe(6);
  });
});

describe('series', () => {
  it('are known by their labels in any order', () => {
    expect(canonicalLabels({ b: '2', a: '1' })).toBe(canonicalLabels({ a: '1', b: '2' }));
    const series = describeSeries(3 as SeriesRef, { __name__: 'up', job: 'api', instance: 'h:1' });
    expect(series).toMatchObject({
      metric: 'up',
      service: 'api',
      component: 'h:1',
      labels: { job: 'api', instance: 'h:1' },
    });
  });

  it('take their service and component from the first label that names one', () => {
    expect(serviceOf({ job: 'scrape', app: '', service: 'cart' })).toBe('cart');
    expect(serviceOf({ severity: 'page' })).toBeUndefined();
    expect(componentOf({ pod: 'p-1', instance: 'h:1' })).toBe('p-1');
  });
});

describe('the kinds', () => {
  it('give a field that several share the same type in all', () => {
    const types = allFields();
    for (const [kind, spec] of Object.entries(kinds) as [string, KindSpec][]) {
      for (const [name, field] of Object.entries(spec.fields)) {
        expect(types.get(name), `${kind}.${name}`).toBe(field.type);
      }
    }
  });

  it('have no field whose column would collide with another, whatever the case', () => {
    const columns = [
      'batch',
      'kind',
      'id',
      'at',
      'receivedAt',
      'door',
      'service',
      'labels',
      ...allFields().keys(),
    ];
    expect(new Set(columns.map((name) => name.toLowerCase())).size).toBe(columns.length);
  });
});
