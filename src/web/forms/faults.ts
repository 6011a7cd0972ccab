/** What is wrong with a form, by the name of the field; pure. */

/** Sentences by the name of their field; those of no field stand under the empty name. */
export type Faults = Readonly<Record<string, string>>;

/** Faults from what was found of each field: nothing is wrong with those of which nothing is said. */
export function faultsFrom(found: readonly (readonly [name: string, fault: string | undefined])[]): Faults {
  return Object.fromEntries(
    found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
}

/** What is wrong with a field that needs something in it. */
export const needed = (text: string, expected = 'a value'): string | undefined =>
  text.trim() === '' ? `Expected ${expected}.` : undefined;

/** The fields that a refusal of the server names, as `target: expected …; window: …`. */
export function faultsIn(detail: string, names: readonly string[]): Faults {
  const faults: Record<string, string> = {};
  for (const sentence of detail.split(/;\s+/)) {
    const [, name, said] = /^(?:Input\.|input\.)?(\w+): (.*)$/s.exec(sentence.trim()) ?? [];
    const isField = name !== undefined && said !== undefined && names.includes(name);
    const [key, text] = isField ? [name, said] : ['', sentence.trim()];
    faults[key] = key === '' && faults[''] !== undefined ? `${faults['']}; ${text}` : text;
  }
  return faults;
}

/** The number that a field holds; undefined when it is empty, NaN when it is none. */
export function numberIn(text: string): number | undefined {
  const plain = text.trim().replace(',', '.');
  return plain === '' ? undefined : Number(plain);
}

/** The text of a field; null when it is empty, as optional inputs take it. */
export const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
