import type { TermKey } from './bounds.js';
import type { Need } from './needs.js';
import { EVERY_PREDICATE } from './stars.js';

/** More terms than this bound nothing that is worth the work. */
const MAX_TERMS = 1_000;

/** A set of terms; undefined where they are too many to be of use as bounds, or cannot be told. */
export type Terms = ReadonlySet<TermKey> | undefined;

const unescapes: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n', '\\r': '\r' };

/** The key of an object as N-Triples writes it; undefined for literals with a type or a language. */
function keyOfObject(object: string): TermKey | undefined {
  if (object.startsWith('<')) return object;
  if (!object.startsWith('"') || !object.endsWith('"')) return undefined;
  return object.slice(0, -1).replace(/\\[\\"nr]/g, (written) => unescapes[written] ?? written);
}

/** Triples by subject and predicate, with what the analysis of queries asks of them; terms are as N-Triples writes them. */
export class IndexedTriples {
  #about = new Map<TermKey, Map<string, readonly string[]>>();
  #subjects = new Map<string, Set<TermKey>>();
  /** What of both no copy shares. */
  readonly #own = new Set<object>();
  #size = 0;

  /** Starts with these triples, one a text. */
  constructor(triples: Iterable<string> = []) {
    for (const triple of triples) this.add(triple);
  }

  get size(): number {
    return this.#size;
  }

  has(subject: TermKey): boolean {
    return this.#about.has(subject);
  }

  /** Adds a triple, as one text. */
  add(triple: string): void {
    const first = triple.indexOf(' ');
    const second = triple.indexOf(' ', first + 1);
    const subject = triple.slice(0, first);
    const predicate = triple.slice(first + 2, second - 1);
    const object = triple.slice(second + 1, triple.lastIndexOf(' .'));
    this.set(subject, predicate, [...this.objects(subject, predicate), object]);
  }

  /** The objects that a subject has, as they are written. */
  objects(subject: TermKey, predicate: string): readonly string[] {
    return this.#about.get(subject)?.get(predicate) ?? [];
  }

  /** The predicates that a subject has. */
  predicates(subject: TermKey): readonly string[] {
    return [...(this.#about.get(subject)?.keys() ?? [])];
  }

  /** Gives a subject these objects, as they are written, in the place of those before; none take the predicate away. */
  set(subject: TermKey, predicate: string, objects: readonly string[]): void {
    const about = this.#owned(this.#about.get(subject), (known) => new Map(known));
    const subjects = this.#owned(this.#subjects.get(predicate), (known) => new Set(known));
    const distinct = [...new Set(objects)];
    this.#size += distinct.length - (about.get(predicate)?.length ?? 0);
    this.#about.set(subject, about);
    this.#subjects.set(predicate, subjects);
    if (distinct.length > 0) {
      about.set(predicate, distinct);
      subjects.add(subject);
      return;
    }
    about.delete(predicate);
    subjects.delete(subject);
    if (about.size === 0) this.#about.delete(subject);
  }

  /** What may be changed without a copy seeing it. */
  #owned<T extends object>(known: T | undefined, copied: (known: T | undefined) => T): T {
    if (known !== undefined && this.#own.has(known)) return known;
    const copy = copied(known);
    this.#own.add(copy);
    return copy;
  }

  /** The triples as they are now; costs as much as there are subjects, and later changes what they change. */
  copy(): IndexedTriples {
    const copy = new IndexedTriples();
    copy.#about = new Map(this.#about);
    copy.#subjects = new Map(this.#subjects);
    copy.#size = this.#size;
    this.#own.clear();
    return copy;
  }

  /** The subjects that have a predicate with one of these objects, or with any. */
  subjectsWith(predicate: string, objects: Terms): Terms {
    const found = new Set<TermKey>();
    for (const subject of this.#subjects.get(predicate) ?? []) {
      if (objects === undefined || this.#hasOneOf(subject, predicate, objects)) found.add(subject);
      if (found.size > MAX_TERMS) return undefined;
    }
    return found;
  }

  #hasOneOf(subject: TermKey, predicate: string, objects: ReadonlySet<TermKey>): boolean {
    return this.objects(subject, predicate).some((object) => {
      const key = keyOfObject(object);
      return key !== undefined && objects.has(key);
    });
  }

  /** The objects that these subjects, or any, have of a predicate. */
  objectsOf(predicate: string, subjects: Terms): Terms {
    const found = new Set<TermKey>();
    for (const subject of subjects ?? this.#subjects.get(predicate) ?? []) {
      for (const object of this.objects(subject, predicate)) {
        const key = keyOfObject(object);
        if (key === undefined) return undefined;
        found.add(key);
      }
      if (found.size > MAX_TERMS) return undefined;
    }
    return found;
  }

  /** The triples as N-Triples, one a line: all, or those that some needs can see. */
  text(needs: readonly Need[] = [{ subjects: undefined, predicates: new Set([EVERY_PREDICATE]) }]): string {
    const lines: string[] = [];
    const written = new Set<string>();
    for (const [subject, predicate] of this.#needed(needs)) {
      const key = `${subject} <${predicate}>`;
      if (written.has(key)) continue;
      written.add(key);
      for (const object of this.objects(subject, predicate)) lines.push(`${key} ${object} .\n`);
    }
    return lines.join('');
  }

  *#needed(needs: readonly Need[]): Generator<readonly [TermKey, string]> {
    for (const { subjects, predicates } of needs) {
      if (predicates.has(EVERY_PREDICATE)) {
        for (const subject of subjects ?? this.#about.keys()) {
          for (const predicate of this.predicates(subject)) yield [subject, predicate];
        }
        continue;
      }
      for (const predicate of predicates) {
        for (const subject of subjects ?? this.#subjects.get(predicate) ?? []) yield [subject, predicate];
      }
    }
  }
}

/** All that some sets say together. */
export function unionOf(sets: readonly Terms[]): Terms {
  const found = new Set<TermKey>();
  for (const set of sets) {
    if (set === undefined) return undefined;
    for (const term of set) found.add(term);
  }
  return found.size > MAX_TERMS ? undefined : found;
}
