import secureJson from 'secure-json-parse';
import { IngestError } from './errors.js';
import { decodeUtf8 } from './text.js';

/** A parsed JSON object whose values are not checked yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed JSON value is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON text of a body; throws `bad-json` when it is not UTF-8. A byte order mark is dropped. */
export function jsonText(body: Uint8Array): string {
  const text = decodeUtf8(body);
  if (text === undefined) throw new IngestError('bad-json', 'The body is not UTF-8.');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/**
 * Parses JSON from outside. Throws `bad-json` when it is malformed, nested deeper than `mostDepth`, or holds a key
 * that sets a prototype (`__proto__`, `constructor.prototype`).
 */
export function parseJson(text: string, mostDepth: number): unknown {
  // Before parsing, since a deep text costs far more memory as objects than as text.
  if (nestsDeeper(text, mostDepth)) {
    throw new IngestError('bad-json', `The JSON is nested more than ${mostDepth} deep.`);
  }
  try {
    return secureJson.parse(text, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : 'it cannot be parsed';
    throw new IngestError('bad-json', `The JSON is not acceptable: ${reason}.`, { cause });
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether brackets outside of strings nest deeper than a bound. */
function nestsDeeper(text: string, mostDepth: number): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > mostDepth) return true;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return false;
}

/** The position of the quote that ends the string begun at `from`; the end of the text when none does. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) {
    at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  }
  return at;
}
