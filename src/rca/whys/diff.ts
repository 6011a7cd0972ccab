import type { Change } from '../changes.js';
import { tellingWords } from '../words.js';

interface Line {
  readonly file: string;
  readonly number: number;
  readonly text: string;
  readonly isAdded: boolean;
}

/**
 * The lines that a unified diff adds or takes away, each with its file and its number there: in the new file for added
 * ones, in the old one for those taken away.
 */
function linesOf(diff: string): readonly Line[] {
  const lines: Line[] = [];
  let [file, before, after] = ['', 0, 0];
  for (const text of diff.split('\n')) {
    const named = /^\+\+\+ (?:b\/)?(\S+)/.exec(text)?.[1];
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(text);
    if (named !== undefined) file = named;
    else if (hunk !== null) [before, after] = [Number(hunk[1]), Number(hunk[2])];
    else if (text.startsWith('+'))
      lines.push({ file, number: after++, text: text.slice(1).trim(), isAdded: true });
    else if (text.startsWith('-') && !text.startsWith('---')) {
      lines.push({ file, number: before++, text: text.slice(1).trim(), isAdded: false });
    } else {
      before += 1;
      after += 1;
    }
  }
  return lines.filter(({ file, text }) => file !== '' && text !== '');
}

/** How many words of what went wrong a line has; that of a name counts like any other. */
function wordsMet(line: Line, wrong: ReadonlySet<string>): readonly string[] {
  return tellingWords(`${line.file} ${line.text}`).filter((word) => wrong.has(word));
}

/**
 * Says which line of a deployment's diff has most words in common with what went wrong; undefined when it has no
 * unified diff, or no line of it has any.
 */
export function diffFact({ receipt }: Change, words: ReadonlySet<string>): string | undefined {
  if (receipt.kind !== 'deployment' || receipt.diff === undefined) return undefined;
  const lines = linesOf(receipt.diff).map((line) => ({ line, met: wordsMet(line, words) }));
  // Of equals an added line: it is what runs now.
  const [best] = lines
    .filter(({ met }) => met.length > 0)
    .toSorted((a, b) => b.met.length - a.met.length || Number(b.line.isAdded) - Number(a.line.isAdded));
  if (best === undefined) return undefined;
  const { file, number, text, isAdded } = best.line;
  const quoted = text.length > 120 ? `${text.slice(0, 119)}…` : text;
  return `It ${isAdded ? 'added' : 'took away'} line ${number} of ${file}, \`${quoted}\`, which speaks of ${best.met.slice(0, 4).join(', ')}.`;
}
