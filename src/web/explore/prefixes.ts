/** IRIs as people read them: shortened by the prefixes that every query has. */

const TPS = 'http://example.com/tps/';

/** The prefixes that need not be declared, the longest first; those of this server depend on its base. */
export function prefixesOf(baseIri: string): ReadonlyMap<string, string> {
  return new Map([
    ['label', `${TPS}label#`],
    ['service', `${baseIri}/id/service/`],
    ['incident', `${baseIri}/id/incident/`],
    ['tps', TPS],
    ['rdf', 'http://www.w3.org/1999/02/22-rdf-syntax-ns#'],
    ['rdfs', 'http://www.w3.org/2000/01/rdf-schema#'],
    ['xsd', 'http://www.w3.org/2001/XMLSchema#'],
    ['prov', 'http://www.w3.org/ns/prov#'],
    ['skos', 'http://www.w3.org/2004/02/skos/core#'],
  ]);
}

/** An IRI by its prefix, a receipt by kind and time, anything else as it stands. */
export function shortIri(iri: string, prefixes: ReadonlyMap<string, string>): string {
  for (const [prefix, start] of prefixes) {
    if (iri.startsWith(start) && iri.length > start.length)
      return `${prefix}:${decoded(iri.slice(start.length))}`;
  }
  const receipt = /\/id\/([a-z_]+)\/(\d{8}T\d{6})[\d.]*Z\/([0-9a-f]{6})[0-9a-f]*$/.exec(iri);
  if (receipt !== null) return `${receipt[1]}/${receipt[2]}/${receipt[3]}…`;
  const place = iri.indexOf('/id/');
  return place === -1 ? iri : decoded(iri.slice(place + 4));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that encodes nothing stands for itself.
    return text;
  }
}

/** Where an IRI leads within this server: a page of these, a document, a term of the ontology; undefined elsewhere. */
export function linkOf(iri: string): string | undefined {
  if (iri.startsWith(TPS)) return `/ontology#${iri.slice(TPS.length).replace(/^label#/, '')}`;
  const place = iri.indexOf('/id/');
  if (place === -1) return undefined;
  const path = iri.slice(place);
  const page = /^\/id\/(service|incident|slo)\/([^/]+)$/.exec(path);
  if (page === null) return path;
  return `/${page[1]}s/${page[2]}`;
}
