import { groupOf, wordsOfName } from './vocabulary.js';

// Words that any message or metric may have, so that sharing them says nothing.
const EMPTY_WORDS = new Set(
  `a an and are as at be by for from has have if in into is it its new no not of off on or per that the then this to
   was when will with without add added adds adjust bump change changed changes fix fixed fixes improve make merge
   move refactor release remove removed rename set support test tests tidy update updated upgrade use used using
   version max min avg mean sum count total rate ratio percent pct number value seconds second secs sec ms millis
   minutes minute bytes byte http https server client service svc app job api src lib pkg internal main index func
   function const let var return import export class public private void null nil true false string int err error
   errors failure failures failed fail log info warn debug high low above below alert firing is over under`.split(
    /\s+/,
  ),
);

/** A word without its ending, so that "evicting", "evicts" and "eviction" meet. */
export function stem(word: string): string {
  if (word.length < 5) return word;
  const cut = word.replace(/(ions?|ings?|ers?|ed|es|s|e)$/, '');
  return cut.length >= 4 ? cut : word;
}

/** The telling words of a text, as stems, each once, in order; numbers, hashes and empty words are left out. */
export function tellingWords(text: string): readonly string[] {
  const words = wordsOfName(text).filter(
    (word) => word.length >= 3 && !EMPTY_WORDS.has(word) && !/^\d+$|^v\d+$|^[0-9a-f]{7,}$/.test(word),
  );
  return [...new Set(words.map(stem))];
}

/** A bag of words with how much each weighs. */
export type WordBag = ReadonlyMap<string, number>;

/** Gathers texts into a bag; a word that several texts have keeps its largest weight. */
export function bagOf(texts: readonly { readonly text: string; readonly weight: number }[]): WordBag {
  const bag = new Map<string, number>();
  for (const { text, weight } of texts) {
    for (const word of tellingWords(text)) bag.set(word, Math.max(bag.get(word) ?? 0, weight));
  }
  return bag;
}

/** How words met. */
export interface Overlap {
  /** 0..1 */
  readonly value: number;
  /** The words that met, the weightiest first. */
  readonly words: readonly string[];
}

/** How much words that are not the same but of one field of the vocabulary count ("heap" and "memory"). */
const SAME_FIELD = 0.4;

/** How many words that meet in full make an overlap of one half. */
const HALF_OVERLAP = 1.5;

function fieldsOf(words: Iterable<string>): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const word of words) {
    const field = groupOf(word) ?? groupOf(`${word}e`) ?? groupOf(`${word}s`);
    if (field !== undefined && field !== 'other') fields.add(field);
  }
  return fields;
}

/**
 * How well the words of a change, or a bag of them with how much each counts, meet those of what went wrong. A word
 * that many changes have weighs less: it is divided by the number of changes that have it. {@link HALF_OVERLAP} such words make it one half.
 */
export function overlapOf(
  words: readonly string[] | WordBag,
  wrong: WordBag,
  changesWith: ReadonlyMap<string, number>,
): Overlap {
  const own: WordBag = 'get' in words ? words : new Map(words.map((word) => [word, 1]));
  const met = [...own]
    .flatMap(([word, share]) => {
      const weight = wrong.get(word);
      const rarity = 1 / Math.max(1, changesWith.get(word) ?? 1);
      return weight === undefined ? [] : [{ word, weight: share * weight * rarity }];
    })
    .sort((a, b) => b.weight - a.weight || (a.word < b.word ? -1 : 1));
  const fieldsWrong = fieldsOf(wrong.keys());
  const fieldsMet = [...fieldsOf(own.keys())].filter((field) => fieldsWrong.has(field));
  const metFields = fieldsOf(met.map(({ word }) => word));
  const kin = fieldsMet.filter((field) => !metFields.has(field)).length * SAME_FIELD;
  const sum = met.reduce((total, { weight }) => total + weight, 0) + kin;
  return { value: sum / (sum + HALF_OVERLAP), words: met.map(({ word }) => word) };
}
