/** Reads a unified diff as what it takes away and what it adds, less what only moved, comments and white space. */

/** A line that was taken away and the one that stands in its place. */
export interface Pair {
  readonly from: string;
  readonly to: string;
}

/** One hunk, without what it only moves. */
export interface Hunk {
  /** Lines that were taken away and have no other in their place. */
  readonly removed: readonly string[];
  /** Lines that were added and stand in no other's place. */
  readonly added: readonly string[];
  readonly pairs: readonly Pair[];
  /** Whether the hunk has both lines that go and lines that come, as rewritten code has. */
  readonly rewritten: boolean;
}

/** A diff as far as it changes anything. */
export interface Patch {
  readonly hunks: readonly Hunk[];
  /** Words of code that it takes away more often than it adds them, and the reverse. */
  readonly netRemoved: ReadonlySet<string>;
  readonly netAdded: ReadonlySet<string>;
  /** All other words: of lines that moved, of the context, of the headers. */
  readonly around: ReadonlySet<string>;
  readonly empty: boolean;
  /** Whether lines of code only changed their order. */
  readonly reordered: boolean;
}

/** Lines are the same line, changed, from this share of common words on (the coefficient of Dice). */
const ALIKE = 0.5;

/** Words of code as they are written: `MaxConns`, `title`, `15`. */
export function codeWords(line: string): readonly string[] {
  return line.match(/[A-Za-z_$][\w$]*|\d+(?:\.\d+)?/g) ?? [];
}

function withoutComment(line: string): string {
  return line
    .replace(/(^|\s)(\/\/|--|#(?=\s|$)).*$/, '')
    .replace(/\/\*.*?\*\//g, '')
    .replace(/^\s*\*.*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function dice(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of a) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of b) {
    const count = left.get(word) ?? 0;
    if (count > 0) {
      common++;
      left.set(word, count - 1);
    }
  }
  return a.length + b.length === 0 ? 0 : (2 * common) / (a.length + b.length);
}

/** Takes off what stands on both sides. */
function cancelled(
  removed: readonly string[],
  added: readonly string[],
): { readonly removed: readonly string[]; readonly added: readonly string[] } {
  const rest = [...added];
  const gone = removed.filter((line) => {
    const place = rest.indexOf(line);
    if (place < 0) return true;
    rest.splice(place, 1);
    return false;
  });
  return { removed: gone, added: rest };
}

function hunkOf(before: readonly string[], after: readonly string[]): Hunk {
  const { removed, added } = cancelled(before, after);
  const rest = [...added];
  const pairs: Pair[] = [];
  const alone: string[] = [];
  for (const from of removed) {
    const words = codeWords(from);
    const best = rest
      .map((to, place) => ({ place, to, alike: dice(words, codeWords(to)) }))
      .sort((a, b) => b.alike - a.alike)[0];
    if (best !== undefined && best.alike >= ALIKE) {
      pairs.push({ from, to: best.to });
      rest.splice(best.place, 1);
    } else alone.push(from);
  }
  const rewritten = alone.length > 0 && rest.length > 0;
  return { removed: alone, added: rest, pairs, rewritten };
}

interface RawHunk {
  readonly removed: string[];
  readonly added: string[];
}

function split(diff: string): { readonly raw: readonly RawHunk[]; readonly around: readonly string[] } {
  const raw: RawHunk[] = [{ removed: [], added: [] }];
  const around: string[] = [];
  for (const line of diff.split('\n')) {
    const hunk = raw.at(-1);
    if (line.startsWith('@@')) raw.push({ removed: [], added: [] });
    if (/^(@@|\+\+\+ |--- |diff |index )/.test(line)) around.push(line);
    else if (line.startsWith('-')) hunk?.removed.push(withoutComment(line.slice(1)));
    else if (line.startsWith('+')) hunk?.added.push(withoutComment(line.slice(1)));
    else around.push(line);
  }
  return { raw, around };
}

function counts(lines: readonly string[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const word of lines.flatMap(codeWords)) all.set(word, (all.get(word) ?? 0) + 1);
  return all;
}

/** The words that one side has and the other has not at all, or has less often. */
function surplus(of: ReadonlyMap<string, number>, over: ReadonlyMap<string, number>): ReadonlySet<string> {
  return new Set([...of].filter(([word, count]) => count > (over.get(word) ?? 0)).map(([word]) => word));
}

/** Reads a diff; of a text that is none every line counts as around it. */
export function readPatch(diff: string): Patch {
  const { raw, around } = split(diff);
  const full = (line: string): boolean => line !== '';
  const before = raw.flatMap(({ removed }) => removed.filter(full));
  const after = raw.flatMap(({ added }) => added.filter(full));
  const hunks = raw
    .map(({ removed, added }) => hunkOf(removed.filter(full), added.filter(full)))
    .filter(({ removed, added, pairs }) => removed.length + added.length + pairs.length > 0);
  const [left, right] = [counts(before), counts(after)];
  const netRemoved = surplus(left, right);
  const netAdded = surplus(right, left);
  const words = [...around.flatMap(codeWords), ...left.keys(), ...right.keys()];
  return {
    hunks,
    netRemoved,
    netAdded,
    around: new Set(words.filter((word) => !netRemoved.has(word) && !netAdded.has(word))),
    empty: hunks.length === 0,
    reordered: hunks.length === 0 && before.join('\n') !== after.join('\n'),
  };
}
