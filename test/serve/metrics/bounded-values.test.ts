import { expect, it } from 'vitest';
import { BoundedValues } from '../../../src/serve/metrics/bounded-values.js';

it('gives the first so many values a place that they keep, and counts and tells of the others', () => {
  const told: string[] = [];
  const values = new BoundedValues(2, (value) => told.push(value));
  expect(['a', 'b', 'c', 'd', 'c', 'a'].map((value) => values.has(value))).toEqual([
    ...[true, true, false, false, false, true],
  ]);
  expect([values.leftOut, told]).toEqual([2, ['c']]);
});
