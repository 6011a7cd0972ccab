import { TPS } from '../model/index.js';

/** The namespaces of the predicates that label names become. */
export const LABEL = `${TPS}label#`;
const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const XSD = 'http://www.w3.org/2001/XMLSchema#';

export const RDF_TYPE = `${RDF}type`;
export const RDF_JSON = `${RDF}JSON`;
export const XSD_STRING = `${XSD}string`;
export const XSD_DATE_TIME = `${XSD}dateTime`;
export const XSD_DOUBLE = `${XSD}double`;
export const XSD_INTEGER = `${XSD}integer`;
export const XSD_BOOLEAN = `${XSD}boolean`;

/** The IRI of a term of the ontology. */
export function tps(name: string): string {
  return TPS + name;
}

/** Prefixes that a query may use without declaring them; `service:` and `incident:` depend on the base IRI. */
export function suppliedPrefixes(iriPrefix: string): ReadonlyMap<string, string> {
  return new Map([
    ['tps', TPS],
    ['label', LABEL],
    ['service', `${iriPrefix}service/`],
    ['incident', `${iriPrefix}incident/`],
    ['rdf', RDF],
    ['rdfs', 'http://www.w3.org/2000/01/rdf-schema#'],
    ['xsd', XSD],
    ['prov', 'http://www.w3.org/ns/prov#'],
    ['skos', 'http://www.w3.org/2004/02/skos/core#'],
  ]);
}
