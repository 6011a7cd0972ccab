/** Takes what may not be kept out of receipts that come from a file, and counts it. */
import { type EventReceipt, type Labels, METRIC_LABEL, notKept, type Sensitive } from '../model/index.js';
import { receiptOf } from './content.js';
import { redactContent } from './redact.js';

/** So many fields are counted one by one; labels have any names. */
const MOST_COUNTED = 200;

/** How many values a rule found in a field. */
export interface RedactionCount {
  readonly rule: string;
  /** Such as `message` or `labels.db_password`. */
  readonly field: string;
  readonly values: number;
}

/** Cleans receipts one after the other; what they are known by stays. */
export class ReceiptCleaner {
  readonly #sensitive: Sensitive;
  readonly #counts = new Map<string, RedactionCount>();

  constructor(sensitive: Sensitive) {
    this.#sensitive = sensitive;
  }

  /** What was taken out so far, by rule and field. */
  get counts(): readonly RedactionCount[] {
    return [...this.#counts.values()];
  }

  /** An event without credentials in its texts, and without what its labels may not hold. */
  readonly event = (event: EventReceipt): EventReceipt => {
    const shown = event.labels === undefined ? event : { ...event, labels: this.labels(event.labels) };
    const { content, redactions } = redactContent(shown, this.#sensitive);
    for (const { field, rule } of redactions) this.#count(rule, field);
    const { id, receivedAt, door } = event;
    return receiptOf(content, { id, receivedAt, door });
  };

  /** Labels with the values hidden that no label may hold; the name of the metric stays. */
  readonly labels = (labels: Labels): Labels =>
    Object.fromEntries(
      Object.entries(labels).map(([name, value]) => {
        const rule = name === METRIC_LABEL ? undefined : this.#sensitive.ofLabel(name, value);
        if (rule === undefined) return [name, value];
        this.#count(rule.name, `labels.${name}`);
        return [name, notKept(rule.sensitivity)];
      }),
    );

  #count(rule: string, named: string): void {
    const key = (field: string): string => JSON.stringify([rule, field]);
    const field = this.#counts.has(key(named)) || this.#counts.size < MOST_COUNTED ? named : 'other fields';
    const values = (this.#counts.get(key(field))?.values ?? 0) + 1;
    this.#counts.set(key(field), { rule, field, values });
  }
}
