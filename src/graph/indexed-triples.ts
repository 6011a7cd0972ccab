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

/** The pairs of one predicate; they are sorted by their ends when first looked for, as most predicates never are. */
class Pairs {
  readonly all: Pair[] = [];
  #bySubject: ReadonlyMap<TermKey | undefined, readonly Pair[]> | undefined;
  #byObject: ReadonlyMap<TermKey | undefined, readonly Pair[]> | undefined;

  ofSubjects(subjects: ReadonlySet<TermKey> | undefined): Iterable<Pair> {
    if (subjects === undefined) return this.all;
    this.#bySubject ??= grouped(this.all, ({ subject }) => subject);
    return found(this.#bySubject, subjects);
  }

  ofObjects(objects: ReadonlySet<TermKey> | undefined): Iterable<Pair> {
    if (objects === undefined) return this.all;
    this.#byObject ??= grouped(this.all, ({ object }) => object);
    return found(this.#byObject, objects);
  }
}

function grouped(
  pairs: readonly Pair[],
  keyOf: (pair: Pair) => TermKey | undefined,
): ReadonlyMap<TermKey | undefined, readonly Pair[]> {
  const groups = new Map<TermKey | undefined, Pair[]>();
  for (const pair of pairs) {
    const group = groups.get(keyOf(pair));
    if (group === undefined) groups.set(keyOf(pair), [pair]);
    else group.push(pair);
  }
  return groups;
}

function* found(
  groups: ReadonlyMap<TermKey | undefined, readonly Pair[]>,
  keys: ReadonlySet<TermKey>,
): Iterable<Pair> {
  for (const key of keys) yield* groups.get(key) ?? [];
}

/** Triples of the knowledge as N-Triples, with what the analysis of queries asks of them. */
export class IndexedTriples implements KnowledgeView {
  /** One triple a line. */
  readonly text: string;
  readonly size: number;
  readonly #subjects = new Set<TermKey>();
  readonly #byPredicate = new Map<string, Pairs>();

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
    const pairs = this.#byPredicate.get(predicate) ?? new Pairs();
    pairs.all.push({ subject, object });
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
    const some = new Set<TermKey>();
    for (const { subject } of this.#byPredicate.get(predicate)?.ofObjects(objects) ?? []) {
      some.add(subject);
      if (some.size > MAX_TERMS) return undefined;
    }
    return some;
  }

  objectsOf(predicate: string, subjects: ReadonlySet<TermKey> | undefined): ReadonlySet<TermKey> | undefined {
    const some = new Set<TermKey>();
    for (const { object } of this.#byPredicate.get(predicate)?.ofSubjects(subjects) ?? []) {
      if (object === undefined) return undefined;
      some.add(object);
      if (some.size > MAX_TERMS) return undefined;
    }
    return some;
  }
}
