import type { Series } from './samples.js';

/** One condition on a label of a series; an absent label is an empty text. */
export interface Matcher {
  readonly name: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** Conditions that a series meets all of. */
export type Selector = readonly Matcher[];

/** A selector has at most so many conditions. */
export const MOST_MATCHERS = 20;

const MATCHER = /\s*([A-Za-z_][A-Za-z0-9_]*)\s*(!?=)\s*("(?:[^"\\]|\\.)*")\s*(?:,|$)/y;

function unquoted(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads label matchers in braces, as Prometheus writes them: `{track="canary", region!="eu"}`; undefined for anything
 * else, for none, and for more than {@link MOST_MATCHERS}. Regular expressions are not among them.
 */
export function parseSelector(text: string): Selector | undefined {
  const [, inner] = /^\s*\{(.*)\}\s*$/s.exec(text) ?? [];
  if (inner === undefined) return undefined;
  const found: Matcher[] = [];
  const matcher = new RegExp(MATCHER);
  while (matcher.lastIndex < inner.length) {
    const [, name, operator, quoted = ''] = matcher.exec(inner) ?? [];
    const value = unquoted(quoted);
    if (name === undefined || value === undefined || found.length === MOST_MATCHERS) return undefined;
    found.push({ name, operator: operator === '=' ? '=' : '!=', value });
  }
  return found.length === 0 ? undefined : found;
}

/** Writes a selector as {@link parseSelector} reads it. */
export function formatSelector(selector: Selector): string {
  return `{${selector.map(({ name, operator, value }) => name + operator + JSON.stringify(value)).join(', ')}}`;
}

/** Whether a series meets all conditions; `service` is its service, whichever of its labels tells it. */
export function isSelected(
  { labels, service }: Pick<Series, 'labels' | 'service'>,
  selector: Selector,
): boolean {
  return selector.every(({ name, operator, value }) => {
    const held = (name === 'service' ? service : labels[name]) ?? '';
    return (held === value) === (operator === '=');
  });
}
