/** What went wrong in words: the texts of failures, abnormal metrics, logs and alerts, with how much each weighs. */

import { partsOf } from './edit.js';
import { type Family, familiesOf } from './fault-families.js';
import { bagOf, stem, tellingWords, type WordBag } from './words.js';

/** A text that tells of what went wrong. */
export interface TroubleText {
  readonly text: string;
  /** 0..1: how much is wrong there, and how near to where it begins. */
  readonly weight: number;
}

/** The words, names and families of what went wrong. */
export interface Trouble {
  readonly words: WordBag;
  /** Names of code and data that failures speak of (`ratelimit.go`, `dashboard_favorites`, `meta`), with their weight. */
  readonly names: ReadonlyMap<string, number>;
  readonly families: ReadonlyMap<Family, number>;
}

const QUOTED = /["'`[<]([\w.$:/-]{3,60})["'`\]>]/g;
const COMPOUND =
  /\b[A-Za-z][\w$]*(?:[._-][A-Za-z][\w$]*)+\b|\b[a-z]+(?:[A-Z][a-z0-9]+)+\b|\b(?:[A-Z][a-z0-9]+){2,}\b/g;

/** The names of things in a text: what stands in quotes or brackets, and words that only code writes like that. */
export function namesIn(text: string): readonly string[] {
  const quoted = [...text.matchAll(QUOTED)].flatMap((found) => found[1] ?? []);
  const compound = (text.match(COMPOUND) ?? []).flatMap((name) => [name, ...name.split('.')]);
  return [...new Set([...quoted, ...compound].map((name) => name.toLowerCase()))].filter(
    (name) => name.length >= 3 && /[a-z]/.test(name),
  );
}

function heaviest<K>(pairs: readonly (readonly [K, number])[]): ReadonlyMap<K, number> {
  const all = new Map<K, number>();
  for (const [key, weight] of pairs) all.set(key, Math.max(all.get(key) ?? 0, weight));
  return all;
}

/**
 * Gathers what went wrong. Words and names that `ordinary` texts have too (the same services on a good day), and the
 * names of the services themselves, tell nothing and are left out.
 */
export function troubleOf(
  texts: readonly TroubleText[],
  ordinary: readonly string[],
  services: readonly string[],
): Trouble {
  const usualNames = new Set([...ordinary.flatMap(namesIn), ...services.map((name) => name.toLowerCase())]);
  const usualWords = new Set([
    ...ordinary.flatMap(tellingWords),
    ...services.flatMap((name) => [name.toLowerCase(), ...partsOf(name)]).map(stem),
  ]);
  const bag = bagOf(texts);
  return {
    words: new Map([...bag].filter(([word]) => !usualWords.has(word) && !isServiceWord(word, services))),
    names: heaviest(
      texts.flatMap(({ text, weight }) =>
        namesIn(text)
          .filter((name) => !usualNames.has(name) && !isServiceWord(name, services))
          .map((name) => [name, weight] as const),
      ),
    ),
    families: heaviest(
      texts.flatMap(({ text, weight }) => familiesOf(text).map((family) => [family, weight] as const)),
    ),
  };
}

/** Whether a word is a service's name or the telling part of one: `payment` of `paymentservice`. */
function isServiceWord(word: string, services: readonly string[]): boolean {
  return services.some((service) => {
    const name = service.toLowerCase();
    return (
      name === word ||
      (word.length >= 4 && name.startsWith(word)) ||
      (word.startsWith(name) && /^[.:]/.test(word.slice(name.length)))
    );
  });
}
