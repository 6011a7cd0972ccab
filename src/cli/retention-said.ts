/** What retention did, will do and found, as tables for people. */
import type { ArchiveCheck, RetentionPlan, RetentionStep } from '../evidence/index.js';
import { formatInstant, type Instant } from '../model/index.js';
import { bytesText, countText } from './progress.js';
import { formatTable } from './table.js';

const dayOf = (at: Instant): string => formatInstant(at).slice(0, 10);

interface Line {
  readonly what: string;
  readonly action: string;
  readonly rule: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly days: number;
  readonly rows: number;
  readonly bytes: number;
}

/** One line for each thing that is due, over all its days. */
function linesOf({ due }: RetentionPlan): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const { what, action, rule, window, rows, bytes } of due) {
    const before = lines.get(what);
    lines.set(what, {
      ...{ what, action, rule },
      from: before?.from ?? window.from,
      to: window.to,
      days: (before?.days ?? 0) + 1,
      rows: (before?.rows ?? 0) + rows,
      bytes: (before?.bytes ?? 0) + bytes,
    });
  }
  return [...lines.values()];
}

/** The name of what is due: roll-ups by their span. */
const nameOf = (what: string): string =>
  what === 'minute' || what === 'hour' ? `roll-ups by the ${what}` : what;

/** A plan as a table, with what stays since it is cited, and what the archive holds. */
export function planText(plan: RetentionPlan): string {
  const rows = linesOf(plan).map(({ what, action, rule, from, to, days, rows: count, bytes }) => [
    nameOf(what),
    action,
    countText(count),
    `about ${bytesText(bytes)}`,
    `${dayOf(from)} until ${dayOf(to)} (${days})`,
    rule,
  ]);
  const cited = Object.entries(plan.cited).map(([kind, count]) => `${countText(count)} of ${kind}`);
  const { files, missing, rows: archived, bytes } = plan.archive;
  return [
    rows.length === 0
      ? 'Nothing is due.\n'
      : formatTable({ columns: ['what', 'goes', 'rows', 'bytes', 'days (how many)', 'rule'], rows }),
    cited.length === 0 ? '' : `Older than their rule, kept because others cite them: ${cited.join(', ')}.\n`,
    files === 0
      ? 'The archive is empty.\n'
      : `The archive holds ${countText(archived)} receipts in ${countText(files)} files, ${bytesText(bytes)}` +
        `${missing === 0 ? '' : `; ${countText(missing)} of the files were deleted`}.\n`,
  ].join('');
}

/** A step as one line. */
export function stepText({ what, action, window, rows, file, bytes }: RetentionStep): string {
  const done = action === 'archive' ? 'archived' : 'removed';
  const where = file === undefined || bytes === undefined ? '' : ` into ${file} (${bytesText(bytes)})`;
  return `${done} ${countText(rows)} of ${nameOf(what)}, ${formatInstant(window.from)} until ${formatInstant(window.to)}${where}\n`;
}

/** The files of the archive that are not as they were written, and how many are. */
export function checksText(checks: readonly ArchiveCheck[]): string {
  const wrong = checks.flatMap(({ file, state, sha256, found }) => {
    if (state === 'sound') return [];
    return [
      state === 'missing' ? `${file}: deleted\n` : `${file}: damaged, SHA-256 is ${found}, was ${sha256}\n`,
    ];
  });
  const sound = checks.length - wrong.length;
  return `${wrong.join('')}${countText(sound)} of ${countText(checks.length)} files of the archive are as they were written.\n`;
}
