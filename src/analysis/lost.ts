/** Says which evidence of a window was deleted with the archive, so that what is missing is not taken for nothing. */
import { type ArchivedKind, countedKinds, type EvidenceStore, lastingKinds } from '../evidence/index.js';
import { formatInstant, type Window } from '../model/index.js';

/** What figures of the pillars are measured from. */
export const measuredKinds: readonly ArchivedKind[] = [
  'sample',
  ...new Set([...countedKinds, ...lastingKinds]),
];

/** Kinds of evidence that are not known any more of a span of time. */
export interface LostEvidence {
  readonly window: Window;
  /** Sorted by name; `sample` for samples of metrics. */
  readonly kinds: readonly ArchivedKind[];
  /** All of that for people. */
  readonly sentence: string;
}

const listed = (kinds: readonly ArchivedKind[]): string =>
  kinds.map((kind) => (kind === 'sample' ? 'samples' : `${kind} receipts`)).join(', ');

/** What of a window was deleted with files of the archive, of some kinds, in the order of time; kinds of one span together. */
export async function readLost(
  { retention }: Pick<EvidenceStore, 'retention'>,
  window: Window,
  kinds: readonly ArchivedKind[],
): Promise<readonly LostEvidence[]> {
  const bySpan = new Map<string, { readonly window: Window; readonly kinds: ArchivedKind[] }>();
  for (const lost of await retention.lost(window, kinds)) {
    const key = `${lost.window.from} ${lost.window.to}`;
    const known = bySpan.get(key);
    if (known === undefined) bySpan.set(key, { window: lost.window, kinds: [lost.kind] });
    else known.kinds.push(lost.kind);
  }
  return [...bySpan.values()]
    .sort((a, b) => a.window.from - b.window.from || a.window.to - b.window.to)
    .map((lost) => ({
      ...lost,
      sentence:
        `The archive of ${listed(lost.kinds)} from ${formatInstant(lost.window.from)} to ` +
        `${formatInstant(lost.window.to)} was deleted: what they said is not counted.`,
    }));
}
