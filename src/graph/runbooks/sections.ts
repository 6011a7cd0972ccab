/** What Markdown says of itself: the sections of a runbook, its steps, its links and its queries, each with its line. */
import MarkdownIt, { type Token } from 'markdown-it';

/** A section with its heading's line, from 1 in the Markdown. */
export interface Section {
  readonly title: string;
  readonly line: number;
  readonly isEmpty: boolean;
  /** The items of its first numbered list, as Markdown. */
  readonly steps: readonly string[];
}

/** A text with the line that it stands in, from 1 in the Markdown. */
export interface Placed {
  readonly text: string;
  readonly line: number;
}

/** A runbook's Markdown, taken apart. */
export interface Outline {
  readonly sections: readonly Section[];
  /** The destinations of its links. */
  readonly links: readonly Placed[];
  /** The code blocks whose language is sparql. */
  readonly queries: readonly Placed[];
}

const reader = new MarkdownIt({ html: false });

const lineOf = (token: Token): number => (token.map?.[0] ?? 0) + 1;

/** The first paragraph of each item of the first numbered list. */
function stepsOf(tokens: readonly Token[]): readonly string[] {
  const start = tokens.findIndex(({ type }) => type === 'ordered_list_open');
  const end = tokens.findIndex(
    ({ type, level }, at) => at > start && type === 'ordered_list_close' && level === 0,
  );
  if (start < 0) return [];
  return tokens.slice(start, end).flatMap((token, at, list) => {
    if (token.type !== 'list_item_open' || token.level !== 1) return [];
    const text = list.slice(at).find(({ type }) => type === 'inline');
    return text === undefined ? [] : [text.content.replace(/\s+/g, ' ').trim()];
  });
}

function sectionsOf(tokens: readonly Token[]): readonly Section[] {
  const starts = tokens.flatMap(({ type, tag }, at) => (type === 'heading_open' && tag === 'h2' ? [at] : []));
  return starts.flatMap((start, index) => {
    const heading = tokens[start];
    if (heading === undefined) return [];
    const body = tokens.slice(start + 3, starts[index + 1]);
    const title = tokens[start + 1]?.content.trim() ?? '';
    return [{ title, line: lineOf(heading), isEmpty: body.length === 0, steps: stepsOf(body) }];
  });
}

function linksOf(tokens: readonly Token[]): readonly Placed[] {
  return tokens.flatMap((token) =>
    (token.children ?? []).flatMap((child) => {
      const text = child.type === 'link_open' ? child.attrGet('href') : null;
      return text === null ? [] : [{ text: String(text), line: lineOf(token) }];
    }),
  );
}

/** Takes Markdown apart. */
export function outlineOf(markdown: string): Outline {
  const tokens = reader.parse(markdown, {});
  return {
    sections: sectionsOf(tokens),
    links: linksOf(tokens),
    queries: tokens.flatMap((token) =>
      token.type === 'fence' && token.info.trim() === 'sparql'
        ? [{ text: token.content, line: lineOf(token) + 1 }]
        : [],
    ),
  };
}
