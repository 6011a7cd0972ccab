import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown, fenced, htmlDocument, markdownHtml } from '../../../src/rca/postmortem/markdown.js';

const reader = new MarkdownIt({ html: true, linkify: true });
const nasty = fc.string({
  unit: fc.constantFrom(
    ...'ab1 _*`[]()<>|~&$#+-=.!:\\/"\'{}^',
    'www.',
    'https://',
    '&amp;',
    '\n',
    '\t',
    '![',
    '](',
    '--',
  ),
  maxLength: 24,
});

/** What a reader sees of a text, and whether anything in it became more than text. */
function read(markdown: string): { readonly text: string; readonly types: readonly string[] } {
  const tokens = reader.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const types = tokens.map(({ type }) => type);
  const text = tokens
    .filter(({ type }) => type === 'text' || type === 'text_special')
    .map(({ content }) => content)
    .join('');
  return { text, types };
}

describe('escapeMarkdown', () => {
  it('shows every text as it is, with no mark-up, link or HTML in it', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const { text: seen, types } = read(`x ${escapeMarkdown(text)} x`);
        expect(
          [...new Set(types)].filter(
            (type) => !/^(paragraph_(open|close)|inline|text|text_special)$/.test(type),
          ),
        ).toEqual([]);
        expect(seen.replace(/\s+/g, ' ')).toBe(`x ${text} x`.replace(/\s+/g, ' '));
      }),
      { numRuns: 1_500, seed: 11 },
    );
  });

  it('opens no list, heading or rule at the start of a line', () => {
    for (const text of ['# a', '- a', '+ a', '1. a', '12) a', '---', '===', '    code', '> a', ': a']) {
      expect(read(escapeMarkdown(text)).types, text).not.toContain('list_item_open');
      expect(markdownHtml(escapeMarkdown(text).trim()), text).toMatch(/^<p>.*<\/p>\n$/);
    }
  });

  it('lets no text end a cell of a table, and turns no text around', () => {
    expect(escapeMarkdown('a|b\nc')).toBe('a\\|b c');
    expect(escapeMarkdown('safe\u202Egpj.exe')).toBe('safe\uFFFDgpj.exe');
  });

  it('leaves names of metrics readable', () => {
    expect(escapeMarkdown('http_requests_total of db-1')).toBe('http_requests_total of db-1');
  });
});

describe('fenced', () => {
  it('writes a block that no text can close', () => {
    const text = 'a\n````\n<script>\n```';
    const block = reader.parse(fenced(text, 'sh').text, {});
    expect(block.map(({ type }) => type)).toEqual(['fence']);
    expect(block[0]?.content).toBe(`${text}\n`);
  });
});

describe('htmlDocument', () => {
  it('has no HTML of the Markdown or of the title in it', () => {
    const page = htmlDocument('<img src=x>"', '<script>alert(1)</script>\n\n[x](javascript:alert(1))');
    expect(page).not.toMatch(/<script|<img|href="javascript/);
    expect(page).toContain("default-src 'none'");
  });
});
