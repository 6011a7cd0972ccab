/** Finds runbooks by words and where they come from; pure. */
import type { RunbookLineFragment } from '../generated/graphql.js';

/** Those that hold every word in their names, titles, owners, services or evidence. */
export function found(
  runbooks: readonly RunbookLineFragment[],
  { words, origin }: { readonly words: string; readonly origin: string },
): readonly RunbookLineFragment[] {
  const all = words.toLowerCase().split(/\s+/).filter(Boolean);
  return runbooks.filter((one) => {
    const text = [one.name, one.title, one.owner, ...one.services, ...one.evidence].join(' ').toLowerCase();
    return all.every((word) => text.includes(word)) && (origin === '' || one.origin === origin);
  });
}
