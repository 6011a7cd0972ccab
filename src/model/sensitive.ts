/** What no label and no text may hold: credentials, and data of persons. Evidence is kept for long, and shown to many. */
import { type SensitiveRule, type Sensitivity, sensitiveRules } from './sensitive-rules.js';

/** What stands in the place of a value that was taken out, or is too little to be one. */
const HIDDEN =
  /^(?:\*+|x{3,}|<[^>]*>|\[[^\]]*\]|\([^)]* not kept\)|redacted|masked|hidden|none|null|true|false|.{1,3})$/i;

/** Names as they are compared: `clientSecret` as `client_secret`. */
const plainName = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();

/** A text without what rules found in it, each replaced by `[redacted: RULE]`, and the rules in their order. */
export interface Redacted {
  readonly text: string;
  readonly rules: readonly string[];
}

/** Looks for what may not be kept, by rules; who made it may hear of each find. */
export class Sensitive {
  readonly #rules: readonly SensitiveRule[];
  readonly #onFound: (rule: string) => void;

  constructor(rules: readonly SensitiveRule[], onFound: (rule: string) => void = () => undefined) {
    this.#rules = rules;
    this.#onFound = onFound;
  }

  /** The first rule that a label breaks; undefined when it breaks none. Never tell the value on. */
  ofLabel(name: string, value: string): SensitiveRule | undefined {
    if (value === '' || HIDDEN.test(value)) return undefined;
    const plain = plainName(name);
    const found = this.#rules.find(
      ({ labels, value: looks }) =>
        labels?.test(plain) !== false && (labels ?? looks) && looks?.(value) !== false,
    );
    if (found !== undefined) this.#onFound(found.name);
    return found;
  }

  /** Takes out of a text what rules find in it. */
  redact(text: string): Redacted {
    let rest = text;
    const broken: string[] = [];
    for (const { name, within } of this.#rules) {
      if (within === undefined) continue;
      const kept = rest.replace(within, () => `[redacted: ${name}]`);
      if (kept === rest) continue;
      broken.push(name);
      this.#onFound(name);
      rest = kept;
    }
    return { text: rest, rules: broken };
  }
}

/** Looks by the rules that come with Genchi. */
export const defaultSensitive = new Sensitive(sensitiveRules);

/**
 * What a label holds that it must not, by its name or by what its value looks like; undefined when nothing. Never tell
 * the value on.
 */
export function sensitivityOf(name: string, value: string): Sensitivity | undefined {
  return defaultSensitive.ofLabel(name, value)?.sensitivity;
}

/** What is kept in the place of a value that may not be kept. */
export const notKept = (sensitivity: Sensitivity): string => `(${sensitivity}, not kept)`;
