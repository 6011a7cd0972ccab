import type { EvidenceStore } from '../evidence/index.js';
import { type EventReceipt, type Iris, pathOfEvent } from '../model/index.js';
import { isBefore, stateOf } from './latest.js';
import type { Rule } from './mapping.js';
import { RDF_TYPE, tps } from './vocabulary.js';

type Revision = EventReceipt<'slo'>;

/** Receipts are read so many at a time. */
const PAGE = 10_000;

/** Reads every revision of every objective, the oldest first. */
export async function readRevisions(store: EvidenceStore): Promise<readonly Revision[]> {
  const revisions: Revision[] = [];
  for (;;) {
    const last = revisions.at(-1);
    const page = await store.events({
      kinds: ['slo'],
      order: 'oldest-first',
      limit: PAGE,
      ...(last === undefined ? {} : { after: { at: last.at, id: last.id } }),
    });
    revisions.push(...page.flatMap((event) => (event.kind === 'slo' ? [event] : [])));
    if (page.length < PAGE) return revisions;
  }
}

/** Service level objectives with all their revisions: what was judged by an old one stays so. */
export class Slos {
  /** By name, the oldest revision first. */
  readonly #histories = new Map<string, readonly Revision[]>();
  /** The histories by name, until there is a new revision. */
  #sorted: readonly (readonly Revision[])[] | undefined;

  /** Takes note of a revision. */
  add(revision: Revision): void {
    const known = this.#histories.get(revision.slo) ?? [];
    if (known.some(({ id, at }) => id === revision.id && at === revision.at)) return;
    const place = known.findLastIndex((one) => !isBefore(revision, one)) + 1;
    this.#sorted = undefined;
    this.#histories.set(revision.slo, known.toSpliced(place, 0, revision));
  }

  /** All revisions of each objective, those of retired ones too, by name. */
  histories(): readonly (readonly Revision[])[] {
    this.#sorted ??= [...this.#histories].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, history]) => history);
    return this.#sorted;
  }

  /** The objectives in force, by name; those that were retired are not. */
  list(): readonly Revision[] {
    return this.histories().flatMap((history) => {
      const latest = history.at(-1);
      return latest === undefined || latest.retired === true ? [] : [latest];
    });
  }

  /** The triples of the objectives in force, each with the receipt of its revision. */
  triples(iris: Iris, rules: readonly Rule[]): readonly string[] {
    return this.list().flatMap((revision) => {
      const subject = `<${iris.of({ type: 'slo', name: revision.slo })}>`;
      return [
        `${subject} <${RDF_TYPE}> <${tps('Slo')}> .`,
        ...stateOf(revision, subject, rules),
        `${subject} <${tps('revision')}> <${iris.ofPath(pathOfEvent(revision))}> .`,
      ];
    });
  }
}
