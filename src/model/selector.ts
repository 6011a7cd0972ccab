import { formatMatchers, parseMatchers } from './label-matchers.js';
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

/**
 * Reads label matchers in braces, as Prometheus writes them: `{track="canary", region!="eu"}`; undefined for anything
 * else, for none, and for more than {@link MOST_MATCHERS}. Regular expressions are not among them.
 */
export function parseSelector(text: string): Selector | undefined {
  const matchers = /^\s*\{[\s\S]*\}\s*$/.test(text) ? parseMatchers(text) : [];
  if (typeof matchers === 'string' || matchers.length === 0 || matchers.length > MOST_MATCHERS)
    return undefined;
  const plain = matchers.flatMap(({ label: name, operator, value }) =>
    operator === '=' || operator === '!=' ? [{ name, operator, value }] : [],
  );
  return plain.length === matchers.length ? plain : undefined;
}

/** Writes a selector as {@link parseSelector} reads it. */
export function formatSelector(selector: Selector): string {
  return formatMatchers(selector.map(({ name: label, operator, value }) => ({ label, operator, value })));
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
