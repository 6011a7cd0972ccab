import { EventEmitter } from 'node:events';
import { Parser, type Quad } from 'n3';
import { blankNodeIn, TransferError } from './errors.js';
import { type Subject, SubjectGatherer, type Term } from './facts.js';
import { textOf } from './file-text.js';

const STRING = 'http://www.w3.org/2001/XMLSchema#string';

/** The object of a quad of an RDF/JS library; undefined for blank nodes and other terms that receipts never have. */
export function termOf(object: {
  readonly termType: string;
  readonly value: string;
  readonly datatype?: { readonly value: string };
}): Term | undefined {
  if (object.termType === 'NamedNode') return { type: 'iri', value: object.value };
  if (object.termType !== 'Literal') return undefined;
  const datatype = object.datatype?.value;
  return datatype === undefined || datatype === STRING
    ? { type: 'literal', value: object.value }
    : { type: 'literal', value: object.value, datatype };
}

/** Reads pushed text; keeps the first thing that was wrong. */
class TrigReader {
  readonly gatherer = new SubjectGatherer();
  /** What the parser listens to: pushed by hand, so that what it reads is taken in the same turn. */
  readonly text = new EventEmitter();
  readonly #path: string;
  #failure: TransferError | undefined;

  constructor(path: string) {
    this.#path = path;
    const parser = new Parser({ format: 'application/trig' });
    parser.parse(this.text, (error, quad) => {
      // The end is told by a quad that is null, whatever the types say.
      if (error) this.#fail(error.message, error);
      else if (quad) this.#add(quad);
    });
  }

  #fail(why: string, cause?: unknown): void {
    this.#failure ??= new TransferError(`${this.#path}: ${why}`, { cause });
  }

  #add({ subject, predicate, object }: Quad): void {
    const term = subject.termType === 'NamedNode' ? termOf(object) : undefined;
    if (term === undefined) this.#failure ??= blankNodeIn(this.#path, subject.value);
    else this.gatherer.add(subject.value, predicate.value, term);
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

/** The subjects of a file of TriG or Turtle, as they stand; fails with `bad-file` at the first thing that is wrong. */
export async function* readTrig(path: string): AsyncGenerator<readonly Subject[]> {
  const reader = new TrigReader(path);
  for await (const text of textOf(path)) {
    reader.text.emit('data', text);
    reader.check();
    yield reader.gatherer.take();
  }
  reader.text.emit('end');
  reader.check();
  yield reader.gatherer.takeAll();
}
