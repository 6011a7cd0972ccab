import secureJson from 'secure-json-parse';
import { IngestError } from './errors.js';
import type { Limits } from './limits.js';
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
 * Parses JSON from outside. Throws `bad-json` when it is malformed, nested too deep, or holds a key that sets a
 * prototype (`__proto__`, `constructor.prototype`), and `body-too-large` when it holds too many values.
 */
export function parseJson(text: string, limits: Limits): unknown {
  // Before parsing, since brackets and commas cost far more memory as objects than as text.
  checkShape(text, limits);
  try {
    return secureJson.parse(text, { protoAction: 'error', constructorAction: 'error' });
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message : 'it cannot be parsed';
    throw new IngestError('bad-json', `The JSON is not acceptable: ${reason}.`, { cause });
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Counts brackets and commas outside of strings against the bounds of depth and of values. */
function checkShape(text: string, limits: Limits): void {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COMMA) values += 1;
    else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      values += 1;
      if (depth > limits.jsonDepth) {
        throw new IngestError('bad-json', `The JSON is nested more than ${limits.jsonDepth} deep.`);
      }
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  if (values > limits.jsonValues) {
    throw new IngestError('body-too-large', `The JSON holds more than ${limits.jsonValues} values.`);
  }
}

/** The position of the quote that ends the string begun at `from`; the end of the text when none does. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) {
    at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  }
  return at;
}
