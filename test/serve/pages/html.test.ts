import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from '../../../src/serve/pages/html.js';

/** Undoes the escaping, in the reverse order of how it must be done. */
const textOf = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

describe('html', () => {
  it('lets no text leave the place that it was put in, and loses none of it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'a', ';', '#', ' ') }),
        (text) => {
          const { text: written } = html`<a title="${text}">${text}</a>`;
          const parts = /^<a title="([^"<>']*)">([^"<>']*)<\/a>$/.exec(written);
          expect(parts?.slice(1).map(textOf)).toEqual([text, text]);
        },
      ),
      { seed: 4_600 },
    );
  });

  it('keeps what is HTML already, joins lists and leaves out what is absent', () => {
    expect(html`<ul>${['<', html`<li>`, 1, undefined]}</ul>`.text).toBe('<ul>&lt;<li>1</ul>');
  });
});
