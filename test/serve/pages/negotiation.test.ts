import { describe, expect, it } from 'vitest';
import { prefersPage } from '../../../src/serve/pages/negotiation.js';

describe('prefersPage', () => {
  it.each([
    ['text/html', true],
    ['TEXT/HTML;q=0.1', true],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['text/html;q=0.9, text/turtle;q=0.9', true],
    ['text/turtle, text/html;q=0.9', false],
    ['text/html;q=0', false],
    ['text/html;q=nonsense', false],
    ['*/*', false],
    ['text/html;q=0.5, */*', false],
    ['text/html;q=0.9, */*;q=0.1', true],
    ['application/ld+json', false],
    [undefined, false],
  ])('reads %s as %s', (accept, expected) => {
    expect(prefersPage(accept)).toBe(expected);
  });
});
