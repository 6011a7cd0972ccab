/**
 * What stands at `/sparql` and what is in it, as RDF: the SPARQL 1.1 Service Description, and the data set in VoID.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptOf, inEveryFormat, negotiateGraph } from '../graph/index.js';
import { formatInstant, type Iris, TPS } from '../model/index.js';
import { prefersPage } from './pages/negotiation.js';
import { urlParametersOf } from './sparql-parameters.js';
import type { Statistics } from './statistics.js';

/** What the description is made from. */
export interface ServiceDescription {
  readonly iris: Iris;
  /** The longest that a query may take, in milliseconds. */
  readonly deadlineMs: number;
  /** The most receipts that a query may touch. */
  readonly maxReceipts: number;
  /** Whether any endpoint may be asked with SERVICE. */
  readonly federates: boolean;
  readonly statistics: () => Promise<Statistics>;
}

const PREFIXES = `@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix format: <http://www.w3.org/ns/formats/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix tps: <${TPS}> .
`;

/** The formats that answers are written in, as the W3C names them. */
const RESULT_FORMATS = [
  'SPARQL_Results_JSON',
  'SPARQL_Results_XML',
  'SPARQL_Results_CSV',
  'SPARQL_Results_TSV',
];
const GRAPH_FORMATS = ['Turtle', 'N-Triples', 'JSON-LD'];

/** Vocabularies whose terms occur in evidence, knowledge or the ontology, which is part of the graph. */
const VOCABULARIES = [
  TPS,
  `${TPS}label#`,
  'http://www.w3.org/2000/01/rdf-schema#',
  'http://www.w3.org/2004/02/skos/core#',
];

const literal = (text: string): string => JSON.stringify(text);
const list = (items: readonly string[]): string => items.join(', ');

function parameter(variable: string, isRequired: boolean, comment: string): string {
  return `[ hydra:variable "${variable}" ; hydra:required ${isRequired} ; rdfs:comment ${literal(comment)} ]`;
}

function parametersFor({ deadlineMs }: ServiceDescription): string {
  return [
    parameter('query', true, 'A SPARQL 1.1 query.'),
    parameter(
      'timeout',
      false,
      `The deadline in milliseconds: above 0; ${deadlineMs} unless given, and never more than that.`,
    ),
    parameter(
      'format',
      false,
      'The format of the answer in place of the Accept header: json, xml, csv, tsv, turtle, ntriples, jsonld or a media type.',
    ),
    parameter('explain', false, 'true answers how the query was answered, as JSON, instead of what.'),
  ].join(',\n      ');
}

function serviceOf(description: ServiceDescription): string {
  const { iris, maxReceipts, federates } = description;
  const endpoint = `${iris.base}/sparql`;
  const limit = `SPARQL 1.1 query over all evidence and knowledge as one graph. A query may touch ${maxReceipts} receipts; one that may touch more is refused with the pattern to bound, and never answered in part. Evidence is only appended: there is no update.`;
  return `<${endpoint}> a sd:Service ;
  rdfs:label "Genchi" ;
  rdfs:comment ${literal(limit)} ;
  sd:endpoint <${endpoint}> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:resultFormat ${list([...RESULT_FORMATS, ...GRAPH_FORMATS].map((name) => `format:${name}`))} ;
${federates ? '  sd:feature sd:BasicFederatedQuery ;\n' : ''}  sd:defaultEntailmentRegime <http://www.w3.org/ns/entailment/Simple> ;
  hydra:search [ a hydra:IriTemplate ;
    hydra:template ${literal(`${endpoint}{?query,timeout,format,explain}`)} ;
    hydra:mapping ${parametersFor(description)} ] ;
  sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph <${iris.base}/.well-known/void#evidence> ] .
`;
}

function coverage({ firstAt, lastAt }: Statistics): string {
  if (firstAt === undefined || lastAt === undefined) return '';
  const time = (at: typeof firstAt): string => `"${formatInstant(at)}"^^xsd:dateTime`;
  return `  dcterms:temporal [ a dcterms:PeriodOfTime ; dcat:startDate ${time(firstAt)} ; dcat:endDate ${time(lastAt)} ] ;
`;
}

function dataSetOf({ iris }: ServiceDescription, statistics: Statistics): string {
  const partitions = [...statistics.classes].map(
    ([name, entities]) => `[ void:class tps:${name} ; void:entities ${entities} ]`,
  );
  return `<${iris.base}/.well-known/void#evidence> a void:Dataset, sd:Graph ;
  dcterms:title "Evidence and knowledge" ;
  rdfs:comment "void:triples is counted for series and knowledge, and estimated for events and samples from the mean of some of them; void:entities is counted." ;
  foaf:homepage <${iris.base}/> ;
  void:sparqlEndpoint <${iris.base}/sparql> ;
  void:uriSpace ${literal(iris.prefix)} ;
  void:feature ${list(GRAPH_FORMATS.map((name) => `format:${name}`))} ;
  void:vocabulary ${list(VOCABULARIES.map((iri) => `<${iri}>`))} ;
${coverage(statistics)}  void:triples ${statistics.triples} ;
  void:entities ${statistics.entities}${partitions.length === 0 ? '' : ` ;\n  void:classPartition\n    ${partitions.join(',\n    ')}`} .
`;
}

/** The description of the endpoint and of its data set, as Turtle. */
export async function describeService(description: ServiceDescription): Promise<string> {
  const statistics = await description.statistics();
  return `${PREFIXES}

${serviceOf(description)}
${dataSetOf(description, statistics)}`;
}

/** Sends the description in the format that is accepted; browsers, which ask for pages, get Turtle. */
export async function sendDescription(
  request: FastifyRequest,
  reply: FastifyReply,
  description: ServiceDescription,
): Promise<FastifyReply> {
  const format = urlParametersOf(request).get('format');
  const accept = format === null ? request.headers.accept : (acceptOf(format) ?? format);
  const type = negotiateGraph(prefersPage(accept) ? undefined : accept);
  const documents = inEveryFormat(await describeService(description));
  return reply
    .type(`${type}; charset=utf-8`)
    .header('vary', 'accept')
    .header('cache-control', 'no-cache')
    .send(documents[type]);
}

/** `GET /.well-known/void`: the description of the data set, where those who look for one look first. */
export function registerVoid(server: FastifyInstance, description: ServiceDescription): void {
  server.get('/.well-known/void', { config: { scope: 'read' } }, (request, reply) =>
    sendDescription(request, reply, description),
  );
}
