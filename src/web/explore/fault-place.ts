/** Where in a query the server's complaint points, and what it says in plain words. */
import type { Problem } from '../data/problem.js';

/** A stretch of the text, in UTF-16 units, and what is wrong there. */
export interface QueryFault {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/** The end of the word, or the one character, that begins at a place. */
function endOfWord(text: string, from: number): number {
  const [word = ''] = /^[\w:?$-]+/.exec(text.slice(from)) ?? [];
  return Math.min(text.length, from + Math.max(1, word.length));
}

function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return Math.min(text.length, before + column - 1);
}

/** What a parser means by a list of tokens, in a few words. */
function plainWords(detail: string): string {
  const [, found] = /but found: '([^']*)'/.exec(detail) ?? [];
  if (/At its end/.test(detail))
    return 'The query ends too early: something is missing, such as a closing bracket.';
  if (found !== undefined) return `“${found}” cannot stand here.`;
  const [, character] = /unexpected character: ->(.*?)<-/.exec(detail) ?? [];
  if (character === undefined) return detail.replace(/^The query cannot be read:\s*/, '');
  return character === '"' || character === "'"
    ? `The text that begins with ${character} has no end.`
    : `“${character}” cannot stand here: names have a prefix, variables a question mark.`;
}

/** The place that a problem speaks of; undefined for one of no place. */
export function faultIn(text: string, { code, detail }: Problem): QueryFault | undefined {
  if (code !== 'query-malformed') return undefined;
  const message = plainWords(detail);
  const [, offset] = /at offset (\d+)/.exec(detail) ?? [];
  const [, line, column] = /[Aa]t line (\d+), column (\d+)/.exec(detail) ?? [];
  const [, prefix] = /Unknown prefix: (\w*)/.exec(detail) ?? [];
  if (/At its end/.test(detail))
    return { from: Math.max(0, text.trimEnd().length - 1), to: text.length, message };
  const from =
    offset !== undefined
      ? Number(offset)
      : line !== undefined && column !== undefined
        ? offsetOf(text, Number(line), Number(column))
        : prefix !== undefined
          ? text.indexOf(`${prefix}:`)
          : -1;
  if (from < 0 || from > text.length) return undefined;
  return { from: Math.min(from, Math.max(0, text.length - 1)), to: endOfWord(text, from), message };
}
