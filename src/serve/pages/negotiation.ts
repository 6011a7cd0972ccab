/** One range of an Accept header (RFC 9110, section 12.5.1). */
interface MediaRange {
  readonly type: string;
  readonly quality: number;
}

function rangesOf(accept: string): readonly MediaRange[] {
  return accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = weight === undefined ? 1 : Number(weight.slice(2));
    return { type, quality: Number.isFinite(quality) ? quality : 0 };
  });
}

const PAGES = ['text/html', 'application/xhtml+xml'];
const RDF = ['text/turtle', 'application/n-triples', 'application/ld+json', 'application/rdf+xml'];
/** What covers RDF without naming it. */
const WIDER = ['*/*', 'text/*', 'application/*'];

/** Whether who asks names pages, as browsers do, and likes nothing that RDF is better. Wildcards alone get RDF. */
export function prefersPage(accept: string | undefined): boolean {
  const ranges = rangesOf(accept ?? '');
  const best = (types: readonly string[]): number =>
    Math.max(0, ...ranges.filter(({ type }) => types.includes(type)).map(({ quality }) => quality));
  return best(PAGES) > 0 && best(PAGES) >= best([...RDF, ...WIDER]);
}
