import type { TermKey } from './bounds.js';
import type { KnowledgeView } from './stars.js';

/** More terms than this bound nothing that is worth the work. */
const MAX_TERMS = 1_000;

const unescapes: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n', '\\r': '\r' };

/** The key of an object as N-Triples writes it; undefined for literals with a type or a language. */
function keyOfObject(object: string): TermKey | undefined {
  if (object.startsWith('<')) return object;
  if (!object.startsWith('"') || !object.endsWith('"')) return undefined;
  return object.slice(0, -1).replace(/\\[\\"nr]/g, (written) => unescapes[written] ?? written);
}

interface Pair {
  readonly subject: TermKey;
  readonly object: TermKey | undefined;
}

/** Triples of the knowledge as N-Triples, with what the analysis of queries asks of them. */
export class IndexedTriples implements KnowledgeView {
  /** One triple a line. */
  readonly text: string;
  readonly size: number;
  readonly #subjects = new Set<TermKey>();
  readonly #byPredicate = new Map<string, Pair[]>();

  constructor(triples: readonly string[]) {
    this.text = triples.map((triple) => `${triple}\n`).join('');
    this.size = triples.length;
    for (const triple of triples) this.#index(triple);
  }

  #index(triple: string): void {
    const first = triple.indexOf(' ');
    const second = triple.indexOf(' ', first + 1);
    const subject = triple.slice(0, first);
    const predicate = triple.slice(first + 2, second - 1);
    const object = keyOfObject(triple.slice(second + 1, triple.lastIndexOf(' .')));
    const pairs = this.#byPredicate.get(predicate) ?? [];
    pairs.push({ subject, object });
    this.#byPredicate.set(predicate, pairs);
    this.#subjects.add(subject);
  }

  /** Every subject here is here whole: services and incidents are nowhere else, candidates are full copies. */
  isComplete(subject: TermKey): boolean {
    return this.#subjects.has(subject);
  }

  subjectsWith(
    predicate: string,
    objects: ReadonlySet<TermKey> | undefined,
  ): ReadonlySet<TermKey> | undefined {
    const found = new Set<TermKey>();
    for (const { subject, object } of this.#byPredicate.get(predicate) ?? []) {
      if (objects === undefined || (object !== undefined && objects.has(object))) found.add(subject);
      if (found.size > MAX_TERMS) return undefined;
    }
    return found;
  }

  objectsOf(predicate: string, subjects: ReadonlySet<TermKey> | undefined): ReadonlySet<TermKey> | undefined {
    const found = new Set<TermKey>();
    for (const { subject, object } of this.#byPredicate.get(predicate) ?? []) {
      if (subjects !== undefined && !subjects.has(subject)) continue;
      if (object === undefined) return undefined;
      found.add(object);
      if (found.size > MAX_TERMS) return undefined;
    }
    return found;
  }
}
