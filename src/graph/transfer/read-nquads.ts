import { TransferError } from './errors.js';
import { type Subject, SubjectGatherer, type Term } from './facts.js';
import { linesOf } from './file-text.js';

const IRI = '<([^<>"{}|^`\\x00-\\x20]*)>';
const BLANK_NODE = '_:[^\\s<>"]+';
const SUBJECT = new RegExp(`[ \\t]*${IRI}[ \\t]*`, 'y');
/** Predicate, object, and the name of a graph, which says nothing here: all receipts are in one graph. */
const REST = new RegExp(
  `${IRI}[ \\t]*(?:${IRI}|"((?:[^"\\\\\\n\\r]|\\\\.)*)"(?:\\^\\^${IRI}|@([A-Za-z]+(?:-[A-Za-z0-9]+)*))?)` +
    `[ \\t]*(?:${IRI}|${BLANK_NODE})?[ \\t]*\\.[ \\t\\r]*(?:#.*)?$`,
  'y',
);
const NOTHING = /^[ \t\r]*(?:#.*)?$/;
const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gs;
const LANG_STRING = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString';
const STRING = 'http://www.w3.org/2001/XMLSchema#string';

const escaped: Readonly<Record<string, string>> = {
  t: '\t',
  b: '\b',
  n: '\n',
  r: '\r',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/** Takes the escapes of N-Triples out of a text; undefined when one of them is none. */
function withoutEscapes(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  let good = true;
  const plain = text.replace(ESCAPE, (_, short?: string, long?: string, character?: string) => {
    const code = Number.parseInt(short ?? long ?? '', 16);
    if (code <= 0x10ffff) return String.fromCodePoint(code);
    const meant = character === undefined ? undefined : escaped[character];
    good &&= meant !== undefined;
    return meant ?? '';
  });
  return good ? plain : undefined;
}

function literalOf(
  text: string,
  datatype: string | undefined,
  language: string | undefined,
): Term | undefined {
  const value = withoutEscapes(text);
  if (value === undefined) return undefined;
  if (language !== undefined) return { type: 'literal', value, datatype: LANG_STRING };
  return datatype === undefined || datatype === STRING
    ? { type: 'literal', value }
    : { type: 'literal', value, datatype };
}

/** Reads lines of N-Quads into a gatherer; answers whether a line was one. */
class LineReader {
  readonly gatherer = new SubjectGatherer();
  /** How the last subject was written, since most lines begin as the one before. */
  #written = '';
  #subject = '';

  read(text: string, line: number): boolean {
    if (this.#written === '' || !text.startsWith(this.#written)) {
      SUBJECT.lastIndex = 0;
      const match = SUBJECT.exec(text);
      if (match === null) return NOTHING.test(text);
      this.#written = match[0];
      this.#subject = match[1] ?? '';
    }
    REST.lastIndex = this.#written.length;
    const match = REST.exec(text);
    if (match === null) return false;
    const [, predicate = '', iri, literal = '', datatype, language] = match;
    const object: Term | undefined =
      iri === undefined ? literalOf(literal, datatype, language) : { type: 'iri', value: iri };
    if (object === undefined) return false;
    this.gatherer.add(this.#subject, predicate, object, line);
    return true;
  }
}

/** The subjects of a file of N-Quads or N-Triples, as they stand; fails with `bad-file` at the first line that is none. */
export async function* readNQuads(path: string): AsyncGenerator<readonly Subject[]> {
  const reader = new LineReader();
  let line = 0;
  for await (const lines of linesOf(path)) {
    for (const text of lines) {
      line += 1;
      if (reader.read(text, line)) continue;
      throw new TransferError(
        `${path}, line ${line}: expected a triple or a quad without blank nodes, ` +
          `such as <subject> <predicate> "object" . but found: ${text.slice(0, 120)}`,
      );
    }
    yield reader.gatherer.take();
  }
  yield reader.gatherer.takeAll();
}
