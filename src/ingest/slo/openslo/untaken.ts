/** What is said of documents of OpenSLO that are not taken as they stand. */
import { z } from 'zod';
import { IngestError } from '../../errors.js';
import type { Remark, YamlDocument } from '../yaml-document.js';

/** What a document cannot be taken for: the path to it, and a sentence. */
export class Untaken extends IngestError {
  readonly path: readonly PropertyKey[];

  constructor(path: readonly PropertyKey[], message: string) {
    super('bad-item', message);
    this.path = path;
  }
}

/** Says what of a document is left out, or taken in another way than meant. */
export type Say = (path: readonly PropertyKey[], message: string) => void;

/** The head that every document of OpenSLO has. */
export const headShape = z.looseObject({
  apiVersion: z.string(),
  kind: z.string().default(''),
  metadata: z.looseObject({ name: z.string().optional() }).optional(),
});

function remarkOf(document: YamlDocument, path: readonly PropertyKey[], message: string): Remark {
  const { kind = '', metadata } = headShape.parse(document.value);
  const named = [kind, metadata?.name].filter((part) => part !== undefined && part !== '').join(' ');
  return {
    where: document.where,
    line: document.lineOf(path),
    message: `${[named, path.map(String).join('.')].filter((part) => part !== '').join(', ')}: ${message}`,
  };
}

/** Gathers what is said of documents, each thing once. */
export class Remarks {
  /** What makes an objective none. */
  readonly faults: Remark[] = [];
  /** What is left out, or taken in another way than meant. */
  readonly notes: Remark[] = [];
  readonly #noted = new Set<string>();

  fault(document: YamlDocument, path: readonly PropertyKey[], message: string): void {
    this.faults.push(remarkOf(document, path, message));
  }

  note(document: YamlDocument, path: readonly PropertyKey[], message: string): void {
    const remark = remarkOf(document, path, message);
    const key = `${remark.where}:${remark.line}: ${remark.message}`;
    if (this.#noted.has(key)) return;
    this.#noted.add(key);
    this.notes.push(remark);
  }

  /** What fits the schema; what does not is told of by its fields, the first ten of them. */
  checked<T>(document: YamlDocument, schema: z.ZodType<T>): T | undefined {
    const found = schema.safeParse(document.value);
    if (found.success) return found.data;
    for (const { path, message } of found.error.issues.slice(0, 10)) this.fault(document, path, message);
    return undefined;
  }
}
