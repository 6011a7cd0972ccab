/** What a check of the log found, for people. */
import type { LogDifference, LogVerdict } from '../evidence/index.js';
import { countText } from './progress.js';

/** A difference as one line: where it is, as far as that is known, and what it is. */
export function differenceText({ batch, kind, day, receipt, what }: LogDifference): string {
  const where = [
    ...(batch === undefined ? [] : [`batch ${batch}`]),
    ...(kind === undefined ? [] : [day === undefined || day === '-' ? kind : `${kind} of ${day}`]),
    ...(receipt === undefined ? [] : [`/id/${receipt}`]),
  ];
  return where.length === 0 ? what : `${where.join(', ')}: ${what}`;
}

function beforeText({ batches, receipts }: LogVerdict['before']): string {
  return batches === 0
    ? ''
    : `The log begins after ${countText(batches)} batches: ${countText(receipts)} receipts of them are not proven.\n`;
}

function removedText({ removed }: LogVerdict): string {
  return removed
    .map(
      ({ kind, day, parts, receipts }) =>
        `${kind} of ${day}: ${countText(receipts)} receipts in ${countText(parts)} parts were removed from the archive; the log still holds their hashes.\n`,
    )
    .join('');
}

/** A verdict as text; of a difference that it has nothing is said here. */
export function verdictText(verdict: LogVerdict): string {
  const { size, root, parts, receipts, difference } = verdict;
  const same = `${countText(receipts)} receipts in ${countText(parts)} parts are what the log says of them`;
  return [
    `The log has ${countText(size)} batches, its root is ${root}.\n`,
    beforeText(verdict.before),
    removedText(verdict),
    difference === undefined
      ? `Everything that is there was computed again: ${same}.\n`
      : `Up to the first difference ${same}.\n`,
  ].join('');
}
