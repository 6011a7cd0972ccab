import { GraphError } from './errors.js';

/** What a query answers with, and so which formats can hold it. */
export type AnswerShape = 'bindings' | 'graph';

/** A format of answers: what it is asked for by, what the engine calls it, and what the answer is labelled with. */
interface Format {
  /** Media types that ask for it; the first is its own. */
  readonly types: readonly [string, ...string[]];
  /** A short name, for the `format` parameter. */
  readonly name: string;
}

/** In the order of preference when a client takes several equally. */
const formats: Readonly<Record<AnswerShape, readonly [Format, ...Format[]]>> = {
  bindings: [
    { types: ['application/sparql-results+json', 'application/json'], name: 'json' },
    { types: ['application/sparql-results+xml', 'application/xml', 'text/xml'], name: 'xml' },
    { types: ['text/csv'], name: 'csv' },
    { types: ['text/tab-separated-values'], name: 'tsv' },
  ],
  graph: [
    { types: ['text/turtle', 'application/x-turtle'], name: 'turtle' },
    { types: ['application/n-triples', 'text/plain'], name: 'ntriples' },
    { types: ['application/ld+json', 'application/json'], name: 'jsonld' },
  ],
};

interface Range {
  readonly type: string;
  readonly quality: number;
}

function rangesOf(accept: string): readonly Range[] {
  return accept.split(',').flatMap((part) => {
    const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const quality = weight === undefined ? 1 : Number(weight);
    return type === '' || !(quality >= 0 && quality <= 1) ? [] : [{ type, quality }];
  });
}

/**
 * How much a client wants a format: the weight of the most specific range that covers it, 0 for none. Wildcards cover
 * its own media type only, not the wider ones that ask for it as well.
 */
function weightOf({ types }: Format, ranges: readonly Range[]): number {
  const [own] = types;
  for (const wanted of [...types, `${own.split('/')[0]}/*`, '*/*']) {
    const range = ranges.find(({ type }) => type === wanted);
    if (range !== undefined) return range.quality;
  }
  return 0;
}

/** The media types that an answer of this shape can have. */
export function mediaTypesOf(shape: AnswerShape): readonly string[] {
  return formats[shape].map(({ types: [own] }) => own);
}

/**
 * Chooses the media type of an answer by the Accept header (RFC 9110, section 12.5.1); the first format when there is
 * none. Fails with `not-acceptable`.
 */
export function negotiate(shape: AnswerShape, accept: string | undefined): string {
  const [first] = formats[shape];
  if (accept === undefined || accept.trim() === '') return first.types[0];
  const ranges = rangesOf(accept);
  let best: { readonly type: string; readonly weight: number } | undefined;
  for (const format of formats[shape]) {
    const weight = weightOf(format, ranges);
    if (weight > (best?.weight ?? 0)) best = { type: format.types[0], weight };
  }
  if (best !== undefined) return best.type;
  throw new GraphError(
    'not-acceptable',
    `This answer is served as ${mediaTypesOf(shape).join(', ')}; the request accepts only ${accept.slice(0, 200)}.`,
  );
}

/** The media types that a short name of a format stands for, as an Accept header; undefined for unknown names. */
export function acceptOf(name: string): string | undefined {
  const named = Object.values(formats)
    .flat()
    .filter((format) => format.name === name);
  return named.length === 0 ? undefined : named.map(({ types: [own] }) => own).join(', ');
}
