/** What of a window is not known any more, because its archive was deleted. */
import { type LostEvidence, readLost } from '../../analysis/index.js';
import type { ArchivedKind, EvidenceStore } from '../../evidence/index.js';
import type { Window } from '../../model/index.js';
import { builder } from './builder.js';
import { TimeWindow } from './window.js';

/** Looks for what is lost once a window, since most of what one request asks for has the same few. */
export class LostReader {
  readonly #store: EvidenceStore;
  readonly #known = new Map<string, Promise<readonly LostEvidence[]>>();

  constructor(store: EvidenceStore) {
    this.#store = store;
  }

  /** What of a window and of these kinds is lost, in the order of time. */
  read(window: Window, kinds: readonly ArchivedKind[]): Promise<readonly LostEvidence[]> {
    const key = JSON.stringify([window.from, window.to, kinds]);
    const known = this.#known.get(key) ?? readLost(this.#store, window, kinds);
    this.#known.set(key, known);
    return known;
  }
}

/** A span of time whose evidence is lost. */
export const LostEvidenceType = builder.objectRef<LostEvidence>('LostEvidence').implement({
  description:
    'Evidence of a span of time that is not known any more: its files of the archive were deleted.',
  fields: (t) => ({
    window: t.expose('window', { type: TimeWindow, description: 'The span of time.' }),
    kinds: t.stringList({
      description: 'The kinds of receipts; `sample` for samples of metrics.',
      resolve: ({ kinds }) => [...kinds],
    }),
    sentence: t.exposeString('sentence', { description: 'All of that in a sentence.' }),
  }),
});
