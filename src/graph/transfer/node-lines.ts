/** N-Triples as Genchi itself writes them, taken apart for the formats that group them by subject. */

/** The predicate and the object of a triple, as N-Triples writes them without brackets around the predicate. */
export interface WrittenFact {
  readonly predicate: string;
  readonly object: string;
}

/** What is done with each subject: its IRI without brackets, and what is said of it. */
export type NodeWriter = (subject: string, facts: readonly WrittenFact[]) => string;

/**
 * Rewrites lines of N-Triples, whose triples of one subject follow each other, subject by subject. The lines are the
 * store's own, one space between terms, so they need no parser.
 */
export function rewriteNodes(text: string, write: NodeWriter): string {
  let out = '';
  let subject = '';
  let facts: WrittenFact[] = [];
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    if (stop > start) {
      if (subject === '' || !text.startsWith(`<${subject}> `, start)) {
        if (facts.length > 0) out += write(subject, facts);
        subject = text.slice(start + 1, text.indexOf('> ', start));
        facts = [];
      }
      const predicate = start + subject.length + 3;
      const object = text.indexOf('> ', predicate);
      facts.push({ predicate: text.slice(predicate + 1, object), object: text.slice(object + 2, stop - 2) });
    }
    start = stop + 1;
  }
  return facts.length > 0 ? out + write(subject, facts) : out;
}

/** A literal taken apart: its text as N-Triples escapes it, its datatype or its language. */
export interface WrittenLiteral {
  readonly escaped: string;
  readonly datatype?: string;
  readonly language?: string;
}

/** Takes a written literal apart; undefined for IRIs. */
export function literalOf(object: string): WrittenLiteral | undefined {
  if (!object.startsWith('"')) return undefined;
  if (object.endsWith('"')) return { escaped: object.slice(1, -1) };
  const close = object.lastIndexOf('"');
  const escaped = object.slice(1, close);
  const rest = object.slice(close + 1);
  return rest.startsWith('@')
    ? { escaped, language: rest.slice(1) }
    : { escaped, datatype: rest.slice(3, -1) };
}
