import oxigraph from 'oxigraph';
import { z } from 'zod';
import { RDF_TYPE, XSD_STRING } from './../vocabulary.js';
import { blankNodeIn, TransferError } from './errors.js';
import type { Fact, Subject, Term } from './facts.js';
import { linesOf, textOf } from './file-text.js';
import { JsonLdContext } from './jsonld-context.js';
import { termOf } from './read-trig.js';

/** What a file that was not written line by line may hold, in characters: it is read as a whole. */
const MAX_WHOLE_CHARACTERS = 64 * 1024 * 1024;

const valueShape = z.union([
  z.string(),
  z.strictObject({ '@id': z.string() }),
  z.strictObject({
    '@value': z.string(),
    '@type': z.string().optional(),
    '@language': z.string().optional(),
  }),
]);
type Value = z.output<typeof valueShape>;
const nodeShape = z.record(z.string(), z.union([valueShape, z.array(valueShape)]));

const LANG_STRING = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString';

function literal(value: string, datatype: string | undefined): Term {
  return datatype === undefined || datatype === XSD_STRING
    ? { type: 'literal', value }
    : { type: 'literal', value, datatype };
}

function termOfValue(value: Value, coercion: string | undefined, context: JsonLdContext): Term {
  if (typeof value === 'string') {
    return coercion === '@id' ? { type: 'iri', value: context.expand(value) } : literal(value, coercion);
  }
  if ('@id' in value) return { type: 'iri', value: context.expand(value['@id']) };
  const { '@value': text, '@type': type, '@language': language } = value;
  if (language !== undefined) return { type: 'literal', value: text, datatype: LANG_STRING };
  return literal(text, type === undefined ? undefined : context.expand(type));
}

/** One node on one line, as exports write them. */
function subjectOf(text: string, line: number, context: JsonLdContext): Subject | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const node = nodeShape.safeParse(json);
  if (!node.success) return undefined;
  let iri: string | undefined;
  const facts: Fact[] = [];
  for (const [key, value] of Object.entries(node.data)) {
    const predicate = context.expand(key);
    if (predicate === '@id') {
      iri = typeof value === 'string' ? value : undefined;
      continue;
    }
    const isType = predicate === '@type';
    const coercion = context.term(key)?.coercion;
    for (const one of Array.isArray(value) ? value : [value]) {
      const object: Term =
        isType && typeof one === 'string'
          ? { type: 'iri', value: context.expand(one) }
          : termOfValue(one, coercion, context);
      facts.push({ predicate: isType ? RDF_TYPE : predicate, object });
    }
  }
  return iri === undefined ? undefined : { iri, line, facts };
}

/** The context of a first line as exports write it; undefined for any other. */
function contextOfHead(head: string): JsonLdContext | undefined {
  const [, context] = /^\{"@context":(\{.*\}),"@graph":\[\r?$/.exec(head) ?? [];
  if (context === undefined) return undefined;
  try {
    return JsonLdContext.of(JSON.parse(context));
  } catch {
    return undefined;
  }
}

async function headOf(path: string): Promise<string> {
  for await (const [first = ''] of linesOf(path)) return first;
  return '';
}

async function* readLines(path: string, context: JsonLdContext): AsyncGenerator<readonly Subject[]> {
  let line = 0;
  let ended = false;
  for await (const lines of linesOf(path)) {
    const subjects: Subject[] = [];
    for (const text of lines) {
      line += 1;
      if (line === 1 || text.trim() === '') continue;
      if (text.trim() === ']}') {
        ended = true;
        continue;
      }
      const subject = ended ? undefined : subjectOf(text.replace(/,\r?$/, ''), line, context);
      if (subject === undefined) {
        throw new TransferError(
          `${path}, line ${line}: expected one node of JSON-LD, but found: ${text.slice(0, 120)}`,
        );
      }
      subjects.push(subject);
    }
    yield subjects;
  }
  if (!ended)
    throw new TransferError(`${path}, line ${line}: the file ends before its last line, which is ]}`);
}

async function wholeText(path: string): Promise<string> {
  let whole = '';
  for await (const text of textOf(path)) {
    whole += text;
    if (whole.length > MAX_WHOLE_CHARACTERS) {
      throw new TransferError(
        `${path}: JSON-LD that is not written one node a line is read up to ${MAX_WHOLE_CHARACTERS} characters: ` +
          'convert it to N-Quads, which has no such limit',
      );
    }
  }
  return whole;
}

async function* readWhole(path: string): AsyncGenerator<readonly Subject[]> {
  const facts = new Map<string, Fact[]>();
  const text = await wholeText(path);
  try {
    for (const { subject, predicate, object } of oxigraph.parse(text, { format: 'application/ld+json' })) {
      const term = subject.termType === 'NamedNode' ? termOf(object) : undefined;
      if (term === undefined) throw blankNodeIn(path, subject.value);
      const known = facts.get(subject.value) ?? [];
      known.push({ predicate: predicate.value, object: term });
      facts.set(subject.value, known);
    }
  } catch (cause) {
    if (cause instanceof TransferError) throw cause;
    throw new TransferError(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  yield [...facts].map(([iri, ofSubject]) => ({ iri, facts: ofSubject }));
}

/**
 * The subjects of a JSON-LD file. One that an export wrote is read line by line, however large; any other by a
 * standard processor and as a whole.
 */
export async function* readJsonLd(path: string): AsyncGenerator<readonly Subject[]> {
  const context = contextOfHead(await headOf(path));
  yield* context === undefined ? readWhole(path) : readLines(path, context);
}
