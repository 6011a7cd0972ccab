/** `\p{Surrogate}` with the `u` flag finds only lone surrogates: pairs are read as one character. */
const LONE_SURROGATE = /\p{Surrogate}/u;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Why a text cannot be recorded, as a sentence; undefined when it can. Names become IRIs and values N-Triples and
 * XML, neither of which can hold a lone surrogate or U+0000.
 */
export function faultOfText(text: string, mostCharacters: number): string | undefined {
  if (text.length > mostCharacters) return `expected at most ${mostCharacters} characters`;
  if (text.includes('\0')) return 'expected text without U+0000';
  return LONE_SURROGATE.test(text) ? 'expected well-formed Unicode, without lone surrogates' : undefined;
}

/** Decodes UTF-8; undefined when the bytes are not well-formed. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A text from outside as it may stand in an answer: long ones are shortened. */
export function clip(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
