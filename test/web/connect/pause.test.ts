import { expect, it } from 'vitest';
import { pauseBefore } from '../../../src/web/connect/pause.js';

it('asks often at first, seldom after five minutes, and never once nothing is waited for', () => {
  expect(pauseBefore(0, true)).toBe(2_000);
  expect(pauseBefore(299_999, true)).toBe(2_000);
  expect(pauseBefore(300_000, true)).toBe(15_000);
  expect(pauseBefore(0, false)).toBeUndefined();
});
