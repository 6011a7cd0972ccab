/** What files of the archive held that their owner deleted. */
import { instantOf, type Window } from '../../../model/index.js';
import type { ArchivedKind, LostSpan } from '../../retention.js';
import type { Archive } from './archive.js';
import type { ArchiveFile } from './archive-table.js';

/** Of spans of one kind, in the order of time, those that lie side by side as one. */
function joined(files: readonly ArchiveFile[], { from, to }: Window): readonly LostSpan[] {
  const spans: LostSpan[] = [];
  for (const file of files) {
    const window = { from: instantOf(Math.max(from, file.from)), to: instantOf(Math.min(to, file.until)) };
    const last = spans.at(-1);
    if (last?.kind === file.kind && last.window.to >= window.from) {
      spans[spans.length - 1] = {
        kind: file.kind,
        window: { from: last.window.from, to: instantOf(Math.max(last.window.to, window.to)) },
      };
    } else spans.push({ kind: file.kind, window });
  }
  return spans;
}

/** See `EvidenceRetention.lost`. */
export async function lostOf(
  archive: Archive,
  window: Window,
  kinds?: readonly ArchivedKind[],
): Promise<readonly LostSpan[]> {
  const within = archive.files.filter(
    ({ kind, from, until }) =>
      from < window.to && window.from < until && (kinds === undefined || kinds.includes(kind)),
  );
  const isThere = await Promise.all(within.map((file) => archive.isThere(file)));
  const gone = within.filter((_, place) => isThere[place] !== true);
  const ordered = gone.sort((a, b) => (a.kind === b.kind ? a.from - b.from : a.kind < b.kind ? -1 : 1));
  return joined(ordered, window);
}
