/** Takes credentials out of the texts of events: messages, diffs, annotations. */
import { allFields, type EventContent, type FieldType, type Labels, type Sensitive } from '../model/index.js';
import { contentFrom } from './content.js';

/** What was taken out of an event: the field, and the rule that found it. */
export interface Redaction {
  readonly field: string;
  readonly rule: string;
}

/** An event without credentials, and what was taken out of it. */
export interface RedactedContent {
  readonly content: EventContent;
  readonly redactions: readonly Redaction[];
}

const types = allFields();

/** Redacts the texts of an event; the same event when nothing is found. */
export function redactContent(content: EventContent, sensitive: Sensitive): RedactedContent {
  const redactions: Redaction[] = [];
  const clean = (field: string, text: string): string => {
    const redacted = sensitive.redact(text);
    redactions.push(...redacted.rules.map((rule) => ({ field, rule })));
    return redacted.text;
  };
  const { kind, at, service, labels, ...fields } = content;
  const values = Object.entries(fields).map(
    ([name, value]: [string, unknown]) =>
      [name, typeof value === 'string' ? cleanValue(types.get(name), value, name, clean) : value] as const,
  );
  const kept: Labels = Object.fromEntries(
    Object.entries(labels ?? {}).map(([name, value]) => [name, clean(`labels.${name}`, value)]),
  );
  if (redactions.length === 0) return { content, redactions };
  return { content: contentFrom({ kind, at, service, labels: kept }, values), redactions };
}

type Clean = (field: string, text: string) => string;

/** What is no text names something, or is made by Genchi, and is kept as it stands. */
function cleanValue(type: FieldType | undefined, value: string, field: string, clean: Clean): string {
  if (type === 'text') return clean(field, value);
  if (type !== 'json') return value;
  const before = JSON.stringify(JSON.parse(value));
  // Each text by itself, so that what is left is JSON still.
  const after = JSON.stringify(JSON.parse(value), (_, part: unknown) =>
    typeof part === 'string' ? clean(field, part) : part,
  );
  return after === before ? value : after;
}
