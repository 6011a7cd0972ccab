import { describe, expect, it } from 'vitest';
import { extentOf } from '../../src/rca/explain.js';

describe('extentOf', () => {
  it.each([
    [64.7, 'by 64.7 %'],
    [-50.63, 'by 50.6 %'],
    [999.9, 'by 1000 %'],
    [1_000, 'to 11 times its median'],
    [496_707.6, 'to 4968 times its median'],
  ])('tells a change of %d %% as %s', (percent, text) => {
    expect(extentOf(percent)).toBe(text);
  });
});
