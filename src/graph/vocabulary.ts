import { TPS } from '../model/index.js';

/** The namespace of the predicates that label names become. */
export const LABEL = `${TPS}label#`;
const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const XSD = 'http://www.w3.org/2001/XMLSchema#';

/** `rdf:type`: says what class a subject has. */
export const RDF_TYPE = `${RDF}type`;
/** `rdf:JSON`: the datatype of JSON texts. */
export const RDF_JSON = `${RDF}JSON`;
/** `xsd:string`: the datatype of plain literals. */
export const XSD_STRING = `${XSD}string`;
/** `xsd:dateTime`: the datatype of times. */
export const XSD_DATE_TIME = `${XSD}dateTime`;
/** `xsd:dayTimeDuration`: the datatype of what lies between two times. */
export const XSD_DAY_TIME_DURATION = `${XSD}dayTimeDuration`;
/** `xsd:double`: the datatype of measured numbers. */
export const XSD_DOUBLE = `${XSD}double`;
/** `xsd:integer`: the datatype of counts and ranks. */
export const XSD_INTEGER = `${XSD}integer`;
/** `xsd:boolean`: the datatype of yes and no. */
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
