import { readJsonLdContext } from '../ontology-documents.js';
import { TransferError } from './errors.js';
import { JsonLdContext } from './jsonld-context.js';
import { JsonLdNodes } from './write-jsonld.js';
import { TRIG_HEAD, trigOf } from './write-trig.js';

/** The formats of text that evidence is carried in. */
export const textFormats = ['nquads', 'trig', 'jsonld'] as const;

/** One of {@link textFormats}. */
export type TextFormat = (typeof textFormats)[number];

/** Writes chunks of N-Triples, which end where a subject does, in some format. */
export interface GraphWriter {
  readonly head: string;
  write(chunk: Uint8Array): Uint8Array;
  readonly foot: string;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

const rewriting =
  (rewrite: (text: string) => string) =>
  (chunk: Uint8Array): Uint8Array =>
    encoder.encode(rewrite(decoder.decode(chunk)));

async function jsonLdWriter(): Promise<GraphWriter> {
  const document: unknown = JSON.parse(await readJsonLdContext());
  const json =
    typeof document === 'object' && document !== null && '@context' in document ? document['@context'] : {};
  const context = JsonLdContext.of(json);
  if (context === undefined)
    throw new TransferError('the context of the ontology has a form that is not known here');
  const nodes = new JsonLdNodes(context);
  return {
    head: `{"@context":${JSON.stringify(json)},"@graph":[\n`,
    write: rewriting((text) => nodes.write(text)),
    foot: '\n]}\n',
  };
}

/** What writes a format; one for each file. */
export async function writerOf(format: TextFormat): Promise<GraphWriter> {
  switch (format) {
    case 'nquads':
      // A triple is a quad of the default graph, which is where queries find it.
      return { head: '', write: (chunk) => chunk, foot: '' };
    case 'trig':
      return { head: TRIG_HEAD, write: rewriting(trigOf), foot: '' };
    case 'jsonld':
      return await jsonLdWriter();
  }
}
