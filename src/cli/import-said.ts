/** What an import came to, as people read it and as JSON. */
import type { ImportOutcome } from '../graph/index.js';
import type { RedactionCount } from '../ingest/index.js';
import { countText } from './progress.js';

/** Fields that are told one by one. */
const MOST_TOLD = 20;

const plural = (count: number, one: string, many: string): string =>
  count === 1 ? `1 ${one}` : `${countText(count)} ${many}`;

const sumOf = (redacted: readonly RedactionCount[]): number =>
  redacted.reduce((sum, { values }) => sum + values, 0);

/** How many receipts were recorded, were there before, and were refused. */
export function summaryOf({ checked, ...outcome }: ImportOutcome): string {
  const { recordedEvents, recordedSamples, repeatedEvents, repeatedSamples, refused } = outcome;
  const recorded = `${countText(recordedEvents)} events and ${countText(recordedSamples)} samples recorded`;
  const repeated = `${countText(repeatedEvents + repeatedSamples)} recorded before`;
  return `${recorded}, ${repeated}, ${countText(refused.conflict + refused['too-old'])} refused`;
}

/** How many values rules found, nothing where they found none. */
export function redactedSum(redacted: readonly RedactionCount[]): string {
  const sum = sumOf(redacted);
  return sum === 0 ? '' : `, ${plural(sum, 'value', 'values')} redacted`;
}

/** Which values were taken out, or would be, by rule and field; nothing where there were none. */
export function redactionText(redacted: readonly RedactionCount[], isDone: boolean): string {
  if (redacted.length === 0) return '';
  const most = [...redacted].sort((one, other) => other.values - one.values);
  const told = most
    .slice(0, MOST_TOLD)
    .map(({ rule, field, values }) => `${countText(values)} in ${field} (${rule})`);
  const rest = most.slice(MOST_TOLD);
  if (rest.length > 0)
    told.push(`${countText(sumOf(rest))} in ${plural(rest.length, 'other field', 'other fields')}`);
  const sum = plural(sumOf(redacted), 'value', 'values');
  const is = isDone ? 'redacted' : 'would be redacted';
  return `${sum} ${is}, by the rules of the setting redaction: ${told.join(', ')}\n`;
}
