/** What a check of the log found, for people. */
import type { LogDifference, LogVerdict } from '../evidence/index.js';
import { bytesText, countText } from './progress.js';

/** Which receipts a difference is among, where one hash of the log stands for all of them. */
const amongText = ({ among }: LogDifference): string =>
  among === undefined
    ? ''
    : `; the log keeps one hash for all of them, so that it cannot tell which: they go from /id/${among.first} to /id/${among.last}`;

/** A difference as one line: where it is, as far as that is known, and what it is. */
export function differenceText(difference: LogDifference): string {
  const { batch, kind, day, receipt } = difference;
  const what = `${difference.what}${amongText(difference)}`;
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

/** A verdict as text, with how long it took; of a difference that it has nothing is said here. */
export function verdictText(verdict: LogVerdict, seconds: number): string {
  const { size, root, parts, receipts, bytes, difference } = verdict;
  const rate = bytesText(bytes / Math.max(seconds, 0.001));
  const took = `Hashed ${bytesText(bytes)} in ${seconds.toFixed(1)} s, ${rate}/s.\n`;
  const same = `${countText(receipts)} receipts in ${countText(parts)} parts are what the log says of them`;
  return [
    `The log has ${countText(size)} batches, its root is ${root}.\n`,
    beforeText(verdict.before),
    removedText(verdict),
    difference === undefined
      ? `Everything that is there was computed again: ${same}.\n`
      : `Up to the first difference ${same}.\n`,
    took,
  ].join('');
}
