/** Writes texts from evidence into Markdown, so that none of them can be anything but text. */
import { readFileSync } from 'node:fs';
import MarkdownIt from 'markdown-it';

/** A piece of Markdown that is ready to be written. */
export class Markdown {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Marks that turn the direction of text around, with which a line can be made to read as another one. */
const DIRECTION = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g;

/**
 * A text as Markdown that shows it as it is, on one line. Marks of CommonMark, tables, autolinks and formulas are escaped
 * by backslashes; an underscore inside a word is none.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(CONTROL, ' ')
    .replace(DIRECTION, '\uFFFD')
    .replace(/[\\`*[\]<>|~&$^]/g, '\\$&')
    .replace(/(?<![A-Za-z\d])_|_(?![A-Za-z\d])/g, '\\_')
    .replace(/(\w):\/\//g, '$1\\://')
    .replace(/\b(www)\./gi, '$1\\.')
    .replace(/^(\s*)([#+=:-])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2');
}

/** A code block whose fence no text can close. */
export function fenced(text: string, language: string): Markdown {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return new Markdown(`${fence}${language}\n${text.replace(/\r/g, '')}\n${fence}`);
}

// HTML in Markdown is shown as text, links lead only where browsers may go without harm, and nothing becomes one by itself.
const renderer = new MarkdownIt({ html: false, linkify: false });

/** Markdown as HTML without any HTML of its own, for a page. */
export function markdownHtml(markdown: string): string {
  return renderer.render(markdown);
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The colours and the type that the pages have too, read with the first document. */
const TOKENS = new URL('../../../templates/tokens.css', import.meta.url);
let tokens: string | undefined;

function styleOf(): string {
  tokens ??= readFileSync(TOKENS, 'utf8');
  return `${tokens}${STYLE}`;
}

const STYLE = `
body { margin: 0 auto; padding: 1rem 1.25rem 3rem; max-width: 60rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.25; }
h2 { font-size: 1.2rem; margin-top: 2rem; padding-bottom: .3rem; border-bottom: 1px solid var(--ink); }
a { color: var(--accent); }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
table { display: block; overflow-x: auto; border-collapse: collapse; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .75rem .3rem 0; text-align: left; vertical-align: top; }
blockquote { border-left: 4px solid var(--edge); margin-left: 0; padding-left: 1rem; color: var(--soft); }
code, pre { font-family: var(--mono); font-size: .9em; }
pre { white-space: pre-wrap; background: var(--sunken); padding: .75rem; border-radius: var(--radius); }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  h2, h3 { break-after: avoid; }
  tr, blockquote, pre, li { break-inside: avoid; }
  table { display: table; width: 100%; }
}`;

/** A whole HTML document of a Markdown text, which loads nothing and runs nothing. */
export function htmlDocument(title: string, markdown: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${escapeHtml(title)}</title>
<style>${styleOf()}</style>
</head>
<body>
${markdownHtml(markdown)}</body>
</html>
`;
}
