import { expect, it } from 'vitest';
import { BoundedValues } from '../../../src/serve/metrics/bounded-values.js';

it('gives the first so many values a place that they keep, and counts and tells of the others', () => {
  const told: string[] = [];
  const values = new BoundedValues(2, (value) => told.push(value));
  expect(['a', 'b', 'c', 'd', 'c', 'a'].map((value) => values.has(value))).toEqual([
    ...[true, true, false, false, false, true],
  ]);
  expect([values.placed, values.leftOut, told]).toEqual([2, 2, ['c']]);
});

it('gives the places of what is gone to others', () => {
  const values = new BoundedValues(1);
  values.has('a');
  values.has('b');
  values.keepOnly(new Set(['b']));
  expect([values.placed, values.leftOut]).toEqual([0, 1]);
  expect([values.has('b'), values.has('a'), values.leftOut]).toEqual([true, false, 1]);
});
