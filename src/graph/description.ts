/** Descriptions in YAML that stand at the head of a file: what is wrong with one is told by its line. */
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** Makes the error of a fault in a file, at a line from 1. */
export type Refuse = (line: number, reason: string) => Error;

/** The line, from 1, of what a path of the description leads to, or of what it would stand in. */
function lineOf(document: Document, counter: LineCounter, path: readonly PropertyKey[]): number {
  // A single item may stand where a list is read: then its place in the list is none of the file.
  const unlisted = path.filter((part) => typeof part !== 'number');
  for (let length = path.length; length > 0; length -= 1) {
    const nodes = [path, unlisted].map((one) => document.getIn(one.slice(0, length), true));
    const node = nodes.find((one) => isNode(one) && one.range);
    if (isNode(node) && node.range) return counter.linePos(node.range[0]).line;
  }
  return 1;
}

/** The value of a document; undefined when it cannot be written out. */
function plainOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 }) ?? {};
  } catch {
    return undefined;
  }
}

/**
 * Reads a description and checks it; `whole` names it where no field of it is meant. Its lines must stand where they
 * stand in the file. Throws what `refuse` makes of the first fault.
 */
export function readDescription<T>(yaml: string, schema: z.ZodType<T>, whole: string, refuse: Refuse): T {
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const [reason = ''] = broken.message.split(/ at line |\n/);
    throw refuse(counter.linePos(broken.pos[0]).line, reason);
  }
  const value = plainOf(document);
  if (value === undefined) throw refuse(1, 'aliases are not taken');
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const path = issue?.path ?? [];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = path.length === 0 ? whole : path.map(String).join('.');
  const line = lineOf(document, counter, [...path, ...unknown]);
  throw refuse(line, `${field}: ${issue?.message ?? 'is not as expected'}`);
}
