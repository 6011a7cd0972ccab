/** YAML documents whose parts know the lines that they stand on. */
import { type Document, isNode, LineCounter, parseAllDocuments } from 'yaml';

/** Something to say of a place in a file. */
export interface Remark {
  /** The file, for people. */
  readonly where: string;
  /** From 1. */
  readonly line: number;
  /** The document and the field that are meant, and what is said of them. */
  readonly message: string;
}

/** A remark as `FILE:LINE: MESSAGE`. */
export function formatRemark({ where, line, message }: Remark): string {
  return `${where}:${line}: ${message}`;
}

/** One document of a file. */
export interface YamlDocument {
  readonly where: string;
  readonly value: unknown;
  /** The line of what a path leads to, or of what it would stand in. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

/** What is read of a file. */
export interface YamlFile {
  readonly documents: readonly YamlDocument[];
  readonly faults: readonly Remark[];
}

/** No file of objectives needs more; anything larger lies there by mistake. */
const MOST_CHARACTERS = 1_048_576;
const MOST_DOCUMENTS = 2_000;

function lineOf(document: Document, counter: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return 1;
}

/** Reads the documents of a file; one that is broken is told of by its line, and the others are read all the same. */
export function readYaml(where: string, text: string): YamlFile {
  if (text.length > MOST_CHARACTERS) {
    return {
      documents: [],
      faults: [{ where, line: 1, message: `larger than ${MOST_CHARACTERS} characters` }],
    };
  }
  const counter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: counter });
  const all = Array.isArray(parsed) ? parsed : [];
  if (all.length > MOST_DOCUMENTS) {
    return { documents: [], faults: [{ where, line: 1, message: `more than ${MOST_DOCUMENTS} documents` }] };
  }
  const documents: YamlDocument[] = [];
  const faults: Remark[] = [];
  for (const document of all) {
    const start = lineOf(document, counter, []);
    const [broken] = document.errors;
    if (broken !== undefined) {
      const [message = ''] = broken.message.split(/ at line |\n/);
      faults.push({ where, line: counter.linePos(broken.pos[0]).line, message });
      continue;
    }
    try {
      const value: unknown = document.toJS({ maxAliasCount: 0 });
      if (value === null) continue;
      documents.push({ where, value, lineOf: (path) => lineOf(document, counter, path) });
    } catch {
      faults.push({ where, line: start, message: 'aliases are not taken' });
    }
  }
  return { documents, faults };
}
